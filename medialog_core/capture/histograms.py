"""Histograms of gradients and weights: by powers of two, so that they add up over steps and ranks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from ..media.histograms.histogram import Histogram
from ..media.histograms.moments import Moments


def of_tensors(
    area: str, tensors: Iterable[tuple[str, Any]], max_samples: int | None = None
) -> dict[str, Histogram | float]:
    """Give what is logged of the tensors of one step.

    Args:
        area: What the keys begin with, e.g. `gradients`.
        tensors: Names and arrays or tensors, of any shape, device and dtype but complex; None (a
            parameter without gradient) is left out.
        max_samples: Count a strided sample of about that many values of each tensor at most; the
            histogram then says of how many. None counts all.

    Returns:
        `<area>/<name>`, a histogram each, and where all values were counted the Euclidean norms
        `<area>_norm/<name>` and, of all together, `<area>_norm`. A norm over NaN is NaN, over
        infinities infinite, as torch has it.

    Raises:
        WrongType: A tensor holds no real numbers.
    """
    histograms = {
        name: Histogram.exponents(tensor, max_samples)
        for name, tensor in tensors
        if tensor is not None
    }
    norms = {name: norm(h.moments) for name, h in histograms.items() if h.moments.total is None}
    logged: dict[str, Histogram | float] = {f"{area}/{name}": h for name, h in histograms.items()}
    logged.update({f"{area}_norm/{name}": value for name, value in norms.items()})
    if norms and len(norms) == len(histograms):
        logged[f"{area}_norm"] = _of_all(list(norms.values()))
    return logged


def norm(moments: Moments) -> float:
    """Give the Euclidean norm of the values, NaN and infinities included."""
    if moments.nan:
        return math.nan
    if moments.pos_inf or moments.neg_inf:
        return math.inf
    return math.sqrt(moments.sum_squares or 0.0)


def _of_all(norms: list[float]) -> float:
    return math.nan if any(map(math.isnan, norms)) else math.hypot(*norms)
