"""What serves as a table, and what its columns become."""

from __future__ import annotations

import datetime as dt
import enum
import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch

from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.tables.table import Table
from medialog_core.plot.columns import Places, cells, numbers, texts


class Colour(enum.Enum):
    RED = "red"


class Letter(str, enum.Enum):
    A = "a"


ROWS: dict[str, list[Any]] = {"step": [1, 2, 3], "loss": [0.5, None, 0.25], "name": ["a", "b", "a"]}
TABLES: dict[str, Any] = {
    "Table": Table(columns=list(ROWS), data=list(map(list, zip(*ROWS.values(), strict=True)))),
    "pandas": pd.DataFrame(ROWS),
    "polars": pl.DataFrame(ROWS),
    "dict": ROWS,
    "dict of series": {name: pd.Series(column) for name, column in ROWS.items()},
    "dict of polars": {name: pl.Series(column) for name, column in ROWS.items()},
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_column_is_the_same_of_every_kind_of_table(table: Any) -> None:
    steps = numbers(cells(table, "step", "f: x"), "f: x")
    assert steps.tolist() == [1, 2, 3]
    assert steps.dtype.kind == "i"
    loss = numbers(cells(table, "loss", "f: y"), "f: y")
    assert np.array_equal(loss, [0.5, math.nan, 0.25], equal_nan=True)
    places = Places()
    assert places.of(cells(table, "name", "f: x"), "f: x").tolist() == [0, 1, 0]
    assert places.categories == ("a", "b")


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_missing_column_names_those_there_are(table: Any) -> None:
    with pytest.raises(
        InvalidInput, match=r"plot.line: x: no column 'epoch', there are \['step', 'loss', 'name'\]"
    ):
        cells(table, "epoch", "plot.line: x")


@pytest.mark.parametrize("table", [None, 5, [[1, 2]], np.zeros((2, 2))])
def test_what_has_no_columns_is_no_table(table: Any) -> None:
    with pytest.raises(
        WrongType, match=r"^plot.line: table: expected a Table, a data frame or a dictionary"
    ):
        cells(table, "x", "plot.line: x")


def test_a_column_may_be_named_by_a_number() -> None:
    assert list(cells(pd.DataFrame({0: [1, 2]}), 0, "f: x")) == [1, 2]
    assert list(cells(Table(columns=[0], data=[[1]]), 0, "f: x")) == [1]


@pytest.mark.parametrize(
    "given",
    [
        [1.0, 2.0],
        (1, 2),
        range(1, 3),
        iter([1, 2]),
        np.array([1, 2], np.float32),
        np.arange(1, 5)[::2] // 1 - np.array([0, 1]),
        torch.tensor([1.0, 2.0], requires_grad=True),
        torch.tensor([1.0, 2.0], dtype=torch.bfloat16),
        [torch.tensor(1.0), torch.tensor(2.0)],
        [np.float64(1), np.int8(2)],
        pd.Series([1, 2], dtype="Int64"),
    ],
)
def test_numbers_of_any_library(given: Any) -> None:
    assert numbers(given, "f").tolist() == [1, 2]


def test_whole_numbers_stay_exact() -> None:
    assert numbers([2**62 + 1], "f").tolist() == [2**62 + 1]


def test_booleans_are_0_and_1() -> None:
    assert numbers([True, False], "f").tolist() == [1, 0]
    assert numbers([True, None], "f")[0] == 1


def test_numbers_are_a_snapshot() -> None:
    given = np.arange(3.0)
    kept = numbers(given, "f")
    given[:] = 9
    assert kept.tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 1


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (["1", "2"], r"f: row 0: expected a number, got str '1'"),
        ([1, None, "x"], r"f: row 2: expected a number, got str 'x'"),
        ([1, {}], r"f: row 1: expected a number, got dict"),
        (np.array([1j]), r"f: expected real numbers, got .*pass abs"),
        ("text", r"f: expected an array or a list, got str 'text'"),
        (5, r"f: expected an array or a list, got int 5"),
    ],
)
def test_what_is_no_number_is_named_with_its_row(given: Any, error: str) -> None:
    with pytest.raises(WrongType, match=error):
        numbers(given, "f")


@pytest.mark.parametrize("given", [np.zeros((2, 2)), np.zeros(()), torch.zeros(1, 1, 1)])
def test_a_column_has_one_dimension(given: Any) -> None:
    with pytest.raises(InvalidInput, match="f: expected one dimension, got the shape"):
        numbers(given, "f")


def test_texts_of_anything_short() -> None:
    day = dt.date(2026, 1, 2)
    given = ["a", Letter.A, 1, 2.5, np.int64(3), None, True, day, torch.tensor(4)]
    assert texts(given, "f") == ["a", "a", "1", "2.5", "3", "None", "1", "2026-01-02", "4"]
    assert texts(np.array(["2026-01-02"], "datetime64[ns]"), "f")[0].startswith("2026-01-02")
    assert texts(np.array([1, 2]), "f") == ["1", "2"]


@pytest.mark.parametrize("wrong", [{}, [1, 2], Colour.RED, np.zeros(3)])
def test_what_cannot_name_a_place_is_refused(wrong: Any) -> None:
    with pytest.raises(WrongType, match="f: expected texts or numbers, got"):
        texts(["a", wrong], "f")


def test_a_text_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(InvalidInput, match="lone surrogate"):
        texts(["\ud800"], "f")


def test_places_go_on_from_column_to_column() -> None:
    places = Places()
    assert places.of(["b", "a"], "f").tolist() == [0, 1]
    assert places.of(np.array(["a", "c"]), "f").tolist() == [1, 2]
    assert places.categories == ("b", "a", "c")


def test_dates_are_places() -> None:
    places = Places()
    days = pd.DataFrame({"day": pd.to_datetime(["2026-01-02", "2026-01-03"])})
    assert places.of(cells(days, "day", "f: x"), "f").tolist() == [0, 1]
    assert places.categories[0].startswith("2026-01-02")
