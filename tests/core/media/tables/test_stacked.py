from __future__ import annotations

from typing import Any

import pytest

from medialog_core import Table, Text
from medialog_core.media.tables.columns import Column
from medialog_core.media.tables.rows import columns_of
from medialog_core.media.tables.stacked import common_type, stack


def column(*cells: Any, mixed: bool = False) -> Column:
    made = Column("a", mixed=mixed)
    made.extend(list(cells))
    return made


@pytest.mark.parametrize(
    ("first", "second", "type"),
    [
        ([1], [2.5], "number"),
        ([None], [1], "number"),
        ([None], [None], "null"),
        ([{}], [{"a": Text("x")}], "nested"),
        ([[], None], [[Text("x")]], "text[]"),
        ([[1]], [[Text("x")]], "any"),
        ([1], ["x"], "any"),
    ],
)
def test_the_common_type_is_what_all_cells_fit(
    first: list[Any], second: list[Any], type: str
) -> None:
    for pair in ((first, second), (second, first)):
        assert common_type([column(*cells) for cells in pair]) == type


def test_tables_stand_one_below_the_other() -> None:
    parts = [Table(["a", "b"], [[1, "x"]]), Table(["b"], [["y"], ["z"]]), Table(["c"], [[True]])]
    stacked = Table.of(stack([columns_of(part) for part in parts]))
    assert stacked.columns == ["a", "b", "c"]
    assert stacked.data == [
        [1, "x", None],
        [None, "y", None],
        [None, "z", None],
        [None, None, True],
    ]


def test_stacking_leaves_the_parts_alone() -> None:
    part = Table(["a"], [[1]])
    stacked = Table.of(stack([columns_of(part)]))
    stacked.add_data(2)
    assert part.data == [[1]]
