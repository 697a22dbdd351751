"""Inputs with one axis more than pictures: the frames of a video, the slices of a volume."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...arrays import Array
from ...media.clips.video import Video
from ...media.images import conversion
from .pixels import Look, to_unit

_CHANNELS = (1, 3)
_AXES = 4
_LEAST_SIDE = 8
_MOST_BYTES = 32 * 1024 * 1024
"""So much of pixels is shown together, but of one film all: the run's queue holds twice as much."""
_AXES_OF_CHANNELS = (1, 0, 3)
"""In T×C×H×W, in C×T×H×W and in T×H×W×C."""


def frames_of(row: Any) -> Array | None:
    """Give an input as T×C×H×W; None where it is something else.

    It is T×C×H×W, C×T×H×W (1×D×H×W of a volume, whose slices are the frames) or T×H×W×C, of 1 or 3
    channels and frames of 8 pixels a side or more. Where several of these fit, none is taken.
    """
    if not isinstance(row, np.ndarray) or row.ndim != _AXES or row.dtype.kind not in "fiu":
        return None
    orders = [np.moveaxis(row, axis, 1) for axis in _AXES_OF_CHANNELS]
    found = [each for each in orders if _are_frames(each)]
    return found[0] if len(found) == 1 else None


def films_of(rows: Sequence[Any]) -> list[Array] | None:
    """Give inputs as T×C×H×W each; None where one of them is something else, or none is there."""
    found = [frames for row in rows if (frames := frames_of(row)) is not None]
    return found if rows and len(found) == len(rows) else None


def shown_of(films: Sequence[Array]) -> int:
    """Give how many of the films, from the first on, are shown together."""
    sizes = np.cumsum([frames.size for frames in films])
    return max(1, int(np.searchsorted(sizes, _MOST_BYTES, side="right")))


def film(frames: Array, look: Look, sample_id: str | None = None) -> Video:
    """Give T×C×H×W frames as a video, by the look of their key; what is not finite is black."""
    pixels = np.empty(frames.shape, np.uint8)
    for place, frame in enumerate(frames):  # one by one: a volume's floats are large
        unit = to_unit(frame, look)
        rule = conversion.stated(unit, normalize=True, value_range=(0.0, 1.0))
        pixels[place] = conversion.apply(unit, rule)
    return Video(pixels, layout="TCHW", sample_id=sample_id)


def _are_frames(array: Array) -> bool:
    frames, channels, *sides = array.shape
    return frames > 0 and channels in _CHANNELS and min(sides) >= _LEAST_SIDE
