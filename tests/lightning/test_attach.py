"""How the capture callback gets into a trainer: two ways, and never twice."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from medialog_lightning import MediaCallback, MediaLogger, _entry, attach
from medialog_lightning import logger as logger_module
from medialog_lightning.callback import MediaCallbackMixin


@pytest.fixture(autouse=True)
def nobody_is_alive() -> None:
    """Loggers of other tests may wait for the collector."""
    gc.collect()
    logger_module._LIVE.clear()


@pytest.fixture
def no_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_entry, "_callbacks", lambda _: [])


def ours(trainer: Any) -> list[Any]:
    return [callback for callback in trainer.callbacks if isinstance(callback, MediaCallbackMixin)]


def test_both_entry_points_are_registered(pl: Any) -> None:
    [point] = [
        p for p in entry_points(group=f"{pl.__name__}.callbacks_factory") if p.name == "medialog"
    ]
    assert point.load() in (_entry.for_pytorch_lightning, _entry.for_lightning)


def test_a_trainer_without_our_logger_has_no_callback(trainer: Callable[..., Any]) -> None:
    assert ours(trainer(logger=False)) == []


def test_a_trainer_with_our_logger_has_one_of_its_namespace(
    tmp_path: Path, trainer: Callable[..., Any], pl: Any
) -> None:
    [callback] = ours(trainer(logger=MediaLogger(tmp_path)))
    assert isinstance(callback, pl.Callback)


def test_capture_off_attaches_nothing(logger: MediaLogger, fit: Callable[..., Any]) -> None:
    assert ours(fit(logger, limit_train_batches=1)) == []


def test_a_logger_set_later_attaches_by_the_graph(
    tmp_path: Path, trainer: Callable[..., Any], net: Callable[..., Any], pl: Any
) -> None:
    made = trainer(logger=False, limit_train_batches=1)
    made.logger = MediaLogger(tmp_path)
    made.fit(net())
    [callback] = ours(made)
    assert isinstance(callback, pl.Callback)
    assert isinstance(made.callbacks[-1], pl.callbacks.Checkpoint)


@pytest.mark.usefixtures("no_entry_point")
def test_either_way_alone_attaches(tmp_path: Path, fit: Callable[..., Any]) -> None:
    assert len(ours(fit(MediaLogger(tmp_path), limit_train_batches=1))) == 1


def test_both_ways_attach_once(tmp_path: Path, fit: Callable[..., Any]) -> None:
    trainer = fit([MediaLogger(tmp_path), MediaLogger(tmp_path)], limit_train_batches=1)
    trainer.validate(trainer.lightning_module, verbose=False)
    assert len(ours(trainer)) == 1


def test_the_entry_point_serves_without_the_graph(tmp_path: Path, fit: Callable[..., Any]) -> None:
    logger = MediaLogger(tmp_path)
    trainer = fit(logger, limit_train_batches=2, enable_autolog_hparams=False)
    assert len(ours(trainer)) == 1
    assert logger.run.step == 2


@pytest.mark.usefixtures("no_entry_point")
def test_a_callback_of_the_users_is_enough(tmp_path: Path, fit: Callable[..., Any]) -> None:
    mine = MediaCallback()
    assert ours(fit(MediaLogger(tmp_path), limit_train_batches=1, callbacks=[mine])) == [mine]


def test_an_error_in_the_entry_point_breaks_no_trainer(
    tmp_path: Path,
    trainer: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setitem(sys.modules, "medialog_lightning.callback", None)
    trainer(logger=MediaLogger(tmp_path))
    assert "capture is off: its callback could not be made" in caplog.text


def test_a_subclass_of_a_trainer_is_told_by_its_base(pl: Any) -> None:
    class Mine(pl.Trainer):  # type: ignore[misc]
        pass

    module = pl.LightningModule()
    module._trainer = object.__new__(Mine)
    assert attach.trainer_of(module) is module._trainer


def test_a_module_without_a_trainer_is_ignored(
    logger: MediaLogger, net: Callable[..., Any]
) -> None:
    logger.log_graph(net())
    assert logger._run.opened is None


IMPORTS = """
import sys
from importlib.metadata import entry_points
import medialog_lightning
for group in ("pytorch_lightning.callbacks_factory", "lightning.pytorch.callbacks_factory"):
    [point] = [p for p in entry_points(group=group) if p.name == "medialog"]
    assert point.load()() == []
assert not any(m.startswith(("medialog_core", "medialog_lightning.logger")) for m in sys.modules)
from medialog_lightning import MediaLogger
heavy = {"torch", "lightning", "pytorch_lightning", "torchvision", "tensorboard"} & set(sys.modules)
assert heavy == set(), heavy
"""


def test_importing_the_logger_imports_no_framework() -> None:
    subprocess.run([sys.executable, "-c", IMPORTS], check=True, timeout=60)
