"""When capture looks, what it asks for then, and that its errors end no training."""

from __future__ import annotations

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
from medialog_core.capture.watch import Watch
from medialog_core.payload import Scalars
from medialog_core.testing import MemorySink

X = np.random.default_rng(0).random((4, 3, 6, 8)).astype(np.float32)
BATCH = split((X, np.arange(4)), {}), DatasetFacts()
GRADIENTS = {"gradients": [("w", np.ones(3))], "weights": [("w", np.zeros(3))]}


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
def run(sink: MemorySink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("MEDIALOG_SILENT", "1")
    with medialog_core.init(dir=tmp_path, sinks=[sink]) as started:
        yield started


def watching(run: Any, every: int = 3, **options: Any) -> Watch:
    return Watch(Session(Capture(**{"budget": 1.0, **options}), [run]), every)


def steps(sink: MemorySink, run: Any, key: str) -> list[int | None]:
    run.flush()
    return [entry.step for entry in sink.entries(key)]


def test_inputs_come_at_the_first_step_and_then_every_nth(run: Any, sink: MemorySink) -> None:
    watch = watching(run)
    for step in range(8):
        watch.inputs(step, 0, lambda: BATCH)
    assert steps(sink, run, "train/inputs") == [0, 3, 6]


def test_a_batch_is_asked_for_only_when_it_is_due(run: Any) -> None:
    watch = watching(run)
    watch.inputs(0, 0, lambda: BATCH)
    assert not watch.inputs_due(1)
    watch.inputs(1, 0, lambda: pytest.fail("not due"))


def test_an_optimizer_counts_its_own_steps(run: Any, sink: MemorySink) -> None:
    watch = watching(run)
    for step in range(0, 40, 10):
        watch.tensors(step, 0, lambda: GRADIENTS, count=step // 10)
    assert steps(sink, run, "gradients/w") == [0, 30]


def test_each_of_several_optimizers_is_looked_at(run: Any, sink: MemorySink) -> None:
    watch = watching(run)
    for place in (0, 1):
        watch.tensors(0, 0, lambda: GRADIENTS, place=place, places=2)
    assert steps(sink, run, "gradients/w") == [0, 0]
    numbers = [record.values for record in sink.records if isinstance(record, Scalars)]
    assert {k for values in numbers for k in values if k.startswith("gradients_norm/o")} == {
        "gradients_norm/optimizer_0",
        "gradients_norm/optimizer_1",
    }


def test_what_the_options_leave_out_is_not_logged(run: Any, sink: MemorySink) -> None:
    watch = watching(run, gradients=False, weights=True, grids=False)
    watch.tensors(0, 0, lambda: GRADIENTS)
    watch.inputs(0, 0, lambda: BATCH)
    run.flush()
    assert {entry.key for entry in sink.entries()} == {"weights/w"}


def test_what_the_budget_puts_off_is_tried_again_at_the_next_distance(
    run: Any, sink: MemorySink
) -> None:
    now = [0.0]
    session = Session(Capture(), [run], Budget(0.5, lambda: now[0]))
    watch = Watch(session, 1)

    def dear() -> Any:
        now[0] += 3
        return BATCH

    watch.inputs(0, 0, dear)
    watch.inputs(1, 0, lambda: pytest.fail("not paid for yet"))
    now[0] += 10
    watch.inputs(2, 0, lambda: BATCH)
    assert steps(sink, run, "train/inputs") == [0, 2]


def test_an_error_in_a_validation_ends_looking_and_not_the_training(run: Any) -> None:
    watch = watching(run)
    watch.validation_begin()
    assert watch.looking_at_validation
    with watch.validating():
        raise ZeroDivisionError
    assert not watch.looking_at_validation
    watch.validation_begin()
    assert not watch.looking_at_validation
    assert run.health["capture_errors/val/predictions"] == 1


def test_an_error_with_gradients_leaves_the_inputs_on(run: Any) -> None:
    watch = watching(run)
    watch.tensors(0, 0, lambda: {"gradients": [("w", object())]})
    assert not watch.tensors_due(10)
    assert watch.inputs_due(0)
