"""ROC and PR curves of one class, as scikit-learn computes them.

Points on the straight line between their neighbours are left out, told by whole numbers: the
curve is exactly the same without them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array

Floats = NDArray[np.float64]


class Curve(NamedTuple):
    """The points of a curve in ascending x, and its area; NaN where a rate is of nothing."""

    x: Floats
    y: Floats
    area: float


def roc(positive: Array, scores: Array) -> Curve:
    """Give true positive rates over false positive rates.

    Args:
        positive: Whether each sample is of the class, bool.
        scores: How much each is held to be; no NaN.
    """
    false, true = _counts(positive, scores)
    with np.errstate(divide="ignore", invalid="ignore"):  # NumPy 1 calls 0/0 both
        x, y = false / false[-1], true / true[-1]
    both = false[-1] > 0 and true[-1] > 0
    area = float(np.sum(np.diff(x) * (y[1:] + y[:-1])) / 2) if both else np.nan
    kept = _corners(false, true)
    return Curve(x[kept], y[kept], area)


def pr(positive: Array, scores: Array) -> Curve:
    """Give precisions over recalls, from recall 0; the area is the average precision.

    Without a sample of the class every recall but the first is 1, as in scikit-learn, and there is
    no area. Arguments as for `roc`.
    """
    false, true = (counts[1:] for counts in _counts(positive, scores))
    found, total = true + false, true[-1:].sum()
    recall = true / total if total else np.ones(len(true))
    x, y = np.append(0.0, recall), np.append(1.0, true / found)
    area = float(np.sum(np.diff(x) * y[1:])) if total else np.nan
    kept = np.append(True, _level_or_steep(true, found))
    return Curve(x[kept], y[kept], area)


def at_recalls(curve: Curve, size: int) -> Curve:
    """Give the highest precision that is reached at each of `size` recalls or beyond it.

    Args:
        curve: Of `pr`.
        size: How many recalls, evenly from 0 to 1.
    """
    best = np.maximum.accumulate(curve.y[::-1])[::-1]
    recalls = np.linspace(0, 1, size)
    place = np.searchsorted(curve.x, recalls, side="left")
    return Curve(recalls, best[np.minimum(place, len(best) - 1)], curve.area)


def _counts(positive: Array, scores: Array) -> tuple[Array, Array]:
    """Give false and true positives above each threshold, the highest first, after none of both."""
    order = np.argsort(scores, kind="stable")[::-1]
    ranked = scores[order]
    ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)[: len(ranked)]
    true = np.cumsum(positive[order], dtype=np.int64)[ends]
    return np.append(0, ends + 1 - true), np.append(0, true)


def _corners(x: Array, y: Array) -> NDArray[np.bool_]:
    """Say which points are not on the line between their neighbours; both coordinates ascend."""
    dx, dy = np.diff(x), np.diff(y)
    return _with_ends(dx[:-1] * dy[1:] != dy[:-1] * dx[1:], len(x))


def _level_or_steep(true: Array, found: Array) -> NDArray[np.bool_]:
    """Say which points of a PR curve are not within a level or a steep stretch."""
    level = true[1:] * found[:-1] == true[:-1] * found[1:]
    steep = true[1:] == true[:-1]
    within = (level[:-1] & level[1:]) | (steep[:-1] & steep[1:])
    return _with_ends(~within, len(true))


def _with_ends(inner: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    kept = np.ones(length, np.bool_)
    kept[1:-1] = inner
    return kept
