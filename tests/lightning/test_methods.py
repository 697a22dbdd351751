"""`define_metric` and `watch` through `logger.experiment`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medialog_core import open_run
from medialog_lightning import MediaLogger

PICTURE = np.zeros((1, 8, 8, 3), np.uint8)


def test_pictures_of_a_training_stand_at_their_epoch(
    logger: MediaLogger, fit: Callable[..., Any], net: Callable[..., Any]
) -> None:
    def on_train_start(self: Any) -> None:
        self.logger.experiment.define_metric("val/*", step_metric="epoch", summary="max")

    def on_validation_epoch_end(self: Any) -> None:
        if not self.trainer.sanity_checking:
            self.logger.log_image("val/worst", PICTURE)
            self.log("val/score", float(-self.current_epoch))

    module = net(on_train_start=on_train_start, on_validation_epoch_end=on_validation_epoch_end)
    fit(logger, module, max_epochs=3)
    reader = open_run(logger.save_dir)
    rows = reader.rows("val/worst")
    assert len({row.step for row in rows}) == 3
    assert reader.x_values("val/worst", rows) == [0, 1, 2]
    assert reader.summary["val/score"] == {"max": 0.0}


@pytest.mark.usefixtures("group")
def test_every_rank_may_define(tmp_path: Path, as_rank: Callable[[int], None]) -> None:
    loggers = [MediaLogger(tmp_path, capture=False) for _ in range(2)]
    loggers[1]._run.place._key = loggers[0]._run.place._key
    for rank, logger in enumerate(loggers):
        as_rank(rank)
        assert logger.experiment.define_metric(f"of {rank}", summary="min").summary == ("min",)
        logger.finalize("success")
    assert set(open_run(loggers[1].run.dir).metrics) == {"of 0", "of 1"}


def test_a_watched_module_logs_its_gradients_once_they_are_there(
    logger: MediaLogger, fit: Callable[..., Any], net: Callable[..., Any]
) -> None:
    kept = []

    def on_fit_start(self: Any) -> None:
        self.logger.experiment.watch(self, log="all", log_freq=2)

    def on_before_optimizer_step(self: Any, _: Any) -> None:
        kept.append(float(self.layer.weight.grad.norm()))

    fit(logger, net(on_fit_start=on_fit_start, on_before_optimizer_step=on_before_optimizer_step))
    reader = open_run(logger.save_dir)
    assert len(reader.rows("weights/layer.weight", history=True)) == 2
    norms = [point.value for point in reader.scalars("gradients_norm/layer.weight", history=True)]
    assert np.allclose(norms, kept[::2], rtol=1e-5)
