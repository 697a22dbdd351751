"""The bins of a histogram, in the three forms of the format: even, any edges, powers of two.

Each form knows its edges, which other bins it can be added to, and its place in `HistogramMeta`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidInput
from ...schema import ExponentBins, HistogramMeta, from_number, to_number

Counts = NDArray[Any]
"""Whole numbers (int64), or densities and weights (float64)."""
Edges = NDArray[np.float64]
_LARGEST = float(np.finfo(np.float64).max)


class Bins(Protocol):
    """Where the counts of a histogram lie."""

    @property
    def counts(self) -> Counts:
        """One number a bin, in ascending order of the bins."""

    @property
    def edges(self) -> Edges:
        """One more than the counts, ascending."""

    def add(self, other: Bins) -> Bins:
        """Give the bins of both, or raise `InvalidInput` where they differ."""

    def write(self, meta: HistogramMeta) -> None:
        """Put them into `meta`."""


def even_edges(lo: float, hi: float, n: int) -> Edges:
    """Give `n + 1` edges from `lo` to `hi`, also where `hi - lo` is beyond float64."""
    if np.isfinite(hi - lo):
        return np.linspace(lo, hi, n + 1)
    return np.linspace(lo / 2, hi / 2, n + 1) * 2


@dataclass(frozen=True, eq=False)
class LinearBins:
    """Bins of equal width between `lo` and `hi`."""

    lo: float
    hi: float
    counts: Counts

    @property
    def edges(self) -> Edges:
        """As `numpy.linspace`."""
        return even_edges(self.lo, self.hi, len(self.counts))

    def add(self, other: Bins) -> Bins:
        """Add bins of the same range and number."""
        _require_same_edges(self, other)
        return LinearBins(self.lo, self.hi, self.counts + other.counts)

    def write(self, meta: HistogramMeta) -> None:
        """Write range and number."""
        meta.linear = (to_number(self.lo), to_number(self.hi), len(self.counts))
        meta.counts = self.counts.tolist()


@dataclass(frozen=True, eq=False)
class EdgeBins:
    """Bins between any ascending edges."""

    edges: Edges
    counts: Counts

    def add(self, other: Bins) -> Bins:
        """Add bins of the same edges."""
        _require_same_edges(self, other)
        return EdgeBins(self.edges, self.counts + other.counts)

    def write(self, meta: HistogramMeta) -> None:
        """Write every edge."""
        meta.edges = self.edges.tolist()
        meta.counts = self.counts.tolist()


@dataclass(frozen=True, eq=False)
class PowerBins:
    """Powers of two by sign, without the empty ones at either end; they add up exactly, always.

    Attributes:
        neg, pos: First exponent `e` and the counts of magnitudes in [2^e, 2^(e+1)), [2^(e+1), ...
        zero: How many are exactly 0.
    """

    neg: tuple[int, Counts]
    zero: int
    pos: tuple[int, Counts]

    @property
    def counts(self) -> Counts:
        """From the most negative bin over zero's to the most positive."""
        return np.concatenate([self.neg[1][::-1], [self.zero], self.pos[1]])

    @property
    def edges(self) -> Edges:
        """Zero's bin reaches to the neighbouring powers, or ends at 0 where a side is empty."""
        below, above = -_powers(self.neg)[::-1], _powers(self.pos)
        if not len(below) and not len(above):
            return np.array([-0.5, 0.5])
        zero = np.zeros(1)
        return np.concatenate([below if len(below) else zero, above if len(above) else zero])

    def add(self, other: Bins) -> Bins:
        """Add any other powers of two."""
        if not isinstance(other, PowerBins):
            raise InvalidInput(_CANNOT_ADD)
        return PowerBins(
            _aligned(self.neg, other.neg), self.zero + other.zero, _aligned(self.pos, other.pos)
        )

    def write(self, meta: HistogramMeta) -> None:
        """Write first exponents and counts."""
        (neg, neg_counts), (pos, pos_counts) = self.neg, self.pos
        meta.exponent = ExponentBins(
            (neg, neg_counts.tolist()), self.zero, (pos, pos_counts.tolist())
        )


def read(meta: HistogramMeta) -> Bins:
    """Undo `write`."""
    counts = as_counts(np.array([from_number(c) for c in meta.counts]))
    if meta.linear is not None:
        lo, hi, _ = meta.linear
        return LinearBins(from_number(lo), from_number(hi), counts)
    if meta.edges is not None:
        return EdgeBins(np.array([from_number(e) for e in meta.edges]), counts)
    form = meta.exponent or ExponentBins()
    return PowerBins(trimmed(*form.neg), form.zero, trimmed(*form.pos))


def as_counts(values: NDArray[Any]) -> Counts:
    """Give whole numbers as int64 and all else as float64."""
    with np.errstate(invalid="ignore"):
        whole = values.astype(np.int64)
    return whole if np.array_equal(whole, values) else values.astype(np.float64)


def trimmed(first: int, counts: Any) -> tuple[int, Counts]:
    """Leave out the empty bins at both ends; `first` is the exponent of the first that stays."""
    counts = np.asarray(counts, np.int64)
    [used] = np.nonzero(counts)
    if not len(used):
        return 0, counts[:0]
    return first + int(used[0]), counts[used[0] : used[-1] + 1]


_CANNOT_ADD = (
    "Histogram: only histograms with the same bins add up exactly; make both with Histogram.exponents(...), "
    "or with np.histogram(..., range=(lo, hi)) of one range"
)


def _require_same_edges(a: Bins, b: Bins) -> None:
    if type(a) is not type(b) or not np.array_equal(a.edges, b.edges):
        raise InvalidInput(_CANNOT_ADD)


def _powers(side: tuple[int, Counts]) -> Edges:
    first, counts = side
    if not len(counts):
        return np.zeros(0)
    with np.errstate(over="ignore"):
        powers = np.ldexp(1.0, np.arange(first, first + len(counts) + 1))
    return np.minimum(powers, _LARGEST)


def _aligned(a: tuple[int, Counts], b: tuple[int, Counts]) -> tuple[int, Counts]:
    sides = [side for side in (a, b) if len(side[1])]
    if not sides:
        return a
    first = min(side[0] for side in sides)
    total = np.zeros(max(side[0] + len(side[1]) for side in sides) - first, np.int64)
    for start, counts in sides:
        total[start - first :][: len(counts)] += counts
    return first, total
