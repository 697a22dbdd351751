"""Axes of a chart: where its ticks are and what stands beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_LARGEST = 1e300
"""Numbers beyond are drawn at it, so that a range never overflows."""
SMALLEST_RANGE = 1e-300
"""What is narrower has no ticks of its own."""
_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_LARGE, _SMALL = 1e4, 1e-3
"""Beyond these, ticks are written with a unit or an exponent."""
_DIGITS = 6
"""Ticks that take more to tell apart are written out."""
Tick = tuple[float, str]


@dataclass(frozen=True)
class Axis:
    """A range of numbers and its ticks, ascending."""

    lo: float
    hi: float
    ticks: tuple[Tick, ...]

    def fractions(self, values: NDArray[np.floating] | float) -> NDArray[np.float64]:
        """Give where values lie, 0 at `lo` and 1 at `hi`."""
        shares: NDArray[np.float64] = (np.asarray(bounded(values)) - self.lo) / (self.hi - self.lo)
        return shares


def bounded(values: NDArray[np.floating] | float) -> NDArray[np.float64]:
    """Give values as they can be drawn."""
    clipped: NDArray[np.float64] = np.clip(np.asarray(values, np.float64), -_LARGEST, _LARGEST)
    return clipped


def of_numbers(values: NDArray[np.floating], ticks: int, *, margin: float = 0.0) -> Axis:
    """Give an axis that holds all finite values.

    Args:
        values: Any numbers.
        ticks: About so many.
        margin: How much room to leave at either end, as a share of the range.
    """
    finite = bounded(values[np.isfinite(values)])
    lo, hi = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if not hi - lo > 1e-12 * max(abs(lo), abs(hi), SMALLEST_RANGE * 1e12):
        widen = abs(lo) / 10 or 1.0
        lo, hi = lo - widen, hi + widen
    room = (hi - lo) * margin
    return between(lo - room, hi + room, ticks)


def between(lo: float, hi: float, ticks: int) -> Axis:
    """Give the axis from `lo` to `hi`."""
    step = nice_step((hi - lo) / max(1, ticks))
    first, last = math.ceil(lo / step - 1e-9), math.floor(hi / step + 1e-9)
    values = [float(np.clip(place * step, lo, hi)) for place in range(first, last + 1)]
    write = _writer(step, max(abs(lo), abs(hi)))
    return Axis(lo, hi, tuple((value, write(value)) for value in values))


def of_categories(names: Sequence[str], room: int) -> Axis:
    """Give an axis of places 0, 1, 2, ... with every n-th name, so that at most `room` are there."""
    every = max(1, -(-len(names) // max(1, room)))
    ticks = tuple((float(i), " ".join(names[i].split())) for i in range(0, len(names), every))
    return Axis(-0.5, max(len(names), 1) - 0.5, ticks)


def nice_step(least: float) -> float:
    """Give the smallest of 1, 2, 2.5 and 5 times a power of ten that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next((step * power for step in _STEPS if step * power >= least * (1 - 1e-9)), 10 * power)


def _writer(step: float, largest: float) -> Callable[[float], str]:
    """Give how the ticks of one axis are written, all alike and as short as tells them apart."""
    digits = max(0, math.ceil(math.log10(largest / step))) + 1
    if largest >= _UNITS[0][0] * _LARGE or largest < _SMALL:
        return lambda value: f"{value:.{min(digits, _DIGITS)}g}"
    if largest < _LARGE:
        return lambda value: _plain(value, step)
    size, unit = next(pair for pair in _UNITS if pair[0] <= largest)
    if digits > _DIGITS:
        return lambda value: _plain(value, step)
    return lambda value: _plain(value / size, step / size) + (unit if value else "")


def _plain(value: float, step: float) -> str:
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if round(step * 10**decimals, 6) % 1:
        decimals += 1  # a step of 2.5, 0.25, ...
    text = f"{value:.{min(decimals, 12)}f}"
    return text.removeprefix("-") if not float(text) else text
