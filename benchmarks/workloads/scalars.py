"""Numbers."""

from __future__ import annotations

from collections.abc import Iterator

from ..data import scalars
from .calls import Calls, Shape


def _make(shape: Shape) -> Iterator[dict[str, float]]:
    return (scalars(shape.count, seed) for seed in range(shape.steps))


SCALARS = Calls(
    "scalars",
    "20 scalars a call, 2,500 calls",
    item="scalar",
    kinds=("scalars",),
    full=Shape(steps=2_500, count=20),
    tiny=Shape(steps=2, count=20),
    make=_make,
)
