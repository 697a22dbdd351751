"""What captures share: an error of one turns that one off, and the training hears of it once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import medialog_core
from medialog_core.capture import Capture
from medialog_core.capture.batch import split
from medialog_core.capture.budget import Budget
from medialog_core.capture.datasets import DatasetFacts
from medialog_core.capture.session import Session
from medialog_core.errors import InvalidInput
from medialog_core.testing import MemorySink

NO_FACTS = DatasetFacts()
X = np.random.default_rng(0).random((4, 3, 6, 8)).astype(np.float32)


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
def run(sink: MemorySink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("MEDIALOG_SILENT", "1")
    with medialog_core.init(dir=tmp_path, sinks=[sink]) as started:
        yield started


@pytest.fixture
def session(run: Any) -> Session:
    return Session(Capture(), [run])


def test_an_error_turns_its_capture_off_and_no_other(
    session: Session, run: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with session.looking("grids"), caplog.at_level(logging.WARNING, "medialog"):
        raise ZeroDivisionError
    assert not session.active("grids")
    assert session.active("gradients")
    assert run.health["capture_errors/grids"] == 1
    assert "ZeroDivisionError" in caplog.text


def test_an_error_that_explains_itself_comes_without_a_traceback(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    with session.looking("grids"), caplog.at_level(logging.WARNING, "medialog"):
        raise InvalidInput("images: expected three channels")
    assert not session.active("grids")
    said = "capture of grids is off for the rest of this run: images: expected three channels"
    assert caplog.messages[-1].endswith(said)


def test_an_interrupt_is_the_trainings_affair(session: Session) -> None:
    with pytest.raises(KeyboardInterrupt), session.looking("grids"):
        raise KeyboardInterrupt
    assert session.active("grids")


def test_the_range_is_decided_by_the_first_pictures(session: Session) -> None:
    first = session.look("val", list(X * 10), NO_FACTS)
    assert session.look("val", list(X), NO_FACTS) is first
    assert session.look("train", list(X), NO_FACTS).value_range == (0.0, 1.0)


@pytest.mark.parametrize(
    ("given", "mean"),
    [("auto", (0.5,) * 3), (None, None), (((0.1,) * 3, (1.0,) * 3), (0.1,) * 3)],
)
def test_a_normalisation_is_found_stated_or_left(run: Any, given: Any, mean: Any) -> None:
    facts = DatasetFacts(mean=(0.5,) * 3, std=(0.5,) * 3)
    look = Session(Capture(denormalize=given), [run]).look("val", list(X * 2 - 1), facts)
    assert look.mean == mean


def test_inputs_that_are_no_pictures_are_said_once(
    session: Session, run: Any, sink: MemorySink, caplog: pytest.LogCaptureFixture
) -> None:
    for step in range(2):
        session.log_inputs("train", split((X[:, 0, 0], np.arange(4)), {}), NO_FACTS, step, None)
    run.flush()
    assert sink.entries() == []
    assert run.health["capture_no_pictures/train"] == 2
    assert caplog.text.count("no grid of train inputs") == 1
    assert "float32[4, 8]" in caplog.text or "shape (4, 8)" in caplog.text


def test_each_run_is_given_the_same(run: Any, sink: MemorySink) -> None:
    Session(Capture(), [run, run]).log({"x": 1.0}, 3, 0.5)
    run.flush()
    assert sink.scalars("x") == [(3, 1.0), (3, 1.0)]


def test_what_was_overspent_is_in_the_runs_health(run: Any, sink: MemorySink) -> None:
    now = iter([0.0, 0.0, 3.0, 4.0, *[10.0] * 9])
    session = Session(Capture(), [run], Budget(0.02, lambda: next(now)))
    with session.looking("grids"):
        session.budget.grants("grids")
    assert not session.budget.grants("grids")
    session.close()
    run.flush()
    assert run.health["capture_overspent_ms"] > 2000
    assert run.health["capture_put_off"] == 1
    assert sink.state()["health", "capture"]["capture_put_off"] == 1


def test_a_session_that_goes_on_counts_each_thing_once(run: Any) -> None:
    now = iter([0.0, 0.0, 3.0, 4.0, *[10.0] * 9, 10.0, 14.0, *[20.0] * 9])
    session = Session(Capture(), [run], Budget(0.02, lambda: next(now)))
    with session.looking("grids"):
        session.budget.grants("grids")
    session.budget.grants("grids")
    for _ in range(2):
        session.close()
    assert run.health["capture_put_off"] == 1
    assert run.health["capture_overspent_ms"] == 2800
