"""From a model's inputs to pictures: normalisation undone, one value range for a run and a key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...arrays import Array
from ...media.images.grid import make_grid
from ...media.images.image import Image

Range = tuple[float, float]
_SLACK = 0.02
_BYTE_MAX = 255.0


@dataclass(frozen=True)
class Look:
    """How inputs of one key become pictures.

    Attributes:
        value_range: The values that are shown as black and white; None for integers as they are.
        mean, std: What the inputs were normalised with, None where nothing is undone.
    """

    value_range: Range | None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None

    def values(self, picture: Array) -> Array:
        """Undo the normalisation of a C×H×W picture."""
        if self.mean is None or self.std is None or len(self.mean) != len(picture):
            return picture
        mean = np.asarray(self.mean, np.float32)[:, None, None]
        return picture * np.asarray(self.std, np.float32)[:, None, None] + mean


def decide_look(
    pictures: Sequence[Array],
    mean: tuple[float, ...] | None = None,
    std: tuple[float, ...] | None = None,
    *,
    stated: bool = False,
) -> Look:
    """Decide from the first pictures of a key how all of them are shown.

    With a known normalisation the range is [0, 1]. One that was only found is not theirs where it
    leads outside [0, 1], or where nothing is negative, and is left. Otherwise integers and booleans
    stay as they are; floats are shown by the first that holds them of [0, 1], [-1, 1] and [0, 255]
    (with a maximum in its upper half), else by their own minimum and maximum.

    Args:
        pictures: C×H×W each.
        mean: What they were normalised with, by channel.
        std: Likewise.
        stated: The user says so: it is taken as it is.
    """
    if mean is not None and std is not None:
        look = Look((0.0, 1.0), mean, std)
        if stated or _is_theirs(look, pictures):
            return look
    return Look(None if pictures[0].dtype.kind in "bu" else _range_of(pictures))


def _is_theirs(look: Look, pictures: Sequence[Array]) -> bool:
    low, high = _extent([look.values(p) for p in pictures])
    shifted = _extent(pictures)[0] < 0 or not any(look.mean or ())
    return shifted and low >= -_SLACK and high <= 1 + _SLACK


def grid_of(pictures: Sequence[Array], look: Look) -> Image:
    """Give a grid in make_grid's layout; smaller pictures stand in the upper left of their cell."""
    cells = [look.values(p) for p in pictures]
    low = look.value_range[0] if look.value_range else 0
    height, width = (max(c.shape[axis] for c in cells) for axis in (1, 2))
    batch = np.stack([_padded(c, height, width, low) for c in cells])
    return Image(
        make_grid(batch, pad_value=low, layout="CHW"), layout="CHW", value_range=look.value_range
    )


def row_of(pictures: Sequence[Array], looks: Sequence[Look], **options: Any) -> Image:
    """Give pictures of one size side by side, each by its own look."""
    cells = [to_unit(p, look) for p, look in zip(pictures, looks, strict=True)]
    channels = max(len(c) for c in cells)
    batch = np.stack(
        [np.broadcast_to(c, (channels, *c.shape[1:])) if len(c) == 1 else c for c in cells]
    )
    return Image(
        make_grid(batch, nrow=len(cells), layout="CHW"),
        layout="CHW",
        value_range=(0.0, 1.0),
        **options,
    )


def enlarged(picture: Array, beside: Array) -> Array:
    """Give a C×H×W picture as large as one that is a whole number of times as large, its pixels as squares."""
    times = beside.shape[-1] // picture.shape[-1]
    return picture.repeat(times, axis=1).repeat(times, axis=2)


def to_unit(values: Array, look: Look) -> Array:
    """Give a picture's values in [0, 1], not clipped."""
    low, high = look.value_range or (0.0, _BYTE_MAX)
    return (look.values(values).astype(np.float32) - np.float32(low)) / np.float32(
        max(high - low, 1e-12)
    )


def _padded(cell: Array, height: int, width: int, value: float) -> Array:
    spare = ((0, 0), (0, height - cell.shape[1]), (0, width - cell.shape[2]))
    return np.pad(cell, spare, constant_values=value) if any(map(sum, spare)) else cell


def _range_of(pictures: Sequence[Array]) -> Range | None:
    low, high = _extent(pictures)
    if pictures[0].dtype.kind == "i":
        return None if low >= 0 and high <= _BYTE_MAX else (low, high)
    if low >= 0 and high <= 1:
        return 0.0, 1.0
    if low >= -1 and high <= 1:
        return -1.0, 1.0
    if low >= 0 and _BYTE_MAX / 2 < high <= _BYTE_MAX:
        return 0.0, _BYTE_MAX
    return low, high


def _extent(pictures: Sequence[Array]) -> Range:
    finite = [p[np.isfinite(p)] for p in pictures]
    kept = [p for p in finite if p.size]
    if not kept:
        return 0.0, 1.0
    return float(min(p.min() for p in kept)), float(max(p.max() for p in kept))
