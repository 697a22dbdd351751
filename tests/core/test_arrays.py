from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from medialog_core import Histogram, Image, arrays
from medialog_core.errors import InvalidInput, WrongType

VALUES = [[1.0, 2.0], [3.0, 4.0]]


class Foreign:
    """An array of another library, as jax's and tensorflow's are: told by what it answers to."""

    shape = (2, 2)
    dtype = "float32"

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(VALUES, dtype)


@pytest.mark.parametrize(
    "value",
    [
        np.array(VALUES),
        np.array(VALUES, ">f8"),
        torch.tensor(VALUES),
        torch.tensor(VALUES, requires_grad=True) * 1,
        torch.tensor(VALUES, dtype=torch.bfloat16),
        torch.tensor(VALUES, dtype=torch.float16),
        torch.tensor(VALUES).to_sparse(),
        torch.tensor(VALUES).t().t(),
        torch.complex(torch.zeros(2, 2), -torch.tensor(VALUES)).conj().imag,
        torch.nn.Parameter(torch.tensor(VALUES)),
        VALUES,
        tuple(map(tuple, VALUES)),
        [np.array(row) for row in VALUES],
        [torch.tensor(row, requires_grad=True) for row in VALUES],
        Foreign(),
    ],
    ids=range(15),
)
def test_arrays_of_any_library_become_numpy_s(value: Any) -> None:
    array = arrays.to_numpy(value, "data")
    assert array.dtype.kind == "f"
    assert array.dtype.isnative
    assert array.tolist() == VALUES


def test_quantized_tensors_are_read_by_their_values() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # torch will drop these dtypes one day
        tensor = torch.quantize_per_tensor(torch.tensor(VALUES), 1.0, 0, torch.qint8)
    assert arrays.to_numpy(tensor, "data").tolist() == VALUES


def test_8_bit_floats_become_float32() -> None:
    array = arrays.to_numpy(torch.tensor(VALUES).to(torch.float8_e4m3fn), "data")
    assert array.dtype == np.float32
    assert array.tolist() == VALUES


class OnDevice:
    """A tensor as torch gives it on a GPU: NumPy cannot have it before it is fetched."""

    def __init__(self, tensor: torch.Tensor, *, attached: bool = True) -> None:
        self.tensor, self.attached = tensor, attached
        self.shape, self.dtype, self.layout = tensor.shape, tensor.dtype, tensor.layout
        self.device = SimpleNamespace(type="cuda")
        self.permute = tensor.permute

    def detach(self) -> OnDevice:
        return OnDevice(self.tensor, attached=False)

    def cpu(self) -> torch.Tensor:
        assert not self.attached
        return self.tensor

    def numpy(self) -> Any:
        raise TypeError("can't convert cuda:0 device type tensor to numpy")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_tensor_on_a_device_is_detached_and_fetched(dtype: torch.dtype) -> None:
    tensor = OnDevice(torch.tensor(VALUES, dtype=dtype))
    assert arrays.to_numpy(tensor, "data").tolist() == VALUES
    assert Histogram(tensor).moments.n == 4
    assert Image(tensor).to_numpy().tolist() == VALUES


def test_an_array_is_not_copied() -> None:
    array, tensor = np.zeros(3), torch.zeros(3)
    assert arrays.to_numpy(array, "data") is array
    assert np.shares_memory(arrays.to_numpy(tensor, "data"), tensor.numpy())


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "data: expected an array, a tensor or a list of numbers, got NoneType None"),
        ("abc", "data: .* got str 'abc'"),
        ({"a": 1}, "data: .* got dict {'a': 1}"),
        (
            np.array(["a"]),
            r"data: expected numbers, got numpy.ndarray of shape \(1,\) and dtype <U1",
        ),
        (np.array([None]), "data: expected numbers, got .* dtype object"),
        (["a", "b"], "data: expected numbers"),
    ],
)
def test_what_is_no_array_is_a_wrong_type(value: Any, message: str) -> None:
    with pytest.raises(WrongType, match=message):
        arrays.to_numpy(value, "data")


def test_masked_floats_are_nan() -> None:
    masked = np.ma.masked_greater(np.array([0.5, 7.0, 1.0], np.float32), 5)
    found = arrays.to_numpy(masked, "x")
    assert type(found) is np.ndarray
    assert np.array_equal(found, np.array([0.5, np.nan, 1.0], np.float32), equal_nan=True)
    assert Histogram(masked).moments.nan == 1
    assert np.isnan(arrays.to_scalar(np.ma.masked) or 0)


def test_other_masked_numbers_are_refused_with_the_fix() -> None:
    whole = np.ma.array([1, 2, 3])
    assert arrays.to_numpy(whole, "x").tolist() == [1, 2, 3]
    whole[1] = np.ma.masked
    with pytest.raises(InvalidInput, match=r"^x: expected no masked numbers .*, got 1 in .*filled"):
        arrays.to_numpy(whole, "x")


def test_a_list_of_unequal_rows_is_refused() -> None:
    with pytest.raises(
        InvalidInput, match=r"data: its rows differ in length .*log them one by one"
    ):
        arrays.to_numpy([[1, 2], [3]], "data")


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(max_dims=4)))
def test_a_snapshot_is_equal_contiguous_read_only_and_nobody_else_s(array: Any) -> None:
    for view in (array, array.T, array[::-1]):
        copy = arrays.snapshot(view)
        np.testing.assert_array_equal(copy, view)
        assert copy.dtype == view.dtype
        assert copy.flags.c_contiguous
        assert not copy.flags.writeable
        assert not np.shares_memory(copy, view)


@pytest.mark.parametrize("size", [10, 200_000])
def test_a_snapshot_may_cast(size: int) -> None:
    copy = arrays.snapshot(np.arange(size) % 200, np.uint16)
    assert copy.dtype == np.uint16
    assert np.array_equal(np.arange(size) % 200, copy)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1),
        (1.5, 1.5),
        (True, 1),
        (np.float32(0.5), 0.5),
        (np.bool_(True), 1),
        (np.int64(7), 7),
        (np.array([[3]]), 3),
        (torch.tensor(2.5, requires_grad=True), 2.5),
        (torch.tensor([4]), 4),
        (torch.tensor(0.5, dtype=torch.bfloat16), 0.5),
        (np.zeros(2), None),
        (np.zeros(0), None),
        (np.complex64(1), None),
        (np.str_("a"), None),
        ("1", None),
        (None, None),
        ([1], None),
    ],
)
def test_numbers_of_any_library_become_python_s(value: Any, expected: float | None) -> None:
    number = arrays.to_scalar(value)
    assert number == expected
    assert type(number) in (int, float, type(None))


def test_a_description_says_shape_and_dtype_or_the_value() -> None:
    assert (
        arrays.describe(np.zeros((2, 3), np.uint8))
        == "numpy.ndarray of shape (2, 3) and dtype uint8"
    )
    assert arrays.describe(torch.zeros(4)) == "torch.Tensor of shape (4,) and dtype torch.float32"
    assert arrays.describe("x") == "str 'x'"
    assert len(arrays.describe("x" * 500)) < 100


def test_an_extended_number_becomes_pythons() -> None:
    assert arrays.to_scalar(np.longdouble(1.5)) == 1.5


def test_a_list_may_mix_numbers_of_several_libraries() -> None:
    mixed = [np.float64(0.5), 0, 1.5, torch.tensor(2.0), np.array(3)]
    assert arrays.to_numpy(mixed, "data").tolist() == [0.5, 0, 1.5, 2, 3]
