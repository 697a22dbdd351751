"""Which axis of an image array is which: one documented rule.

Two axes are always H×W. Three are read by where 1, 3 or 4 channels can be: where both ends fit, a
torch tensor is C×H×W and any other array H×W×C, unless `layout=` states it. A leading axis of
length 1 before three others is dropped. A height of 1 is a height.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import snapshot
from ...errors import InvalidInput

Array = NDArray[Any]
_CHANNELS = (1, 3, 4)


def orient(array: Array, *, torch: bool, layout: str | None) -> tuple[Array, bool]:
    """Give the array of one image, and whether it is C×H×W.

    Raises:
        InvalidInput: It is no image: wrong number of axes or channels, empty, or complex numbers.
    """
    if array.ndim == 4 and array.shape[0] == 1:  # noqa: PLR2004
        array = array[0]
    shape = array.shape
    if not array.size or array.dtype.kind == "c":
        raise InvalidInput(
            f"Image: data_or_path: expected real numbers, at least one, got {_came(array)}"
        )
    if len(shape) == 2:  # noqa: PLR2004
        return array, False
    if len(shape) == 3:  # noqa: PLR2004
        first = shape[0] in _CHANNELS and layout != "HWC"
        last = shape[2] in _CHANNELS and layout != "CHW"
        if first or last:
            return array, first and (torch or not last)
    raise _refusal(array, layout)


def fixed(array: Array, *, channels_first: bool) -> tuple[Array, bool]:
    """Snapshot an image in the order its memory has, which is the cheapest to copy."""
    turned, first = in_memory_order(array, channels_first=channels_first)
    return snapshot(turned), first


def in_memory_order(array: Array, *, channels_first: bool) -> tuple[Array, bool]:
    """Give the other axis order where that one is contiguous, and whether it is C×H×W."""
    if array.ndim == 3 and not array.flags.c_contiguous:  # noqa: PLR2004
        turned = array.transpose((1, 2, 0) if channels_first else (2, 0, 1))
        if turned.flags.c_contiguous:
            return turned, not channels_first
    return array, channels_first


def _refusal(array: Array, layout: str | None) -> InvalidInput:
    if array.ndim > 3:  # noqa: PLR2004
        return InvalidInput(
            f"Image: data_or_path: an image has 2 or 3 axes, a batch of them 4, got {_came(array)}; "
            "log a list, [Image(x) for x in batches]"
        )
    if array.ndim < 2:  # noqa: PLR2004
        return InvalidInput(
            f"Image: data_or_path: an image is H×W, H×W×C or C×H×W, got {_came(array)}"
        )
    where = f" with layout={layout!r}" if layout else ""
    return InvalidInput(
        f"Image: data_or_path: an image has 1, 3 or 4 channels, got {_came(array)}{where}; "
        "log some of its channels, e.g. Image(x[..., 0]), or each as a grey image in a list"
    )


def _came(array: Array) -> str:
    return f"shape {array.shape} and dtype {np.dtype(array.dtype).name}"
