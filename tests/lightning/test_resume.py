"""A version that is there already is resumed, not overwritten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from medialog_core import open_run
from medialog_lightning import MediaLogger


def test_a_run_goes_on_under_its_version(
    tmp_path: Path, fit: Callable[..., Any], net: Callable[..., Any]
) -> None:
    first = MediaLogger(tmp_path, capture=False)
    module = net()
    trainer = fit(first, module, max_epochs=1)
    ckpt = trainer.checkpoint_callback.best_model_path
    run_id = first.run.id
    first.run.finish()

    second = MediaLogger(tmp_path, version=0, capture=False)
    trainer = fit(second, net(), max_epochs=0)
    trainer.fit_loop.max_epochs = 2
    trainer.fit(module, ckpt_path=ckpt)
    second.finalize("success")

    assert (second.save_dir, second.run.id) == (first.save_dir, run_id)
    reader = open_run(second.save_dir)
    assert [p.step for p in reader.scalars("loss")] == list(range(8))
    assert reader.config == {"width": 3, "lr": 0.1}


def test_a_resumed_run_writes_new_segments(tmp_path: Path) -> None:
    for step in range(2):
        logger = MediaLogger(tmp_path, version="mine", capture=False)
        logger.log_metrics({"a": step})
        logger.run.finish()
    reader = open_run(tmp_path / "lightning_logs/mine")
    assert [(p.step, p.value) for p in reader.scalars("a")] == [(0, 0), (1, 1)]
