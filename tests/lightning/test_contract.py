"""What Lightning expects of any logger, in our own words, for both namespaces."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from medialog_core import open_run
from medialog_lightning import MediaLogger


class Recording(MediaLogger):
    """Notes each call of `log_metrics`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calls: list[tuple[int | None, list[str]]] = []

    def log_metrics(self, metrics: Any, step: int | None = None) -> None:
        super().log_metrics(metrics, step)
        self.calls.append((step, sorted(metrics)))


def test_it_is_a_logger_of_the_namespace(pl: Any, logger: MediaLogger) -> None:
    assert isinstance(logger, pl.loggers.Logger)
    assert issubclass(MediaLogger, pl.loggers.Logger)


def test_it_has_all_that_a_logger_has(logger: MediaLogger, pl: Any) -> None:
    public = {name for name in dir(pl.loggers.Logger) if not name.startswith("_")}
    assert {name for name in public if not hasattr(logger, name)} == set()


def test_fit_and_test_bring_these_metrics_at_these_steps(
    tmp_path: Path, fit: Callable[..., Any]
) -> None:
    logger = Recording(tmp_path, capture=False)
    trainer = fit(
        logger,
        limit_train_batches=2,
        limit_val_batches=1,
        limit_test_batches=1,
        log_every_n_steps=2,
    )
    trainer.test(trainer.lightning_module, verbose=False)
    assert logger.calls == [
        (1, ["epoch", "loss"]),
        (1, ["epoch", "val_loss"]),
        (2, ["epoch", "test_loss"]),
    ]


@pytest.mark.parametrize("phase", ["validate", "test", "predict"])
def test_every_phase_works_alone(
    phase: str, logger: MediaLogger, trainer: Callable[..., Any], net: Callable[..., Any]
) -> None:
    getattr(trainer(logger=logger), phase)(net())
    assert open_run(logger.save_dir).status == "finished"


def test_it_pickles_after_use_and_goes_on_in_the_same_run(logger: MediaLogger) -> None:
    _ = logger.experiment
    logger.log_metrics({"a": 1.0}, 0)
    logger.save()
    copy = pickle.loads(pickle.dumps(logger))  # noqa: S301 - our own bytes
    copy.log_metrics({"a": 2.0}, 1)
    logger.finalize("success")
    copy.finalize("success")
    assert copy.save_dir == logger.save_dir
    assert [p.value for p in open_run(logger.save_dir).scalars("a")] == [1.0, 2.0]


def test_an_unused_logger_pickles_to_the_same_run(logger: MediaLogger) -> None:
    copy = pickle.loads(pickle.dumps(logger))  # noqa: S301 - our own bytes
    assert (copy.save_dir, copy.run.id) == (logger.save_dir, logger.run.id)
    copy.finalize("failed")


def test_a_whole_trainer_pickles(logger: MediaLogger, trainer: Callable[..., Any]) -> None:
    _ = logger.experiment
    copy = pickle.loads(pickle.dumps(trainer(logger=logger)))  # noqa: S301 - our own bytes
    copy.logger.log_metrics({"a": 1.0}, 0)
    copy.logger.finalize("success")
    assert copy.logger.save_dir == logger.save_dir


def test_the_experiment_is_there_when_setup_begins(
    logger: MediaLogger, fit: Callable[..., Any], pl: Any
) -> None:
    seen = []

    class Look(pl.Callback):  # type: ignore[misc]
        def setup(self, trainer: Any, *_: Any, **__: Any) -> None:
            seen.append(trainer.logger._run.opened)

    fit(logger, callbacks=[Look()], limit_train_batches=1)
    assert seen == [logger.experiment]


def test_loggers_are_set_and_replaced(
    logger: MediaLogger, tmp_path: Path, trainer: Callable[..., Any]
) -> None:
    made = trainer(logger=False)
    assert made.logger is None
    made.logger = logger
    assert made.loggers == [logger]
    other = MediaLogger(tmp_path, capture=False)
    made.loggers = [logger, other]
    assert made.logger is logger


def test_it_works_beside_others(
    logger: MediaLogger, tmp_path: Path, fit: Callable[..., Any], pl: Any
) -> None:
    csv = pl.loggers.CSVLogger(tmp_path, name="csv")
    fit([csv, logger])
    logger.finalize("success")
    assert len(open_run(logger.save_dir).scalars("loss")) == 4
    assert (Path(csv.log_dir) / "metrics.csv").is_file()


def test_checkpoints_lie_in_the_run(logger: MediaLogger, fit: Callable[..., Any]) -> None:
    trainer = fit(logger)
    assert (
        Path(trainer.checkpoint_callback.best_model_path).parent
        == Path(logger.save_dir) / "checkpoints"
    )
    assert trainer.log_dir == logger.save_dir


def test_hyperparameters_of_the_module_arrive(logger: MediaLogger, fit: Callable[..., Any]) -> None:
    fit(logger, limit_train_batches=1)
    logger.finalize("success")
    assert open_run(logger.save_dir).config == {"width": 3, "lr": 0.1}


def test_a_step_that_is_logged_replaces_the_trainers(
    logger: MediaLogger, fit: Callable[..., Any], net: Callable[..., Any]
) -> None:
    def on_train_batch_start(self: Any, *_: Any) -> None:
        self.log("step", torch.tensor(50.0))

    fit(
        logger,
        net(on_train_batch_start=on_train_batch_start),
        limit_train_batches=1,
        limit_val_batches=0,
    )
    logger.finalize("success")
    assert [p.step for p in open_run(logger.save_dir).scalars("loss")] == [50]


def test_fast_dev_run_leaves_nothing(
    logger: MediaLogger, tmp_path: Path, fit: Callable[..., Any]
) -> None:
    fit(logger, fast_dev_run=True)
    assert not (tmp_path / "lightning_logs").exists()


def test_the_sanity_check_leaves_no_metrics(logger: MediaLogger, fit: Callable[..., Any]) -> None:
    fit(logger, num_sanity_val_steps=2, limit_val_batches=2, limit_train_batches=2)
    logger.finalize("success")
    assert [p.step for p in open_run(logger.save_dir).scalars("val_loss")] == [1]


@pytest.mark.parametrize("tune", ["lr_find", "scale_batch_size"])
def test_the_tuner_logs_nothing_and_gives_the_logger_back(
    tune: str, logger: MediaLogger, trainer: Callable[..., Any], net: Callable[..., Any], pl: Any
) -> None:
    made = trainer(logger=logger, max_epochs=2, num_sanity_val_steps=0)
    module = net()
    options: dict[str, Any] = {
        "lr_find": {"num_training": 4, "update_attr": False},
        "scale_batch_size": {"max_trials": 1},
    }[tune]
    getattr(pl.tuner.Tuner(made), tune)(module, **options)
    assert made.logger is logger
    made.fit(module)
    logger.finalize("success")
    assert len(open_run(logger.save_dir).scalars("val_loss")) == 2


def test_an_exception_ends_the_run_as_failed(
    logger: MediaLogger, fit: Callable[..., Any], net: Callable[..., Any]
) -> None:
    def on_train_batch_start(*args: Any) -> None:
        if args[-1] == 2:
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        fit(logger, net(on_train_batch_start=on_train_batch_start))
    reader = open_run(logger.save_dir)
    assert reader.status == "failed"
    assert len(reader.scalars("loss")) == 2


def test_an_interrupt_ends_the_run_as_failed(
    logger: MediaLogger, fit: Callable[..., Any], net: Callable[..., Any]
) -> None:
    def on_train_batch_start(*_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit):
        fit(logger, net(on_train_batch_start=on_train_batch_start))
    assert open_run(logger.save_dir).status == "failed"


def test_one_logger_serves_several_trainings(logger: MediaLogger, fit: Callable[..., Any]) -> None:
    for _ in range(2):
        trainer = fit(logger, limit_train_batches=2)
        trainer.validate(trainer.lightning_module, verbose=False)
    reader = open_run(logger.save_dir)
    assert reader.status == "finished"
    assert sorted(Path(logger.root_dir).iterdir()) == [Path(logger.save_dir)]
    assert len(reader.scalars("loss", history=True)) == 4
