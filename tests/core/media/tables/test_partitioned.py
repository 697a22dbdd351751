from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from medialog_core import Image, PartitionedTable, Table, Text, codecs
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.schema import PartitionedTableMeta
from medialog_core.testing import CodecTests

PICTURE = Image(np.zeros((8, 8), np.uint8))


class TestCodec(CodecTests):
    @pytest.fixture
    def values(self) -> Sequence[PartitionedTable]:
        return [
            PartitionedTable(
                [
                    Table(["a", "b"], [[1, PICTURE]]),
                    Table(["a", "b"], [[None, None]]),
                    Table(["a", "b"]),
                ],
                caption="all ranks",
                sample_id="s",
            ),
            PartitionedTable([Table(columns=[])]),
        ]


def test_rows_are_counted_over_all_parts() -> None:
    table = PartitionedTable([Table(["a"], [[1], [2]]), Table(["a"]), Table(["a"], [[3]])])
    assert list(table.iterrows()) == [(0, [1]), (1, [2]), (2, [3])]
    assert len(table) == 3
    assert table.table() == Table(["a"], [[1], [2], [3]])


def test_each_part_is_a_file() -> None:
    [payload] = codecs.encode(
        [PartitionedTable([Table(["a"], [[None]]), Table(["a"], [[1], [2]])])]
    )
    assert isinstance(payload.meta, PartitionedTableMeta)
    assert payload.meta.parts == [1, 2]
    assert [(column.name, column.type) for column in payload.meta.columns] == [("a", "number")]
    assert [blob.role for blob in payload.blobs] == ["part:0", "part:1"]


def test_parts_are_taken_as_they_are_then() -> None:
    part = Table(["a"], [[1]])
    table = PartitionedTable([part])
    part.add_data(2)
    table.table().add_data(3)
    assert table.parts == (Table(["a"], [[1]]),)


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [
        ("folder", WrongType, "parts_path: expected a list of Tables, got str 'folder'"),
        (Table(["a"]), WrongType, "parts_path: expected a list of Tables"),
        ([Table(["a"]), 5], WrongType, "part 1: expected a Table, got int 5"),
        ([], InvalidInput, "parts_path: expected one Table or more, got none"),
        (
            [Table(["a", "b"]), Table(["b", "a"])],
            InvalidInput,
            r"part 1: expected the columns \['a', 'b'\], got",
        ),
        (
            [Table(["a"], [[None]]), Table(["a"], [[1]]), Table(["a"], [["x"]])],
            InvalidInput,
            r"part 2, column 'a': expected number as in the parts before, got string; cast\(\) it",
        ),
    ],
)
def test_parts_that_do_not_belong_together_are_named(
    parts: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=f"PartitionedTable: {message}"):
        PartitionedTable(parts)


def test_a_part_of_mixed_cells_goes_with_any() -> None:
    mixed = Table(["a"], [[1], ["x"]], allow_mixed_types=True)
    assert len(PartitionedTable([Table(["a"], [[2]]), mixed]).table()) == 3


def test_equal_means_the_same_parts() -> None:
    one, two = Table(["a"], [[1]]), Table(["a"], [[2]])
    assert PartitionedTable([one, two]) == PartitionedTable([one, two])
    assert PartitionedTable([one, two]) != PartitionedTable([two, one])
    assert PartitionedTable([one]) != PartitionedTable([one], caption="c")
    assert PartitionedTable([one]) != Text("x")
