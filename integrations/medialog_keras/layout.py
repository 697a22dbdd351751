"""Pictures of either data format as N×C×H×W, told by their shape and by what is set."""

from __future__ import annotations

from typing import Literal

import numpy as np

from medialog_core.arrays import Array

Layout = Literal["last", "first", "gray"]
"""Where the channels are; `gray` has none."""

_COLOURS = (1, 3, 4)
_BATCH_OF_MAPS = 3
_BATCH_OF_PICTURES = 4
_SMALLEST = 8


def layout_of(batch: Array, data_format: str) -> Layout | None:
    """Tell how a batch holds pictures; None where it holds none.

    Args:
        batch: N samples.
        data_format: `channels_last` or `channels_first`; where a shape may be either, this is it.
    """
    if batch.ndim == _BATCH_OF_MAPS:
        return "gray" if _is_gray(batch) else None
    if batch.ndim != _BATCH_OF_PICTURES:
        return None
    order: tuple[Layout, Layout] = ("last", "first")
    for layout in order if data_format == "channels_last" else order[::-1]:
        axis = -1 if layout == "last" else 1
        if batch.shape[axis] in _COLOURS and min(np.delete(batch.shape[1:], axis % 4 - 1)) > 1:
            return layout
    return None


def channels_first(batch: Array, layout: Layout | None) -> Array:
    """Give a batch with the channels in front; of what has no channel axis, as it is."""
    if layout == "gray" and batch.ndim == _BATCH_OF_MAPS:
        return batch[:, None]
    last = layout != "first" and batch.ndim == _BATCH_OF_PICTURES
    return np.moveaxis(batch, -1, 1) if last else batch


def _is_gray(batch: Array) -> bool:
    """Say whether N×H×W are pictures and no sequences: bytes, or squares."""
    height, width = batch.shape[1:]
    if min(height, width) < _SMALLEST:
        return False
    return batch.dtype == np.uint8 or height == width
