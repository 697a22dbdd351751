from __future__ import annotations

import datetime as dt
import decimal
import enum
import fractions
import math
import pathlib
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PilImage

from medialog_core.arrays import to_scalar
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.documents.text import Text
from medialog_core.media.histograms.histogram import Histogram
from medialog_core.media.images.image import Image
from medialog_core.media.tables.table import Table
from medialog_core.runs.coerce import SKIP, coerce

RGB = np.arange(12 * 10 * 3, dtype=np.uint8).reshape(12, 10, 3)


class Loss(float):
    pass


class Unitful:
    def __float__(self) -> float:
        raise TypeError("3 metres are no number")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1),
        (0.5, 0.5),
        (math.inf, math.inf),
        (True, 1),
        (False, 0),
        (Loss(0.5), 0.5),
        (np.float64(0.5), 0.5),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), 1),
        (np.array(2.5), 2.5),
        (np.array([[2.5]]), 2.5),
        (torch.tensor(2.5, requires_grad=True), 2.5),
        (torch.tensor([3]), 3),
        (torch.tensor(2.5, dtype=torch.bfloat16), 2.5),
    ],
)
def test_one_number_of_any_library_is_a_scalar(value: Any, number: float) -> None:
    coerced = coerce("loss", value)
    assert number == coerced
    assert type(coerced) in (float, int)  # a file holds no other, NumPy's float64 neither


@pytest.mark.parametrize("value", [np.float32(math.nan), torch.tensor(math.nan), math.nan])
def test_nan_stays_nan(value: Any) -> None:
    coerced = coerce("loss", value)
    assert isinstance(coerced, float)
    assert math.isnan(coerced)


@pytest.mark.parametrize("value", [None, [], ()])
def test_nothing_is_skipped(value: Any) -> None:
    assert coerce("a", value) is SKIP
    assert repr(SKIP) == "SKIP"


@pytest.mark.parametrize("value", [Image(RGB), Histogram([1.0]), Text("x")])
def test_a_media_value_is_itself(value: Any) -> None:
    assert coerce("a", value) is value
    assert [value, value] == coerce("a", [value, value]) == coerce("a", (value, value))


def test_a_table_is_fixed() -> None:
    table = Table(["a"], [[1]])
    alone, listed = coerce("t", table), coerce("t", [table])
    table.add_data(2)
    assert Table(["a"], [[1]]) == alone
    assert [Table(["a"], [[1]])] == listed


@pytest.mark.parametrize(
    "value", [np.arange(10.0), torch.arange(10.0), np.zeros((4, 4, 3)), np.arange(10)]
)
def test_an_array_is_a_histogram(value: Any) -> None:
    assert Histogram(value) == coerce("a", value)


@pytest.mark.parametrize(
    "values",
    [
        [1, 2.5],
        (0.9, np.float32(0.5)),
        [[1, 2], [3, 4]],
        [[1], [2, 3]],
        [torch.tensor(1.0, requires_grad=True), torch.tensor([2.0])],
        [np.array(1.0), 2, True],
    ],
)
def test_a_list_of_numbers_is_what_an_array_of_them_is(values: Any) -> None:
    flat = [v for value in values for v in (value if isinstance(value, list) else [value])]
    assert coerce("key", values) == Histogram(np.array([to_scalar(v) for v in flat]))


@pytest.mark.parametrize("values", [[0.5], (np.float32(0.5),), [[0.5]], [torch.tensor(0.5)]])
def test_a_list_of_one_number_is_that_number(values: Any) -> None:
    assert coerce("lr", values) == 0.5


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (dt.timedelta(minutes=1.5), 90.0),
        (decimal.Decimal("1.5"), 1.5),
        (fractions.Fraction(1, 4), 0.25),
        (enum.Enum("Phase", {"A": 3}).A, 3),  # type: ignore[attr-defined]
        (enum.Enum("Phase", {"A": "train"}).A, Text("train")),  # type: ignore[attr-defined]
        (dt.datetime(2026, 1, 2, 3), Text("2026-01-02T03:00:00")),  # noqa: DTZ001
        (dt.date(2026, 1, 2), Text("2026-01-02")),
        (dt.time(7, 8), Text("07:08:00")),
        (pd.Timestamp("2026-01-02"), Text("2026-01-02T00:00:00")),
        (pathlib.PurePosixPath("a/b"), Text("a/b")),
    ],
)
def test_what_is_a_number_or_a_text_by_nature_is_one(value: Any, kept: Any) -> None:
    assert coerce("key", value) == kept


@pytest.mark.parametrize(
    ("array", "kept"),
    [
        (np.array(["a", "b"]), [Text("a"), Text("b")]),
        (pd.Series(["a", "b"]), [Text("a"), Text("b")]),
        (np.array("a"), Text("a")),
        (np.array([Text("a"), Text("b")]), [Text("a"), Text("b")]),
        (np.array([1, 2], object), Histogram([1, 2])),
        (np.array([0.5], object), 0.5),
    ],
)
def test_an_array_of_what_is_no_number_is_what_a_list_of_it_is(array: Any, kept: Any) -> None:
    assert coerce("key", array) == kept


def test_an_array_of_nothing_is_a_histogram_of_nothing() -> None:
    assert Histogram([]) == coerce("a", np.zeros((0, 4)))


def test_a_string_is_a_text() -> None:
    assert Text("hello") == coerce("a", "hello")
    assert Text("hello") == coerce("a", np.str_("hello"))


def test_a_data_frame_is_a_table() -> None:
    frame = pd.DataFrame({"n": [1, 2], "s": ["a", "b"]})
    assert Table(dataframe=frame) == coerce("a", frame)


def test_a_pil_image_is_an_image() -> None:
    assert Image(RGB) == coerce("a", PilImage.fromarray(RGB))


@pytest.mark.parametrize(
    "pictures",
    [
        [RGB, RGB[:9]],
        [PilImage.fromarray(RGB), RGB],
        [torch.from_numpy(RGB.copy()).permute(2, 0, 1)],
        (RGB[..., 0], RGB),
        [Image(RGB), RGB],
    ],
)
def test_a_list_of_pictures_is_a_list_of_images(pictures: Any) -> None:
    assert [p if isinstance(p, Image) else Image(p) for p in pictures] == coerce("a", pictures)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 255), min_size=1, max_size=6))
def test_arrays_of_a_list_show_their_content_of_then(fills: list[int]) -> None:
    arrays = [np.full((8, 8), fill, np.uint8) for fill in fills]
    coerced = coerce("a", arrays)
    for array in arrays:
        array[:] = 0
    assert [Image(np.full((8, 8), fill, np.uint8)) for fill in fills] == coerced


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"b": 1}, "cannot log dict"),
        (object(), "cannot log object .*log a number, str, PIL image"),
        (b"x", "cannot log bytes"),
        (1j, "cannot log complex"),
        ({1, 2}, "cannot log set"),
        ([1, "x"], "expected a list of numbers, .* got str 'x' at 1"),
        ([1, [2, None]], r"got list \[2, None\] at 1"),
        ([{"a": 1}], "got dict .* at 0; .* a Table of records"),
        ((x for x in "ab"), "cannot log generator"),
        ([np.zeros(4)], r"got numpy.ndarray of shape \(4,\)"),
        ([np.zeros((2, 2))], r"got numpy.ndarray of shape \(2, 2\)"),
        ([RGB, None], "got NoneType None at 1"),
        ([Text("x"), Histogram([1.0])], "media values of one type"),
        (np.array([1j, 2]), "real numbers"),
        (np.array([1, None]), "got NoneType None at 1"),
        (np.array([b"a", b"b"]), "expected numbers"),
        (float, "cannot log type <class 'float'>"),
        (np.float32, "cannot log type <class 'numpy.float32'>"),
        (torch.Tensor, "cannot log torch.* <class 'torch.Tensor'>"),
        (pd.DataFrame, "cannot log type"),
        (pathlib.Path, "cannot log type"),
        (dt.datetime, "cannot log type"),
        (Unitful(), "cannot log .*Unitful"),
    ],
)
def test_anything_else_is_refused_by_its_key(value: Any, message: str) -> None:
    with pytest.raises(WrongType, match=f"log: 'my/key': .*{message}"):
        coerce("my/key", value)


@pytest.mark.parametrize("cell", [int, np.ndarray, torch.Tensor, pathlib.Path, Unitful()])
def test_a_cell_of_a_table_stands_for_nothing_either(cell: Any) -> None:
    with pytest.raises(WrongType, match=r"Table: row 0, column 'a': expected a number, str"):
        Table(columns=["a"], data=[[cell]])


@pytest.mark.parametrize("value", ["\ud800", [np.zeros((0, 9, 3))]])
def test_what_cannot_be_kept_is_refused_by_its_key(value: Any) -> None:
    with pytest.raises(InvalidInput, match="log: 'my/key': "):
        coerce("my/key", value)


def test_an_integer_beyond_float_is_refused_at_once() -> None:
    with pytest.raises(InvalidInput, match=r"log: .loss.: .* got an int of 2001 bits"):
        coerce("loss", 2**2000)
