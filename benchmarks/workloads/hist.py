"""Histograms of all parameters of a ResNet-50: even bins, powers of two, powers of two of a sample."""

from __future__ import annotations

from collections.abc import Iterator

from ..data import Floats, weights
from .calls import Calls, Shape


def _make(shape: Shape) -> Iterator[dict[str, Floats]]:
    return (weights(shape.count, seed) for seed in range(shape.steps))


HIST = Calls(
    "hist",
    "161 tensors of a ResNet-50 a step, 25.6 M float32",
    item="call",
    kinds=("histograms", "exponents", "sampled"),
    full=Shape(steps=5, count=161),
    tiny=Shape(steps=2, count=3),
    make=_make,
)
