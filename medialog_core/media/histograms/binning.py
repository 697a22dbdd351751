"""Counts the values of an array into bins, once over its memory, in blocks that stay in the cache.

Even bins are exact: a value is scaled to an integer in single precision, and the few values that
land next to an edge are put in their place by the edges themselves. Powers of two are read off the
exponent bits. NaN and infinities are counted apart and never reach the bins.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bins import LinearBins, PowerBins, even_edges, trimmed
from .moments import Moments, nine_digits

Floats = NDArray[np.floating[Any]]
BLOCK = 1 << 16
"""Values at a time: 256 KiB of float32, which a core's own cache holds."""
_SUBBINS = 1 << 15
"""Bins times sub-bins at most: an index fits 16 bits, a sub-bin is far wider than the rounding."""
_PAIR_BITS = 7
"""Up to so many bits of an index a table of pairs, 128 KiB, stays in the cache."""
_FEW = 1024
"""Up to so many values the edges alone are as fast."""
_EPS64 = float(np.finfo(np.float64).eps)
_SINGLE = frozenset("?bBhHef")
"""Type codes whose values float32 holds exactly."""
_BITS: dict[int, tuple[Any, int, int]] = {4: (np.int32, 23, 512), 8: (np.int64, 52, 4096)}
"""By bytes of a float: the integer of its size, bits of the mantissa, values of sign and exponent."""
_SAFE_TO_SQUARE = (1e-15, 1e15)
"""Largest magnitudes whose square float32 holds with all its digits."""
_LARGEST = float(np.finfo(np.float64).max)


class _Scan:
    """One pass over the values: what is finite, block by block, and the moments."""

    def __init__(self, values: NDArray[Any]) -> None:
        self._flat = values.ravel(order="K")
        self.dtype = np.dtype(np.float32 if values.dtype.char in _SINGLE else np.float64)
        self._clean = True
        self.lo, self.hi = math.inf, -math.inf
        self._nan = self._pos_inf = self._neg_inf = self._n = 0
        self._sum = self._squares = 0.0
        with np.errstate(over="ignore", invalid="ignore"):
            for block in self._raw():
                self._see(block)

    def _raw(self) -> Iterator[Floats]:
        for start in range(0, self._flat.size, BLOCK):
            yield self._flat[start : start + BLOCK].astype(self.dtype, copy=False)

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
        return Moments(
            *apart, self.lo, self.hi, nine_digits(self._sum), nine_digits(self._squares), total
        )


def linear(values: NDArray[Any], num_bins: int) -> tuple[LinearBins, Moments]:
    """Count into even bins between the smallest and the largest finite value.

    The counts are those of `numpy.histogram` on the same values in float64; a range of no width is
    widened by 0.5 on either side as there.
    """
    scan = _Scan(values)
    lo, hi = _range(scan.lo, scan.hi)
    edges = even_edges(lo, hi, num_bins)
    scale = _scale(lo, hi, num_bins, scan.dtype) if values.size > _FEW else None
    counts = np.zeros(num_bins, np.int64)
    for block in scan.blocks():
        index = _by_edges(block, edges) if scale is None else _by_scale(block, edges, scale)
        counts += _count(index, num_bins)
    return LinearBins(lo, hi, counts), scan.moments(None)


def powers(values: NDArray[Any], total: int | None = None) -> tuple[PowerBins, Moments]:
    """Count magnitudes between powers of two, by sign; `total` is given on as `Moments.total`."""
    scan = _Scan(values)
    counts: Any = 0
    room = np.empty(min(BLOCK, values.size), np.intp)
    for block in scan.blocks():
        counts = counts + _count_exponents(block, room[: block.size])
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


def _scale(lo: float, hi: float, num_bins: int, dtype: np.dtype[Any]) -> Any:
    """Give sub-bins a unit, or None where a scaled value could be off by a sub-bin or overflow.

    It is off by its own rounding, by that of the edges and by that of `lo`.
    """
    info, top = np.finfo(dtype.type), num_bins * _sub(num_bins)
    scale, width = top / (hi - lo), hi - lo
    if max(scale, width) > float(info.max):
        return None
    of_ends = max(-lo, hi) * _EPS64 * 4 + abs(float(dtype.type(lo)) - lo)
    off = top * float(info.eps) * 4 + of_ends * scale
    return dtype.type(scale) if off < 1 else None


def _sub(num_bins: int) -> int:
    """How many sub-bins a bin has, a power of two."""
    return _SUBBINS >> (num_bins - 1).bit_length()


def _by_scale(block: Floats, edges: NDArray[np.float64], scale: Any) -> NDArray[np.uint16]:
    sub = _sub(len(edges) - 1)
    place = block - block.dtype.type(edges[0])
    place *= scale
    index = place.astype(np.uint16)
    near = np.flatnonzero((index + np.uint16(1)) & np.uint16(sub - 1) < 2)  # noqa: PLR2004 - last or first of its bin
    index >>= np.uint16(sub.bit_length() - 1)
    index[near] = _by_edges(block[near], edges)
    return index


def _by_edges(values: Floats, edges: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.minimum(np.searchsorted(edges, values, "right") - 1, len(edges) - 2)


def _count(index: NDArray[Any], num_bins: int) -> NDArray[np.int64]:
    """Count each index; in whole blocks two at a time, as `bincount` costs by the value."""
    bits = (num_bins - 1).bit_length()
    if bits > _PAIR_BITS or index.size != BLOCK or index.dtype != np.uint16:
        return np.bincount(index, minlength=num_bins)
    pairs = index.view(np.uint32)
    pairs = (pairs | pairs >> np.uint32(16 - bits)) & np.uint32((1 << 2 * bits) - 1)
    table = np.bincount(pairs, minlength=1 << 2 * bits).reshape(1 << bits, 1 << bits)
    counts: NDArray[np.int64] = table.sum(axis=0) + table.sum(axis=1)
    return counts[:num_bins]


def _count_exponents(block: Floats, room: NDArray[np.intp]) -> NDArray[np.int64]:
    """Count sign and exponent fields in `room`: fresh memory for each block costs twice the counting."""
    bits, mantissa, size = _BITS[block.itemsize]
    np.right_shift(block.view(bits), mantissa, out=room)
    room &= size - 1
    return np.bincount(room, minlength=size)


def _by_sign(counts: NDArray[np.int64], scan: _Scan) -> PowerBins:
    """Part counts by sign and exponent field; field 0 is zero and what is below normal numbers."""
    info: Any = np.finfo(scan.dtype)
    above, below = np.split(counts, 2)
    fields_of_zero = int(above[0] + below[0])
    tiny = _subnormal(scan, info) if fields_of_zero else np.zeros(0)
    first = int(info.minexp) - int(info.nmant)

    def side(normal: NDArray[np.int64], small: NDArray[Any]) -> tuple[int, NDArray[np.int64]]:
        exponents = np.frexp(small)[1] - 1 - first
        return trimmed(
            first, np.concatenate([np.bincount(exponents, minlength=info.nmant), normal[1:]])
        )

    return PowerBins(
        side(below, tiny[tiny < 0]), fields_of_zero - len(tiny), side(above, tiny[tiny > 0])
    )


def _subnormal(scan: _Scan, info: Any) -> NDArray[Any]:
    return np.concatenate([b[(b != 0) & (np.abs(b) < info.smallest_normal)] for b in scan.blocks()])


def _sum_squares(block: Floats, largest: float) -> float:
    if not _SAFE_TO_SQUARE[0] < largest < _SAFE_TO_SQUARE[1]:
        block = block.astype(np.float64)
    return float(np.einsum("i,i->", block, block))
