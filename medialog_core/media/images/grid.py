"""make_grid's layout, meaning and pixels, for arrays and tensors of any library, without torch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import checks
from ...arrays import is_torch, to_numpy
from ...checks import whole
from ...errors import InvalidInput
from . import layout as axes

Array = NDArray[Any]


def make_grid(
    batch: Any,
    nrow: int = 8,
    padding: int = 2,
    normalize: bool = False,
    value_range: tuple[float, float] | None = None,
    scale_each: bool = False,
    pad_value: float = 0.0,
    *,
    layout: str | None = None,
) -> Array:
    """Lay the images of a batch out side by side, as `torchvision.utils.make_grid` does.

    Args:
        batch: N×C×H×W or N×H×W×C, or a list of images of one size, or one image. Which axis has the
            channels is told as for `Image`; grey becomes RGB.
        nrow: Images in a row.
        padding: Pixels between and around them.
        normalize: Shift the numbers to [0, 1] by their minimum and maximum, or by `value_range`.
        value_range: (lo, hi) to normalize by; numbers outside are clipped.
        scale_each: Normalize every image by itself.
        pad_value: What the padding holds.
        layout: "CHW" or "HWC", of one image.

    Returns:
        3×H×W (or 4×H×W) in the dtype of the batch; float when normalized. A single image has no
        padding around it.

    Raises:
        InvalidInput: No images, images of different sizes, or none at all by their shape; `nrow`
            below 1 or a negative `padding`.
        WrongType: An argument is of the wrong type.
    """
    nrow, padding = whole(nrow, "nrow", 1), whole(padding, "padding", 0)
    value_range = None if value_range is None else checks.value_range(value_range)
    images = _stacked(batch, layout)
    if normalize:
        images = _normalized(images, value_range, each=scale_each)
    count, height, width, channels = images.shape
    if channels == 1:
        images = np.broadcast_to(images, (count, height, width, 3))
    if count == 1:
        return np.array(images[0].transpose(2, 0, 1))
    columns, size = measured(count, height, width, nrow, padding)
    grid = _filled(size, images, pad_value)
    for place, image in enumerate(images):
        top = (place // columns) * (height + padding) + padding
        left = (place % columns) * (width + padding) + padding
        grid[top : top + height, left : left + width] = image
    return grid.transpose(2, 0, 1)


def measured(
    count: int, height: int, width: int, nrow: int = 8, padding: int = 2
) -> tuple[int, tuple[int, int]]:
    """Give how many images stand in a row, and the height and width of the grid of two or more."""
    columns = min(nrow, count)
    rows = math.ceil(count / columns)
    return columns, ((height + padding) * rows + padding, (width + padding) * columns + padding)


def _filled(size: tuple[int, int], images: Array, value: float) -> Array:
    """Give an empty H×W×C grid whose memory is in the images' own order: that copies best."""
    channels = images.shape[3]
    if images.strides[3] > images.strides[2]:
        return np.full((channels, *size), value, images.dtype).transpose(1, 2, 0)
    return np.full((*size, channels), value, images.dtype)


def _stacked(batch: Any, layout: str | None) -> Array:
    """Give a batch as N×H×W×C, a view where it is an array."""
    if isinstance(batch, list | tuple):
        torch, array = bool(batch) and is_torch(batch[0]), _listed(batch)
    else:
        torch, array = is_torch(batch), to_numpy(batch, "batch")
        array = array[None] if array.ndim in (2, 3) else array
    if array.ndim not in (3, 4) or not array.size:
        raise InvalidInput(f"batch: expected N×C×H×W or a list of images, got shape {array.shape}")
    try:
        _, first = axes.orient(array[0], torch=torch, layout=layout)
    except InvalidInput as error:
        raise InvalidInput(f"batch: {error}; grey images are N×1×H×W, batch[:, None]") from None
    if array.ndim == 3:  # noqa: PLR2004
        return array[..., None]
    return array.transpose(0, 2, 3, 1) if first else array


def _listed(batch: Any) -> Array:
    images = [to_numpy(image, f"batch[{place}]") for place, image in enumerate(batch)]
    shapes = sorted({image.shape for image in images})
    if len(shapes) != 1:
        raise InvalidInput(
            f"batch: a grid needs images of one size, got {shapes or 'none'}; log a list instead"
        )
    return np.stack(images)


def _normalized(images: Array, value_range: tuple[float, float] | None, *, each: bool) -> Array:
    if images.dtype.kind != "f":
        images = images.astype(np.float32)
    axis = (1, 2, 3) if each else (0, 1, 2, 3)
    lo, hi = value_range or (images.min(axis, keepdims=True), images.max(axis, keepdims=True))
    span = np.maximum(np.subtract(hi, lo), 1e-5).astype(images.dtype)
    shifted: Array = np.clip(images, lo, hi) - np.asarray(lo, images.dtype)
    shifted /= span
    return shifted
