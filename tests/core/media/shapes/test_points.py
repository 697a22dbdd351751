"""Which points are taken, and how the others are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.shapes.points import checked


@pytest.mark.parametrize("width", [3, 4, 6])
@given(
    dtype=st.sampled_from(["u1", "i2", "i8", "f2", "f4", ">f4", "f8", "g"]),
    points=st.integers(0, 5),
    how=st.sampled_from(["array", "strided", "torch", "list", "grad"]),
)
@settings(max_examples=30, deadline=None)
def test_every_form_is_taken(width: int, dtype: str, points: int, how: str) -> None:
    array = np.arange(points * width).reshape(points, width).astype(dtype)
    makers: dict[str, Any] = {
        "array": lambda: array,
        "strided": lambda: np.repeat(np.repeat(array, 2, 0), 2, 1)[::2, ::2],
        "torch": lambda: torch.tensor(array.astype("f4")),
        "list": lambda: array.tolist() if points else [],
        "grad": lambda: torch.tensor(array.astype("f4"), requires_grad=True).T.contiguous().T,
    }
    kept = checked(makers[how](), "points")
    expected = array if points or how != "list" else array[:, :3]
    assert kept.shape == expected.shape
    assert np.array_equal(kept, expected)
    assert not kept.flags.writeable


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.int64])
def test_every_dtype_of_torch_is_taken(dtype: torch.dtype) -> None:
    assert checked(torch.ones(2, 3, dtype=dtype), "points").tolist() == [[1, 1, 1]] * 2


def test_what_is_changed_later_is_as_it_was() -> None:
    array = np.zeros((4, 3), np.float32)
    kept = checked(array, "points")
    array[:] = 1
    assert not kept.any()


@pytest.mark.parametrize(
    ("data", "came"),
    [
        (np.zeros((5, 2)), r"got shape \(5, 2\)$"),
        (np.zeros((5, 5)), r"got shape \(5, 5\)$"),
        (np.zeros(6), r"got shape \(6,\)$"),
        (np.zeros((2, 5, 3)), r"got shape \(2, 5, 3\)$"),
        (np.zeros((3, 100)), r"got shape \(3, 100\); pass its transpose, data.T"),
        ([[1, 2, 3], [1, 2]], "got rows that differ in length"),
    ],
)
def test_another_shape_is_refused_with_the_three_forms(data: Any, came: str) -> None:
    forms = r"Object3D: points: expected N×3 \(x, y, z\), N×4 .*category.* or N×6 .*0\.\.255.*"
    with pytest.raises(InvalidInput, match=forms + came):
        checked(data, "Object3D: points")


@pytest.mark.parametrize(
    "data", [5, None, "text", {1, 2}, np.zeros((2, 3), np.complex64), [["a", "b", "c"]]]
)
def test_what_is_no_array_of_numbers_is_refused(data: Any) -> None:
    with pytest.raises(WrongType, match=r"points: expected (real numbers|numbers|N×3)"):
        checked(data, "points")


@pytest.mark.parametrize(
    ("data", "fix"),
    [
        (pd.DataFrame({"x": [1.0], "y": [2.0], "z": [3.0]}), r"pass data\.to_numpy\(\)$"),
        (
            np.zeros(2, "f4,f4,f4"),
            r"f0.*pass .*structured_to_unstructured\(data\[\['x', 'y', 'z'\]\]\)$",
        ),
    ],
    ids=["a data frame", "a structured array"],
)
def test_what_has_points_in_columns_is_refused_with_the_fix(data: Any, fix: str) -> None:
    with pytest.raises(WrongType, match=r"(?s)points: expected N×3 .*" + fix):
        checked(data, "points")


@pytest.mark.parametrize("category", [-1, 1.5, np.nan, np.inf, 2.0**32])
def test_a_category_that_is_no_whole_number_from_0_is_refused(category: float) -> None:
    rows = np.array([[0, 0, 0, 1], [0, 0, 0, category]])
    with pytest.raises(InvalidInput, match=r"whole number from 0 to 4294967295, got .* in row 1"):
        checked(rows, "points")


def test_a_point_that_is_dropped_may_have_any_category() -> None:
    assert len(checked([[np.nan, 0, 0, np.nan], [0, 0, 0, 3]], "points")) == 2
