"""Tables with a picture in every row."""

from __future__ import annotations

from collections.abc import Iterator

from ..data import Row, rows
from .calls import Calls, Shape


def _make(shape: Shape) -> Iterator[list[Row]]:
    return (rows(shape.count, shape.side, seed) for seed in range(shape.steps))


TABLE = Calls(
    "table",
    "a table of 2,000 rows with an image 64×64, three tables",
    item="row",
    kinds=("table",),
    full=Shape(steps=3, count=2_000, side=64),
    tiny=Shape(steps=2, count=3, side=16),
    make=_make,
)
