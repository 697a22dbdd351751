"""A histogram's bins as the rows (left edge, right edge, count) that TensorBoard reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ....schema import ExponentBins, HistogramMeta, from_number

Rows = NDArray[np.float64]
_LARGEST = float(np.finfo(np.float64).max)


def rows(meta: HistogramMeta) -> Rows:
    """Give every bin of `meta` as a row of a k by 3 array, counts unchanged, in ascending order.

    The bin of exact zeros spans the gap between the smallest magnitudes of either sign. The
    outermost powers of two end at the smallest and the largest value. A density is turned back
    into counts where `n` is known, else into shares.
    """
    if meta.exponent is not None:
        return _within(_exponent_rows(meta.exponent), meta)
    edges = _edges(meta)
    counts = np.array([from_number(count) for count in meta.counts])
    if meta.density:
        counts = counts * np.diff(edges) * (meta.n or 1)
    return np.column_stack((edges[:-1], edges[1:], counts))


def nonfinite(meta: HistogramMeta) -> int:
    """Give how many values have no place in any bin."""
    return meta.nan + meta.pos_inf + meta.neg_inf


def describe(meta: HistogramMeta) -> str:
    """Say what is not in the bins: values that are not finite, and those left out of a sample."""
    parts = []
    if nonfinite(meta):
        parts.append(
            f"Not in the bins: {meta.nan} NaN, {meta.pos_inf} +Infinity, {meta.neg_inf} -Infinity."
        )
    if meta.total is not None:
        parts.append(f"An even sample of {meta.total:,} values.")
    return " ".join(parts)


def _edges(meta: HistogramMeta) -> NDArray[np.float64]:
    if meta.linear is not None:
        lo, hi, n = meta.linear
        return 2 * np.linspace(
            from_number(lo) / 2, from_number(hi) / 2, n + 1
        )  # hi - lo may be above float64
    return np.array([from_number(edge) for edge in meta.edges or [0.0]])


def _exponent_rows(exponent: ExponentBins) -> Rows:
    negative = _powers(*exponent.neg)[::-1] * (-1, -1, 1)
    negative[:, :2] = negative[:, 1::-1]
    positive = _powers(*exponent.pos)
    if not exponent.zero:
        return np.concatenate((negative, positive))
    left = negative[-1, 1] if len(negative) else 0.0
    right = positive[0, 0] if len(positive) else 0.0
    return np.concatenate((negative, [(left, right, exponent.zero)], positive))


def _powers(first: int, counts: list[int]) -> Rows:
    with np.errstate(over="ignore"):
        edges = np.minimum(np.ldexp(1.0, np.arange(first, first + len(counts) + 1)), _LARGEST)
    return np.column_stack((edges[:-1], edges[1:], np.array(counts, float)))


def _within(rows: Rows, meta: HistogramMeta) -> Rows:
    if len(rows) and meta.min is not None and meta.max is not None:
        rows[0, 0] = max(rows[0, 0], from_number(meta.min))
        rows[-1, 1] = min(rows[-1, 1], from_number(meta.max))
    return rows
