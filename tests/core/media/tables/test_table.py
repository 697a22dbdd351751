from __future__ import annotations

import copy
import enum
import math
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core import codecs
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.classes import Classes
from medialog_core.media.images.image import Image
from medialog_core.media.tables.table import Table
from medialog_core.schema import TableMeta
from medialog_core.testing import back
from tests.pictures import picture
from tests.tables import of_cells, types


class Split(str, enum.Enum):
    TRAIN = "train"


def through_pickle(table: Table) -> Any:
    return pickle.loads(pickle.dumps(table))  # noqa: S301 - our own


def test_the_default_columns_are_wandbs() -> None:
    assert Table().columns == ["Input", "Output", "Expected"]


@pytest.mark.parametrize(
    "rows",
    [
        [[1, 2.0], [3, 4.0]],
        [(1, 2.0), (3, 4.0)],
        ((1, 2.0), (3, 4.0)),
        np.array([[1, 2.0], [3, 4.0]]),
    ],
)
@pytest.mark.parametrize("argument", ["data", "rows"])
def test_rows_come_as_lists_or_arrays(rows: Any, argument: str) -> None:
    table = Table(["a", "b"], **{argument: rows})
    assert table.data == [[1, 2.0], [3, 4.0]]
    assert list(table.iterrows()) == [(0, [1, 2.0]), (1, [3, 4.0])]
    assert len(table) == 2


@pytest.mark.parametrize("rows", [{"a": 1}, "ab", 5, ["ab"], [5], [np.array(5)]])
def test_other_rows_are_refused(rows: Any) -> None:
    with pytest.raises(WrongType, match="expected a list"):
        Table(["a", "b"], rows)


def test_names_come_as_a_tuple_too() -> None:
    assert Table(("a", "b"), [np.array([1, 2])]).data == [[1, 2]]


def test_a_row_has_a_cell_for_each_column() -> None:
    table = Table(["a", "b"])
    table.add_row(1, 2)
    for make in (lambda: table.add_data(1), lambda: Table(["a", "b"], np.zeros((2, 3)))):
        with pytest.raises(InvalidInput, match=r"row \d: expected 2 cells, for \['a', 'b'\], got"):
            make()


def test_names_differ() -> None:
    with pytest.raises(InvalidInput, match="names that differ"):
        Table(["a", "a"])


@pytest.mark.parametrize("columns", ["ab", {"a"}, [None], 3])
def test_names_are_a_list_of_strings(columns: Any) -> None:
    with pytest.raises(WrongType, match="columns: expected a list of str"):
        Table(columns)


def test_numbers_name_columns_by_their_text() -> None:
    table = Table([0, 1], [[5, 6]])
    assert table.columns == ["0", "1"]
    assert table.get_column(1) == [6]  # type: ignore[arg-type]


def test_columns_are_added_and_read() -> None:
    table = Table(["a"], [[1], [2]])
    table.add_column("b", np.array([0.5, 1.5]))
    table.add_column("c", ["x", "y"])
    assert table.data == [[1, 0.5, "x"], [2, 1.5, "y"]]
    assert table == back(table)


@pytest.mark.parametrize(("name", "cells"), [("a", [1, 2]), ("b", [1]), ("b", np.zeros(3))])
def test_a_column_that_does_not_fit_is_refused(name: str, cells: Any) -> None:
    table = Table(["a"], [[1], [2]])
    with pytest.raises(InvalidInput, match="add_column"):
        table.add_column(name, cells)
    assert table.columns == ["a"]


def test_a_table_without_columns_takes_any_number_of_cells() -> None:
    table = Table(columns=[])
    table.add_column("a", [1, 2, 3])
    assert len(table) == 3


def test_get_column_gives_arrays() -> None:
    table = Table(
        ["n", "b", "s", "i"], [[1, True, "x", Image(picture())], [None, False, "y", None]]
    )
    numbers = table.get_column("n", convert_to="numpy")
    assert numbers.dtype == np.float64
    assert np.array_equal(numbers, [1, math.nan], equal_nan=True)
    assert table.get_column("b", convert_to="numpy").dtype == np.bool_
    assert table.get_column("s", convert_to="numpy").tolist() == ["x", "y"]
    assert table.get_column("i", convert_to="numpy").dtype == object


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"no column 'x', there are \['a'\]"):
        Table(["a"]).get_column("x")
    with pytest.raises(InvalidInput, match="convert_to: expected None or 'numpy', got 'list'"):
        Table(["a"]).get_column("a", convert_to="list")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"log_mode": "incremental"},
            "log_mode: expected one of .*'INCREMENTAL'.*, got 'incremental'",
        ),
        ({"data": [[1]], "rows": [[1]]}, "got data and rows"),
        ({"optional": [True, False]}, "optional: expected 1 answers"),
        ({"dtype": [int, str]}, "dtype: expected 1 types"),
    ],
)
def test_arguments_that_do_not_fit_are_named(arguments: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        Table(["a"], **arguments)


# --- fixed content --------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 255), min_size=1, max_size=8),
    st.sampled_from([(3, 5), (4, 4, 3), (2, 3, 4)]),
)
def test_one_buffer_reused_for_every_row_shows_its_content_of_then(
    fills: list[int], shape: tuple[int, ...]
) -> None:
    buffer = np.empty(shape, np.uint8)
    table = Table(["image", "json"])
    for fill in fills:
        buffer[:] = fill
        table.add_data(Image(buffer), buffer)
    shown = [
        [Image(np.full(shape, fill, np.uint8)), np.full(shape, fill, np.uint8).tolist()]
        for fill in fills
    ]
    assert shown == table.data == back(table).data


def test_a_dictionary_changed_later_does_not_change_its_cell() -> None:
    cell = {"a": [1]}
    table = of_cells(cell)
    cell["a"].append(2)
    assert table.get_column("a") == [{"a": [1]}]


@pytest.mark.parametrize("mixed", [False, True])
def test_lists_and_dictionaries_that_were_read_may_be_changed(mixed: bool) -> None:
    shown = Image(picture())

    def made() -> Table:
        rows = [[[1], {"a": [2]}, [shown]], [[3], {"a": [4]}, []]]
        return Table(["l", "d", "i"], rows, allow_mixed_types=mixed)

    table = made()
    frame = table.get_dataframe()
    arrays = {name: table.get_column(name, convert_to="numpy") for name in table.columns}
    lists = {name: table.get_column(name) for name in table.columns}
    for read in (frame, arrays, lists):
        read["l"][0].append(5)
        read["d"][1]["a"].append(6)
        read["i"][0].clear()
    for _, (listed, named, pictures) in table.iterrows():
        listed.append(5)
        named["a"].append(6)
        named["b"] = 7
        pictures.clear()
    table.data[0][0].clear()
    assert table == made()


def test_a_frozen_table_does_not_see_later_rows() -> None:
    table = Table(["a"], [[1]], allow_mixed_types=True)
    frozen = table.frozen()
    table.add_data("x")
    table.add_column("b", [1, 2])
    assert Table(["a"], [[1]]) == frozen


@pytest.mark.parametrize("columns", [np.array(["a", "b"]), pd.Index(["a", "b"])])
def test_names_come_as_arrays_and_as_a_frames_own(columns: Any) -> None:
    assert Table(columns, [[1, 2]]).columns == ["a", "b"]


def test_a_data_frame_in_the_place_of_names_is_told_where_it_goes() -> None:
    with pytest.raises(WrongType, match="got a data frame; pass dataframe="):
        Table(pd.DataFrame({"a": [1]}))  # type: ignore[arg-type]


def test_rows_come_as_a_tensor() -> None:
    rows = torch.tensor([[1.5, 2.5]], requires_grad=True)
    assert Table(["a", "b"], rows).data == [[1.5, 2.5]]


@pytest.mark.parametrize("data", [5, "xy", {"x": 1, "y": 2}, {1, 2}])
def test_a_column_of_no_cells_is_refused(data: Any) -> None:
    table = Table(["a"], [[1], [2]])
    with pytest.raises(WrongType, match="add_column: expected a list of cells for 'b', got"):
        table.add_column("b", data)


def test_a_member_of_a_string_enum_is_its_text() -> None:
    assert of_cells(Split.TRAIN).data == [["train"]]


# --- more columns ---------------------------------------------------------------------------------


def test_computed_columns_see_number_and_cells_of_each_row() -> None:
    table = Table(["a", "b"], [[1, 2], [3, 4]])
    table.add_computed_columns(lambda ndx, row: {"sum": row["a"] + row["b"], "even": ndx % 2 == 0})
    assert table.columns == ["a", "b", "sum", "even"]
    assert table.data == [[1, 2, 3, True], [3, 4, 7, False]]
    assert table == back(table)


@pytest.mark.parametrize(
    ("fn", "error", "message"),
    [
        (lambda ndx, _: {"x": 1} if ndx else {"y": 1}, InvalidInput, r"row 1: expected the columns \['y'\]"),
        (lambda _ndx, _row: 5, WrongType, "row 0: expected a dictionary, got int 5"),
        (lambda _ndx, _row: {"new": 1, "a": 1}, InvalidInput, "'a' is a column already"),
        (lambda ndx, _: {"x": 1, "new": "s" if ndx else 1}, WrongType, "row 1, column 'new'"),
        (lambda _ndx, _row: {"1": 1, 1: 2}, InvalidInput, "names that differ"),
    ],
)  # fmt: skip
def test_computed_columns_come_all_or_not_at_all(
    fn: Any, error: type[Exception], message: str
) -> None:
    table = Table(["a"], [[1], [2]])
    with pytest.raises(error, match=message):
        table.add_computed_columns(fn)
    assert table.columns == ["a"]


def test_computed_columns_of_no_rows_are_none() -> None:
    table = Table(["a"])
    table.add_computed_columns(lambda _ndx, _row: {"b": 1})
    assert table.columns == ["a"]


@pytest.mark.parametrize("cells", [torch.tensor([1.5, 2.5]), pd.Series([1.5, 2.5]), (1.5, 2.5)])
def test_a_column_comes_from_any_library(cells: Any) -> None:
    table = Table(["a"], [[1], [2]])
    table.add_column("b", cells)
    assert table.get_column("b") == [1.5, 2.5]


def test_the_index_is_the_numbers_of_the_rows() -> None:
    assert Table(["a"], [["x"], ["y"]]).get_index() == [0, 1]


# --- types that are said ----------------------------------------------------------------------


def test_a_dtype_fixes_a_column_before_its_first_cell() -> None:
    table = Table(["n", "s"], dtype=[float, str])
    assert types(table) == ["number", "string"]
    with pytest.raises(
        WrongType, match="row 0, column 'n': expected number as its dtype, got string: str 'x'"
    ):
        table.add_data("x", "y")


def test_one_dtype_is_for_all_columns() -> None:
    assert types(Table(["a", "b"], dtype=Image)) == ["image", "image"]


def test_classes_allow_their_ids_only() -> None:
    classes = Classes([{"id": 0, "name": "cat"}, {"id": 7, "name": "dog"}])
    table = Table(["class"], [[0], [7.0], [np.int64(7)], [None]], dtype=classes)
    assert table == back(table)
    with pytest.raises(
        InvalidInput,
        match=r"row 4.*expected an id of its classes \{'0': 'cat', '7': 'dog'\}, got 3",
    ):
        table.add_data(3)
    [payload] = codecs.encode([table])
    assert isinstance(payload.meta, TableMeta)
    assert payload.meta.columns[0].classes == {"0": "cat", "7": "dog"}


def test_a_table_of_classes_that_came_back_refuses_other_ids() -> None:
    table = back(Table(["class"], [["a"]], dtype=Classes([{"id": "a", "name": "cat"}])))
    with pytest.raises(InvalidInput, match="expected an id of its classes"):
        table.add_data("b")


def test_cast_checks_the_cells_and_sets_the_type() -> None:
    table = Table(["id", "label"], [["a", 0], ["b", 1]])
    table.cast("label", Classes([{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}]))
    with pytest.raises(InvalidInput, match="expected an id"):
        table.add_data("c", 2)
    table.cast("id", object)
    table.add_data(3, 1)
    assert types(table) == ["any", "number"]


@pytest.mark.parametrize(
    ("name", "dtype", "error", "message"),
    [
        ("a", str, WrongType, "row 0, column 'a': expected string as its dtype, got number"),
        ("b", int, WrongType, "row 0, column 'b': expected a cell, got None"),
        ("c", int, InvalidInput, r"cast: no column 'c', there are \['a', 'b'\]"),
        ("a", object(), WrongType, "cast: dtype of 'a': expected a Python type"),
    ],
)
def test_a_cast_that_fails_changes_nothing(
    name: str, dtype: Any, error: type[Exception], message: str
) -> None:
    table = Table(["a", "b"], [[1, None]])
    before = table.frozen()
    with pytest.raises(error, match=message):
        table.cast(name, dtype)
    assert table == before


def test_cast_may_allow_none() -> None:
    table = Table(["a"], [[None]], optional=True)
    table.cast("a", float, optional=True)
    assert types(table) == ["number"]


# --- captions, copies -------------------------------------------------------------------------


def test_a_table_has_a_caption_and_a_sample_id() -> None:
    table = Table(["a"], [[1]], caption="errors", sample_id=5)  # type: ignore[arg-type]
    assert (table.caption, table.sample_id) == ("errors", "5")
    assert table == back(table) == table.frozen()
    assert table != Table(["a"], [[1]])


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, through_pickle])
def test_a_copy_stands_alone(copied: Any) -> None:
    table = Table(["a", "i"], [[1, Image(picture())]], log_mode="INCREMENTAL", caption="c")
    other = copied(table)
    assert other == table
    assert other.log_mode == "INCREMENTAL"
    other.add_data(2, None)
    assert len(table) == 1


def test_a_row_that_another_thread_is_adding_is_not_one_yet() -> None:
    table = Table(["a", "b"], [[1, 2]])
    table._columns[0].cells.append(3)
    assert table.frozen().data == [[1, 2]] == table.data
    assert len(table) == 1


def test_200_000_rows_and_more_are_kept() -> None:
    table = Table(["n", "s"], [[i, str(i)] for i in range(200_001)])
    assert len(back(table)) == 200_001
