from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core import Image, JoinedTable, PartitionedTable, Table, Text, codecs, open_run
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.runs.opening import start
from medialog_core.runs.spec import RunSpec
from medialog_core.schema import JoinedTableMeta
from medialog_core.testing import CodecTests

PICTURE = Image(np.zeros((8, 8), np.uint8), caption="a")


def truth() -> Table:
    return Table(
        ["id", "image", "label"], [[1, PICTURE, "cat"], [2, None, "dog"], [3, None, "cow"]]
    )


def guesses() -> Table:
    return Table(["id", "label"], [[2, "dog"], [1, "cow"], [1, "cat"], [9, "dog"]])


class TestCodec(CodecTests):
    @pytest.fixture
    def values(self) -> Sequence[JoinedTable]:
        table = truth()
        return [
            JoinedTable(truth(), guesses(), "id", caption="errors", sample_id="s"),
            JoinedTable(table, table, ["id", "id"]),
            JoinedTable(Table(["a"]), Table(["b"]), ["a", "b"]),
        ]


def test_the_rows_of_equal_keys_are_joined() -> None:
    joined = JoinedTable(truth(), guesses(), "id").join()
    assert joined.columns == ["id", "image", "label_1", "label_2"]
    assert joined.data == [
        [1, PICTURE, "cat", "cow"],
        [1, PICTURE, "cat", "cat"],
        [2, None, "dog", "dog"],
    ]


def test_rows_come_with_their_numbers() -> None:
    assert [index for index, _ in JoinedTable(truth(), guesses(), "id").iterrows()] == [0, 1, 2]


@pytest.mark.parametrize("reader_side", [True, False])
def test_a_table_is_joined_with_itself(tmp_path: Any, reader_side: bool) -> None:
    table = truth()
    joined = JoinedTable(table, table, "id")
    if reader_side:
        run = start(RunSpec(tmp_path / "r", "r", "r"))
        run.log({"self": joined})
        run.finish()
        reader = open_run(run.dir)
        [row] = reader.rows("self")
        assert [extra.role for extra in row.extra] == ["table1"]
        joined = reader.load(row)
    assert joined.join().data == [[i, p, label, p, label] for i, p, label in table.data]


def test_the_keys_may_have_two_names() -> None:
    other = Table(["sample", "id", "score"], [[1, "x", 0.5]])
    joined = JoinedTable(truth(), other, ["id", "sample"]).join()
    assert joined.columns == ["id_1", "image", "label", "id_2", "score"]
    assert joined.data == [[1, PICTURE, "cat", "x", 0.5]]


def test_a_name_that_is_taken_is_told_apart_further() -> None:
    joined = JoinedTable(Table(["k", "a", "a_1"]), Table(["k", "a"]), "k").join()
    assert joined.columns == ["k", "a_1_", "a_1", "a_2"]


def test_empty_keys_are_equal_to_none() -> None:
    table = Table(["k"], [[math.nan], [None], [1.0]])
    assert JoinedTable(table, table, "k").join().data == [[1.0]]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=6), st.lists(st.integers(0, 3), max_size=6))
def test_every_pair_of_equal_keys_is_a_row(first: list[int], second: list[int]) -> None:
    tables = [Table(["k"], [[key] for key in keys]) for keys in (first, second)]
    joined = JoinedTable(tables[0], tables[1], "k").join()
    assert joined.data == [[one] for one in first for other in second if one == other]


def test_tables_are_taken_as_they_are_then() -> None:
    table = truth()
    joined = JoinedTable(table, guesses(), "id")
    table.add_data(9, None, "dog")
    assert len(joined.join()) == 3


def test_a_table_in_parts_is_joined_whole() -> None:
    parts = PartitionedTable([truth(), Table(["id", "image", "label"], [[9, None, "dog"]])])
    assert len(JoinedTable(parts, guesses(), "id").join()) == 4


def test_both_tables_are_in_the_row() -> None:
    [payload] = codecs.encode([JoinedTable(truth(), guesses(), "id")])
    meta = payload.meta
    assert isinstance(meta, JoinedTableMeta)
    assert meta.join_key == ("id", "id")
    assert meta.table2 is not None
    assert (meta.table1.nrows, meta.table2.nrows) == (3, 4)
    assert [blob.role for blob in payload.blobs] == ["table1", "table2"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((5, guesses(), "id"), WrongType, "table1: expected a Table, got int 5"),
        ((truth(), [[1]], "id"), WrongType, "table2: expected a Table, got list"),
        ((truth(), guesses(), 5), WrongType, "join_key: expected the name of a column, or a list of two"),
        ((truth(), guesses(), ["id"]), WrongType, "join_key: expected the name .*got list"),
        ((truth(), guesses(), "score"), InvalidInput, r"join_key of table1: no column 'score', there are \['id'"),
        ((truth(), guesses(), "image"), InvalidInput, r"join_key of table2: no column 'image'"),
        ((truth(), truth(), "image"), InvalidInput, "expected numbers, strings.*column 'image' of table1, got image"),
        ((truth(), guesses(), ["id", "label"]), InvalidInput, "one type, got number in column 'id' of table1 and"),
        ((truth(), Table(["id"], [[[1]]]), "id"), InvalidInput, "column 'id' of table2, got json"),
    ],
)  # fmt: skip
def test_what_cannot_be_joined_is_named(
    arguments: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        JoinedTable(*arguments)


def test_equal_means_tables_and_keys() -> None:
    assert JoinedTable(truth(), guesses(), "id") == JoinedTable(truth(), guesses(), ("id", "id"))
    assert JoinedTable(truth(), guesses(), "id") != JoinedTable(truth(), guesses(), "label")
    assert JoinedTable(truth(), guesses(), "id") != JoinedTable(truth(), truth(), "id")
    assert JoinedTable(truth(), guesses(), "id") != Text("x")
