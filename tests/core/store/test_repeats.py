from __future__ import annotations

from itertools import permutations

import pytest

from medialog_core.schema import Row
from medialog_core.store import repeats


def row(id: str, ts: float, *, idx: int = 0, increment: int | None = None, rank: int = 0) -> Row:
    meta = '{"kind":"table","columns":[],"nrows":0'
    meta += "}" if increment is None else f',"increment":{increment}}}'
    return Row(id, "r", "k", ts, "table", meta, step=0, idx=idx, rank=rank)


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([row("a", 1.0, increment=0), row("b", 2.0, increment=1)], "ab"),
        ([row("a", 1.0, increment=0), row("b", 1.0, increment=0)], "ab"),
        ([row("a", 1.0, increment=0), row("b", 2.0)], "b"),
        ([row("a", 1.0), row("b", 2.0, increment=0)], "ab"),
        ([row("a", 1.0), row("b", 2.0), row("c", 2.0, increment=0)], "bc"),
        ([row("a", 1.0), row("b", 1.0, idx=1), row("c", 2.0, increment=0)], "abc"),
        ([row("a", 1.0, increment=0), row("b", 2.0), row("c", 2.0, idx=1), row("d", 3.0, increment=1)], "bcd"),
        ([row("a", 1.0), row("b", 1.0, idx=1), row("c", 1.0), row("d", 1.0, idx=1)], "cd"),
    ],
)  # fmt: skip
def test_increments_hide_nothing_and_come_after_the_last_whole_table(
    rows: list[Row], shown: str
) -> None:
    for order in permutations(rows):
        assert {found.id for found in repeats.visible(order)} == set(shown)
        assert [found.id for found in repeats.current(order)] == list(shown)


def test_increments_of_one_rank_hide_nothing_of_another() -> None:
    rows = [row("a", 1.0), row("b", 2.0, increment=0, rank=1), row("c", 3.0, rank=1)]
    assert [found.id for found in repeats.visible(rows)] == ["a", "c"]
