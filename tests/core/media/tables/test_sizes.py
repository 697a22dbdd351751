from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core import Html, Table
from medialog_core.media.tables import sizes

CELLS = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=20,
)


def one_by_one(cell: Any) -> int:
    """What cells take if each is counted by itself: its own object and a slot for each inside."""
    inside = list(cell.values()) if isinstance(cell, dict) else cell
    if isinstance(inside, list):
        return 56 + sum(8 + one_by_one(one) for one in inside)
    if isinstance(cell, str):
        return sys.getsizeof("") + len(cell)
    return {float: 24, int: 28}.get(type(cell), 0)


@given(st.lists(CELLS, max_size=6))
@settings(max_examples=60, deadline=None)
def test_all_cells_count_however_deep_they_stand(cells: list[Any]) -> None:
    assert sizes.held(cells) == sum(8 + one_by_one(cell) for cell in cells)


def test_dates_and_media_count_as_what_they_hold() -> None:
    page = Html("x" * 1000)
    assert sizes.held([page]) == 8 + page.nbytes
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
    assert sizes.held([dt.date(2026, 1, 1), moment]) == 16 + 32 + 48
    assert sizes.held([np.datetime64("2026-01-01T00:00:00.1", "ns")]) == 8 + 8


@pytest.mark.parametrize("cell", [[[0.5] * 100], {"a": {"b": [1] * 100}}, "é" * 5000])
def test_what_a_table_costs_grows_with_what_is_in_its_cells(cell: Any) -> None:
    one, hundred = (Table(columns=["a"], data=[[cell]] * n).nbytes for n in (1, 100))
    assert hundred - one >= 99 * 800
