"""Counts the values of an array into bins, once over its memory, in blocks that stay in the cache.

Even bins are exact: a value is scaled to an integer in single precision, and the few values that
land next to an edge are put in their place by the edges themselves. Powers of two are read off the
exponent bits. NaN and infinities are counted apart and never reach the bins.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bins import LinearBins, PowerBins, even_edges, trimmed

Floats = NDArray[np.floating[Any]]
BLOCK = 1 << 16
"""Values at a time: 256 KiB of float32, which a core's own cache holds."""
_SUBBINS = 1 << 15
"""Bins times sub-bins at most: an index fits 16 bits, a sub-bin is far wider than the rounding."""
_SINGLE = frozenset("?bBhHef")
"""Type codes whose values float32 holds exactly."""
_LARGEST = float(np.finfo(np.float64).max)


@dataclass(frozen=True)
class Moments:
    """What is known of the values beside their bins; they add up like the bins.

    Attributes:
        n: How many were finite; `nan`, `pos_inf`, `neg_inf` stand apart.
        min, max: Of the finite values, None where there are none or they are not known.
        sum, sum_squares: Of the finite values, in the precision of the values themselves.
        total: How many values there were, where only a sample of them was counted.
    """

    n: int = 0
    nan: int = 0
    pos_inf: int = 0
    neg_inf: int = 0
    min: float | None = None
    max: float | None = None
    sum: float | None = None
    sum_squares: float | None = None
    total: int | None = None


class _Scan:
    """One pass over the values: what is finite, block by block, and the moments."""

    def __init__(self, values: NDArray[Any]) -> None:
        self._flat = values.ravel(order="K")
        self._dtype = np.dtype(np.float32 if values.dtype.char in _SINGLE else np.float64)
        self._clean = True
        self.lo, self.hi = math.inf, -math.inf
        self._nan = self._pos_inf = self._neg_inf = self._n = 0
        self._sum = self._squares = 0.0
        with np.errstate(over="ignore", invalid="ignore"):
            for block in self._raw():
                self._see(block)

    def _raw(self) -> Iterator[Floats]:
        for start in range(0, self._flat.size, BLOCK):
            yield self._flat[start : start + BLOCK].astype(self._dtype, copy=False)

    def blocks(self) -> Iterator[Floats]:
        """Give the finite values, a block at a time."""
        return self._raw() if self._clean else (block[np.isfinite(block)] for block in self._raw())

    def _see(self, block: Floats) -> None:
        lo, hi = float(block.min()), float(block.max())
        if not math.isfinite(lo) or not math.isfinite(hi):
            self._clean = False
            block = self._count_apart(block)
            if not block.size:
                return
            lo, hi = float(block.min()), float(block.max())
        self.lo, self.hi = min(self.lo, lo), max(self.hi, hi)
        self._n += block.size
        self._sum += float(np.add.reduce(block))
        self._squares += _sum_squares(block, max(-lo, hi))

    def _count_apart(self, block: Floats) -> Floats:
        self._nan += int(np.count_nonzero(np.isnan(block)))
        self._pos_inf += int(np.count_nonzero(block == np.inf))
        self._neg_inf += int(np.count_nonzero(block == -np.inf))
        return block[np.isfinite(block)]

    def moments(self, total: int | None) -> Moments:
        """Give what was seen."""
        apart = (self._n, self._nan, self._pos_inf, self._neg_inf)
        if not self._n:
            return Moments(*apart, total=total)
        return Moments(*apart, self.lo, self.hi, _digits(self._sum), _digits(self._squares), total)


def linear(values: NDArray[Any], num_bins: int) -> tuple[LinearBins, Moments]:
    """Count into even bins between the smallest and the largest finite value.

    The counts are those of `numpy.histogram` on the same values in float64; a range of no width is
    widened by 0.5 on either side as there.
    """
    scan = _Scan(values)
    lo, hi = _range(scan.lo, scan.hi)
    edges = even_edges(lo, hi, num_bins)
    counts = np.zeros(num_bins, np.int64)
    sub = _SUBBINS >> (num_bins - 1).bit_length()
    for block in scan.blocks():
        counts += _count(block, edges, sub)
    return LinearBins(lo, hi, counts), scan.moments(None)


def powers(values: NDArray[Any], total: int | None = None) -> tuple[PowerBins, Moments]:
    """Count magnitudes between powers of two, by sign; `total` is given on as `Moments.total`."""
    scan = _Scan(values)
    counts: Any = 0
    for block in scan.blocks():
        counts = counts + _count_exponents(block)
    if not np.ndim(counts):
        return PowerBins(trimmed(0, ()), 0, trimmed(0, ())), scan.moments(total)
    return _by_sign(counts, scan), scan.moments(total)


def _range(lo: float, hi: float) -> tuple[float, float]:
    if lo > hi:
        return 0.0, 1.0
    if lo < hi:
        return lo, hi
    pad = max(0.5, abs(lo) * 2.0**-40)
    return max(lo - pad, -_LARGEST), min(hi + pad, _LARGEST)


def _count(block: Floats, edges: NDArray[np.float64], sub: int) -> NDArray[np.int64]:
    n = len(edges) - 1
    lo, hi = edges[0], edges[-1]
    with np.errstate(over="ignore"):
        scale = block.dtype.type(n * sub / (hi - lo)) if hi > lo else block.dtype.type(np.inf)
    # The scaled value is off by some roundings of the largest magnitude; within a sub-bin they are
    # harmless, and where they are not the edges decide every value.
    off = max(-lo, hi) * float(scale) * float(np.finfo(block.dtype).eps) * 8
    if not off < 1:
        return np.bincount(_by_edges(block, edges), minlength=n)
    place = block - block.dtype.type(lo)
    place *= scale
    index = place.astype(np.uint16)
    near = np.flatnonzero((index + np.uint16(1)) & np.uint16(sub - 1) < 2)  # noqa: PLR2004
    index >>= np.uint16(sub.bit_length() - 1)
    index[near] = _by_edges(block[near], edges)
    return np.bincount(index, minlength=n)


def _by_edges(values: Floats, edges: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.minimum(np.searchsorted(edges, values, "right") - 1, len(edges) - 2)
