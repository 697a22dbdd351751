"""Any array or tensor to NumPy, by duck typing, and the snapshot that fixes its content.

No framework is imported: a tensor is told by what it answers to. These are the only coercions.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .errors import InvalidInput, WrongType
from .pool import POOL, SMALL_BYTES

Array = NDArray[Any]


def is_array(value: object) -> bool:
    """Say whether `value` is a NumPy, torch, jax or tensorflow array (PIL images are not)."""
    if isinstance(value, np.ndarray):
        return True
    return hasattr(value, "shape") and hasattr(value, "dtype") and _convertible(value)


def is_torch(value: object) -> bool:
    """Say whether `value` is a torch tensor, whose pictures are C×H×W by convention."""
    return hasattr(value, "detach") and hasattr(value, "permute") and not isinstance(value, type)


def to_numpy(value: Any, field: str) -> Array:
    """Give `value` as a NumPy array, a view of its memory where there is one.

    Args:
        value: An array or tensor on any device, attached to a graph or not, or a (nested) list or
            tuple of numbers. bfloat16 and 8-bit floats become float32; masked floats NaN.
        field: What to call it in an error.

    Raises:
        WrongType: It is no array and no list of numbers.
        InvalidInput: A list whose rows differ in length, or masked numbers that are no floats.
    """
    if isinstance(value, np.ndarray):
        return _plain(_unmasked(value, field) if hasattr(value, "mask") else value, field)
    if is_torch(value):
        return _from_torch(value)
    if isinstance(value, list | tuple):
        return _from_list(value, field)
    if is_array(value):
        return _plain(np.asarray(value), field)
    raise WrongType(
        f"{field}: expected an array, a tensor or a list of numbers, got {describe(value)}"
    )


def snapshot(array: Array, dtype: DTypeLike | None = None) -> Array:
    """Copy `array` into recycled memory; the copy is contiguous and read-only.

    Args:
        array: Of any strides.
        dtype: What to cast to, unchecked; its own by default.
    """
    kind = array.dtype if dtype is None else np.dtype(dtype)
    nbytes = array.size * kind.itemsize
    if nbytes < SMALL_BYTES:
        copy = array.astype(kind, order="C")
    else:
        copy = POOL.take(nbytes).view(kind).reshape(array.shape)
        np.copyto(copy, array, casting="unsafe")
    copy.flags.writeable = False
    return copy


def to_scalar(value: Any) -> float | None:
    """Give a number or one-element array of any library as a Python number, else None.

    bool and NumPy's bool become 0 or 1.
    """
    if isinstance(value, bool | int | float):
        return float(value) if isinstance(value, float) else int(value)
    array = np.asarray(value) if isinstance(value, np.generic) else _single(value)
    if array is None or array.dtype.kind not in "biuf":
        return None
    return float(array.item()) if array.dtype.kind == "f" else int(array.item())


def describe(value: object) -> str:
    """Say what came, for an error: the type, and shape and dtype or the value itself."""
    name = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    if is_array(value):
        shape = tuple(getattr(value, "shape", ()))
        return f"{name} of shape {shape} and dtype {getattr(value, 'dtype', '?')}"
    text = repr(value)
    return f"{name} {text if len(text) <= 80 else text[:77] + '...'}"  # noqa: PLR2004


def _single(value: Any) -> Array | None:
    """Give an array of one number, fetching no larger one from its device; else None."""
    if not is_array(value) or math.prod(value.shape) != 1:
        return None
    try:
        return to_numpy(value, "value")
    except WrongType:
        return None


def _convertible(value: object) -> bool:
    if isinstance(value, type):  # `np.float32` or `torch.Tensor` answers to all that its values do
        return False
    return hasattr(value, "__array__") or hasattr(value, "detach") or hasattr(value, "numpy")


def _unmasked(array: Any, field: str) -> Array:
    """Give a masked array of NumPy's as a plain one: below a mask lies anything."""
    if array.dtype.kind in "fc":
        return np.asarray(array.filled(np.nan))
    masked = int(np.sum(array.mask))
    if masked:
        raise InvalidInput(
            f"{field}: expected no masked numbers but floats, which become NaN, got {masked:,} in {describe(array)}; "
            "pass x.filled(...)"
        )
    return np.asarray(array)


def _plain(array: Array, field: str) -> Array:
    if array.dtype.kind in "biufc":
        return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))
    if array.dtype.kind == "V" and array.dtype.names is None:  # ml_dtypes' bfloat16 and float8
        return array.astype(np.float32)
    raise WrongType(f"{field}: expected numbers, got {describe(array)}")


def _from_torch(tensor: Any) -> Array:
    tensor = tensor.detach()
    if hasattr(tensor, "to_local"):
        tensor = tensor.to_local()
    if tensor.device.type != "cpu":
        tensor = tensor.cpu()
    if getattr(tensor, "is_quantized", False):
        tensor = tensor.dequantize()
    if str(tensor.layout) != "torch.strided":
        tensor = tensor.to_dense()
    if tensor.dtype.is_floating_point and tensor.dtype.itemsize <= 2:  # noqa: PLR2004
        tensor = tensor.float()  # bfloat16 and float8 have no NumPy type; float16 is slow there
    return np.asarray(tensor.resolve_conj().resolve_neg().numpy())


def _from_list(value: list[Any] | tuple[Any, ...], field: str) -> Array:
    if value and any(is_array(item) for item in value):
        value = [
            item if isinstance(item, int | float) else to_numpy(item, f"{field}[{i}]")
            for i, item in enumerate(value)
        ]
    try:
        return _plain(np.asarray(value), field)
    except ValueError as error:
        raise InvalidInput(
            f"{field}: its rows differ in length ({error}); log them one by one"
        ) from None
