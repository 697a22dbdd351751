from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from medialog_core import Run, Table
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.images.image import Image
from medialog_core.media.tables.frames import cells_of, is_frame
from medialog_core.runs.coerce import coerce
from medialog_core.testing import back
from tests.tables import types

DAY = dt.datetime(2024, 5, 6)  # noqa: DTZ001 - naive on purpose
FINE = np.datetime64("2024-05-06T00:00:00.000000001")


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
        ["x", DAY, 1],
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


CONTENT: dict[str, list[Any]] = {
    "i": [1, 2],
    "gap": [1, None],
    "f": [0.5, math.nan],
    "s": ["x", None],
    "b": [True, False],
    "t": [DAY, None],
    "d": [DAY.date(), None],
    "l": [[1, 2], [3]],
    "o": [{"a": 1}, {"a": 2}],
}


@pytest.mark.parametrize("make", [pl.DataFrame, pa.table])
def test_frames_of_polars_and_arrow_are_tables(make: Any) -> None:
    frame = make(CONTENT)
    assert is_frame(frame)
    expected = Table(list(CONTENT), list(zip(*CONTENT.values(), strict=True)))
    assert expected == Table(dataframe=frame) == Table(data=frame) == coerce("t", frame)
    assert expected == back(expected)


def test_a_record_batch_is_a_frame() -> None:
    assert Table(dataframe=pa.record_batch({"a": [1, 2]})).data == [[1], [2]]


def test_what_only_looks_like_a_frame_is_none() -> None:
    assert not any(map(is_frame, [np.zeros((2, 2)), pd.Series([1]), {"columns": 1}, Run, [[1]]]))


@pytest.mark.parametrize(
    ("dtype", "cells", "kept"),
    [
        ("Int64", [1, None], [1, None]),
        ("boolean", [True, None], [True, None]),
        ("Float64", [0.5, None], [0.5, None]),
        ("string", ["x", None], ["x", None]),
        ("category", ["x", None, "x"], ["x", None, "x"]),
        ("float16", [0.5, math.inf], [0.5, math.inf]),
        ("uint64", [2**64 - 1], [2**64 - 1]),
        ("datetime64[ns]", [DAY, None], [DAY, None]),
        ("datetime64[ns, UTC]", [DAY, None], [DAY.replace(tzinfo=dt.timezone.utc), None]),
        ("datetime64[s]", [DAY], [DAY]),
    ],
)
def test_pandas_own_types_are_kept(dtype: str, cells: list[Any], kept: list[Any]) -> None:
    table = Table(dataframe=pd.DataFrame({"a": pd.Series(cells, dtype=dtype)}))
    assert table.get_column("a") == kept
    assert table == back(table)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([FINE, None], dtype="datetime64[ns]"),
        pl.Series(np.array([FINE, "NaT"], "M8[ns]")),
        pa.chunked_array([pa.array(np.array([FINE, "NaT"], "M8[ns]"))]),
    ],
    ids=["pandas", "polars", "arrow"],
)
def test_no_nanosecond_is_lost(column: Any) -> None:
    table = Table(columns=[])
    table.add_column("t", column, optional=True)
    assert table.get_column("t") == [FINE, None]
    assert table == back(table)


def test_pandas_na_in_a_row_is_none() -> None:
    assert Table(["a"], [[pd.NA], [1]]).get_column("a") == [None, 1]


def test_a_frame_may_hold_pictures() -> None:
    picture = Image(np.zeros((8, 8), np.uint8))
    frame = Table(["image"], [[picture], [None]]).get_dataframe()
    assert Table(dataframe=frame).data == [[picture], [None]]


def test_a_wrong_cell_of_a_frame_is_named_by_row_and_column() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", pd.Interval(0, 1)]})
    with pytest.raises(
        WrongType, match=r"row 1, column 'b': expected a number.*pandas.*Interval.*pass str"
    ):
        Table(dataframe=frame)


def test_a_frame_with_a_name_twice_is_refused() -> None:
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    for columns in (None, ["a", "b"]):
        with pytest.raises(InvalidInput, match=r"names that differ, got \['a', 'a'\]"):
            Table(columns, dataframe=frame)


def test_cells_of_anything_else_are_its_items() -> None:
    assert cells_of(range(3)) == [0, 1, 2]
    assert cells_of({"a": 1}.values()) == [1]
