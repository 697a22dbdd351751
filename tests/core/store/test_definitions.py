"""Which definition a key has, and what its numbers come to."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core.schema import Metric
from medialog_core.store.compact import compact
from medialog_core.store.definitions import Aggregate, axis, find
from medialog_core.store.reader import RunReader
from medialog_core.store.writer import StoreWriter

if TYPE_CHECKING:
    from tests.core.store.conftest import Make


def defined(*metrics: Metric) -> dict[str, Metric]:
    return {metric.name: metric for metric in metrics}


def test_a_keys_own_definition_wins_then_the_longest_glob() -> None:
    metrics = defined(*map(Metric, ("*", "val/*", "val/deep/*", "val/loss")))
    found = {key: find(metrics, key) for key in ("val/loss", "val/deep/x", "val/x", "x", "*")}
    assert {key: metric and metric.name for key, metric in found.items()} == {
        "val/loss": "val/loss",
        "val/deep/x": "val/deep/*",
        "val/x": "val/*",
        "x": "*",
        "*": "*",
    }
    assert find(defined(Metric("val/*")), "train/x") is None
    assert find({}, "x") is None


def test_an_axis_has_no_axis_but_the_step() -> None:
    metrics = defined(Metric("*", step_metric="epoch"))
    assert axis(metrics, "loss") == "epoch"
    assert axis(metrics, "epoch") is None


@given(st.lists(st.floats(width=32) | st.integers(-(2**60), 2**60), min_size=1, max_size=30))
@settings(max_examples=50, deadline=None)
def test_statistics_are_those_of_the_numbers_that_are_any(values: list[float]) -> None:
    found = Aggregate(values).give(("min", "max", "mean", "first", "last"), None)
    some = [value for value in values if not math.isnan(value)] or [math.nan]
    assert str(found["min"]) == str(min(some))
    assert str(found["max"]) == str(max(some))
    mean = sum(map(float, some)) / len(some)
    assert found["mean"] == pytest.approx(mean, rel=1e-9, abs=1e-9, nan_ok=True)
    assert (str(found["first"]), str(found["last"])) == (str(values[0]), str(values[-1]))


def test_the_best_is_the_least_or_the_greatest() -> None:
    assert Aggregate([2, 3, 1]).give(("best",), "max") == {"best": 3}
    assert Aggregate([2, 3, 1]).give(("best",), "min") == {"best": 1}


def write(writer: StoreWriter, make: Make, *metrics: dict[str, Any]) -> None:
    for metric in metrics:
        writer.write(make.state("metric", metric["name"], metric))
    for step, value in enumerate((2.0, math.nan, 1.0, 3.0)):
        numbers = {"loss": value, "val/acc": value, "val/quiet": value, "plain": value}
        writer.write(make.scalars(numbers, step=step, ts=1.0 + step))
        writer.write(make.scalars({"loss": -100.0}, step=step, ts=9.0, rank=1))
    writer.flush()


@pytest.mark.parametrize("sealed", [False, True])
def test_the_summary_holds_what_a_metric_asks_for(
    sealed: bool, directory: Path, writer: StoreWriter, reader: RunReader, make: Make
) -> None:
    write(
        writer,
        make,
        {"name": "loss", "summary": ["min", "last"]},
        {"name": "val/*", "summary": ["best"], "goal": "max"},
        {"name": "val/quiet", "summary": ["none"]},
    )
    if sealed:
        writer.write(make.state("status", "state", "finished"))
        writer.close()
        compact(directory)
    assert reader.summary == {
        "loss": {"min": 1.0, "last": 3.0},
        "val/acc": {"best": 3.0},
        "plain": 3.0,
    }


def test_what_was_set_outright_replaces_statistics(
    writer: StoreWriter, reader: RunReader, make: Make
) -> None:
    write(writer, make, {"name": "loss", "summary": ["min"]})
    writer.write(make.state("summary", "loss", 7))
    writer.flush()
    assert reader.summary["loss"] == 7


def test_definitions_of_a_later_version_are_read(
    writer: StoreWriter, reader: RunReader, make: Make
) -> None:
    write(writer, make, {"name": "loss", "summary": ["min", "p99"], "unit": "bits"})
    assert reader.metrics == {"loss": Metric("loss", summary=("min", "p99"))}
    assert reader.summary["loss"] == {"min": 1.0}
