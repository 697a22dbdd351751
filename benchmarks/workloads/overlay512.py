"""Pictures with masks and boxes."""

from __future__ import annotations

from collections.abc import Iterator

from ..data import Overlay, overlays
from .calls import Calls, Shape


def _make(shape: Shape) -> Iterator[list[Overlay]]:
    return (overlays(shape.count, shape.side, seed) for seed in range(shape.steps))


OVERLAY512 = Calls(
    "overlay512",
    "4 images 512×512 a step, each with a mask of 21 classes and 20 boxes",
    item="image",
    kinds=("overlays",),
    full=Shape(steps=12, count=4, side=512),
    tiny=Shape(steps=2, count=1, side=32),
    make=_make,
)
