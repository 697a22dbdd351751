"""Where rows stand on an x-axis of their own."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core.schema import ScalarRow
from medialog_core.store.axes import Axis
from medialog_core.store.compact import compact
from medialog_core.store.reader import RunReader, ScalarPoint
from medialog_core.store.writer import StoreWriter

if TYPE_CHECKING:
    from tests.core.store.conftest import Make


@pytest.fixture
def log(writer: StoreWriter, make: Make) -> Any:
    """Write numbers and texts (under `note`) at a place, as one call."""
    writer.write(
        make.state("metric", "note", {"name": "note", "step_metric": "epoch", "step_sync": True})
    )

    def write(
        step: int | None, ts: float, rank: int = 0, *, note: bool = False, **scalars: float
    ) -> None:
        if scalars and step is not None:
            writer.write(make.scalars(scalars, step=step, ts=ts, rank=rank))
        if note:
            writer.write(make.text(f"{ts}", key="note", step=step, ts=ts, rank=rank))
        writer.flush()

    return write


def xs(reader: RunReader, key: str = "note") -> list[tuple[int | None, float | None]]:
    rows = reader.rows(key)
    return [(row.step, x) for row, x in zip(rows, reader.x_values(key, rows), strict=True)]


def test_media_stand_at_what_their_own_call_brought(log: Any, reader: RunReader) -> None:
    log(0, 1.0, epoch=0.5, note=True)
    log(7, 2.0, epoch=1.5, note=True)
    assert xs(reader) == [(0, 0.5), (7, 1.5)]


def test_a_later_call_at_the_same_step_does_not_move_them(log: Any, reader: RunReader) -> None:
    log(3, 1.0, epoch=1, note=True)
    log(3, 2.0, epoch=2)
    assert xs(reader) == [(3, 1)]


def test_another_call_at_the_same_step_will_do(log: Any, reader: RunReader) -> None:
    log(3, 1.0, note=True)
    log(3, 2.0, epoch=1)
    log(3, 3.0, epoch=2)
    assert xs(reader) == [(3, 2)]


def test_else_the_highest_step_below_counts_whatever_came_last(log: Any, reader: RunReader) -> None:
    log(10, 1.0, epoch=1)
    log(20, 2.0, epoch=2)
    log(15, 3.0, note=True)
    log(25, 4.0, note=True)
    log(5, 5.0, note=True)
    assert xs(reader) == [(5, None), (15, 1), (25, 2)]


def test_a_step_that_a_resumed_run_repeats_has_its_latest_value(
    log: Any, reader: RunReader
) -> None:
    log(10, 1.0, epoch=1)
    log(10, 2.0, epoch=9)
    log(11, 3.0, note=True)
    assert xs(reader) == [(11, 9)]


def test_without_step_sync_a_row_needs_a_value_of_its_own(
    log: Any, reader: RunReader, writer: StoreWriter, make: Make
) -> None:
    writer.write(make.state("metric", "note", {"name": "note", "step_metric": "epoch"}, ts=2.0))
    log(1, 1.0, epoch=1)
    log(1, 2.0, note=True)
    log(2, 3.0, note=True)
    assert xs(reader) == [(1, 1), (2, None)]


def test_a_rank_that_never_logged_the_axis_takes_the_lowest_ones(
    log: Any, reader: RunReader
) -> None:
    log(1, 1.0, epoch=1)
    log(1, 1.0, rank=2, epoch=5)
    log(2, 9.0, rank=1, note=True)
    log(2, 9.0, rank=2, note=True)
    assert xs(reader) == [(2, 1), (2, 5)]


def test_media_of_the_summary_have_no_x(log: Any, reader: RunReader) -> None:
    log(1, 1.0, epoch=1)
    log(None, 2.0, note=True)
    rows = reader.summary_rows("note")
    assert reader.x_values("note", rows) == [None]


def test_an_axis_that_was_never_logged_gives_no_x(log: Any, reader: RunReader) -> None:
    log(1, 1.0, note=True)
    assert xs(reader) == [(1, None)]


def test_without_a_definition_x_is_the_step(log: Any, reader: RunReader) -> None:
    log(4, 1.0, epoch=2, loss=0.5)
    assert reader.x_values("loss", reader.scalars("loss")) == [4]
    assert reader.x_values("epoch", reader.scalars("epoch")) == [4]


@pytest.mark.parametrize("sealed", [False, True])
def test_numbers_have_an_x_as_media_have(
    sealed: bool, directory: Path, log: Any, reader: RunReader, writer: StoreWriter, make: Make
) -> None:
    writer.write(
        make.state("metric", "val/*", {"name": "val/*", "step_metric": "epoch", "step_sync": True})
    )
    log(0, 1.0, epoch=math.inf, **{"val/a": 1.0})
    log(1, 2.0, **{"val/a": 2.0})
    writer.write(make.state("status", "state", "finished"))
    if sealed:
        writer.close()
        compact(directory)
    assert reader.x_values("val/a", reader.scalars("val/a")) == [math.inf, math.inf]


Call = tuple[int, int, int, bool]
"""Rank, step, time and whether it brought the axis (its number is its time)."""


def naive(calls: list[Call], rank: int, step: int, ts: int, *, sync: bool) -> float | None:
    """Give x as docs/format.md says it, one rule after the other."""
    having = [call for call in calls if call[3]]
    ranks = {call[0] for call in having}
    mine = [call for call in having if call[0] == (rank if rank in ranks else min(ranks))]
    same_call = [call for call in mine if call[1:3] == (step, ts)]
    same_step = [call for call in mine if call[1] == step]
    below = [call for call in mine if call[1] < step] if sync else []
    highest = [call for call in below if call[1] == max(c[1] for c in below)]
    for found in (same_call, same_step, highest):
        if found:
            return max(call[2] for call in found)
    return None


@given(
    places=st.lists(
        st.tuples(st.integers(0, 2), st.integers(-2, 4), st.booleans()), min_size=1, max_size=12
    ),
    sync=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_x_is_what_the_documented_rules_give(
    places: list[tuple[int, int, bool]], sync: bool
) -> None:
    calls = [(rank, step, ts, has) for ts, (rank, step, has) in enumerate(places)]
    rows = [
        ScalarRow(f"{ts:09d}", "r", "epoch", step, float(ts), float(ts), rank=rank)
        for rank, step, ts, has in calls
        if has
    ]
    axis = Axis(rows, sync=sync)
    for rank, step, ts, _ in calls:
        place = ScalarPoint(step, 0.0, None, float(ts), rank)
        expected = naive(calls, rank, step, ts, sync=sync) if rows else None
        assert axis.x(place) == expected
