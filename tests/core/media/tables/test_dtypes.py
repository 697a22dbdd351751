from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from PIL import Image as PilImage

from medialog_core import Classes, Histogram, Image, Table, Text
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.tables.dtypes import declared


@pytest.mark.parametrize(
    ("dtype", "type"),
    [
        (int, "number"),
        (float, "number"),
        (np.float32, "number"),
        (np.dtype("uint8"), "number"),
        ("float64", "number"),
        ("number", "number"),
        (bool, "boolean"),
        (np.bool_, "boolean"),
        (str, "string"),
        (np.str_, "string"),
        (list, "json"),
        (dict, "json"),
        (list[int], "json"),
        (dict[str, int], "json"),
        (np.ndarray, "json"),
        (dt.date, "date"),
        (dt.datetime, "datetime"),
        (np.dtype("M8[D]"), "date"),
        (np.dtype("M8[ns]"), "datetime"),
        (Image, "image"),
        (PilImage.Image, "image"),
        (Text("an example"), "text"),
        (Histogram, "histogram"),
        (list[Image], "image[]"),
        (object, "any"),
        (Any, "any"),
        (None, "null"),
        (Classes([{"id": -1, "name": "a"}]), "number"),
        (Classes([{"id": "x", "name": "a"}]), "string"),
    ],
)
def test_a_dtype_is_a_column_type(dtype: Any, type: str) -> None:
    assert declared(dtype, "dtype").type == type


@pytest.mark.parametrize("dtype", [Table, "pictures", object(), 5, set, b""])
def test_what_is_no_dtype_is_named(dtype: Any) -> None:
    with pytest.raises(
        WrongType,
        match=r"^dtype: expected a Python type, a media class, a NumPy type or Classes, got",
    ):
        declared(dtype, "dtype")


@pytest.mark.parametrize("dtype", [complex, np.dtype("S3"), np.timedelta64, bytes])
def test_a_dtype_of_which_there_are_no_cells_is_refused(dtype: Any) -> None:
    with pytest.raises(InvalidInput, match=r"a cell cannot be of type .*; use str or float"):
        declared(dtype, "dtype")
