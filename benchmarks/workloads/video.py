"""Videos: a window that moves over a photograph."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..data import Pixels, panning
from .calls import Calls, Shape


def _make(shape: Shape) -> Iterator[Pixels]:
    for seed in range(shape.steps):
        frames = panning(shape.count, shape.side, seed)
        yield np.ascontiguousarray(frames.transpose(0, 3, 1, 2))


VIDEO = Calls(
    "video",
    "a video of 64 frames RGB 128×128 a step, over real photographs",
    item="call",
    kinds=("videos",),
    full=Shape(steps=12, count=64, side=128),
    tiny=Shape(steps=2, count=3, side=16),
    make=_make,
)
