from __future__ import annotations

import enum
import math
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core import codecs
from medialog_core.errors import InvalidInput, MissingExtra, WrongType
from medialog_core.media.image import Image
from medialog_core.media.table import Table
from medialog_core.schema import TableMeta
from medialog_core.testing import through_bytes

RNG = np.random.default_rng(11)


class Split(str, enum.Enum):
    TRAIN = "train"


def picture(side: int = 8) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return RNG.integers(0, 256, (side, side, 3), dtype=np.uint8)


def of_cells(*cells: Any, **arguments: Any) -> Table:
    return Table(["a"], [[cell] for cell in cells], **arguments)


def back(table: Table) -> Table:
    [payload] = codecs.encode([table])
    decoded = codecs.decode(through_bytes(payload))
    assert isinstance(decoded, Table)
    return decoded


def types(table: Table) -> list[str]:
    [payload] = codecs.encode([table])
    assert isinstance(payload.meta, TableMeta)
    return [column.type for column in payload.meta.columns]


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


@pytest.mark.parametrize("rows", [{"a": 1}, "ab", 5, ["ab"], [5]])
def test_other_rows_are_refused(rows: Any) -> None:
    with pytest.raises(WrongType, match="expected a list"):
        Table(["a", "b"], rows)


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
        ({"dtype": int}, "dtype: not supported"),
        ({"log_mode": "INCREMENTAL"}, "'IMMUTABLE' only, got 'INCREMENTAL'"),
        ({"data": [[1]], "rows": [[1]]}, "got data and rows"),
    ],
)
def test_what_this_version_has_not_is_said(arguments: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        Table(["a"], **arguments)


# --- data frames ----------------------------------------------------------------------------------


def test_a_data_frame_comes_and_goes() -> None:
    frame = pd.DataFrame({"n": [1, 2], "f": [0.5, math.nan], "s": ["x", "y"], "b": [True, False]})
    table = Table(dataframe=frame)
    assert types(table) == ["number", "number", "string", "boolean"]
    pd.testing.assert_frame_equal(frame, table.get_dataframe())
    assert table == Table(data=frame) == back(table)


def test_what_a_data_frame_misses_is_none() -> None:
    frame = pd.DataFrame(
        {"s": ["x", None, math.nan], "t": [pd.Timestamp("2024-05-06"), pd.NaT, pd.NaT]}
    )
    frame["i"] = pd.array([1, None, 3], dtype="Int64")
    assert Table(dataframe=frame).data == [
        ["x", "2024-05-06T00:00:00", 1],
        [None, None, None],
        [None, None, 3],
    ]


def test_a_data_frame_takes_new_names() -> None:
    frame = pd.DataFrame({"n": [1]})
    assert Table(["m"], dataframe=frame).columns == ["m"]
    with pytest.raises(InvalidInput, match="each of the 1 columns of the data frame, got 2"):
        Table(["m", "n"], dataframe=frame)


def test_a_data_frame_is_one() -> None:
    with pytest.raises(WrongType, match="expected a data frame, got list"):
        Table(dataframe=[[1]])


def test_without_pandas_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtra, match=r"medialog\[pandas\]"):
        Table().get_dataframe()


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


@pytest.mark.parametrize("data", [5, "xy"])
def test_a_column_of_no_cells_is_refused(data: Any) -> None:
    table = Table(["a"], [[1], [2]])
    with pytest.raises(WrongType, match="add_column: expected a list of cells for 'b', got"):
        table.add_column("b", data)


def test_a_member_of_a_string_enum_is_its_text() -> None:
    assert of_cells(Split.TRAIN).data == [["train"]]
