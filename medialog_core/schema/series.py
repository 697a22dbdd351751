"""The numbers of a chart, in columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from .numbers import Number

Numbers = list[int | Number]


class SeriesData(Struct, omit_defaults=True):
    """One series: columns of one length, but for a histogram, whose `x` are its edges.

    Attributes:
        x, y: Numbers, or places in `ChartData.categories`.
        name: What the legend calls it.
        counts: How often each (`x`, `y`) of a confusion matrix came; empty in other charts.
        area: Area under a ROC curve, average precision of a PR curve.
    """

    x: Numbers
    y: Numbers
    name: str | None = None
    counts: list[int] = []
    area: Number | None = None


class ChartData(Struct, omit_defaults=True):
    """`application/vnd.medialog.chart+json`: the series, and what their places on an axis are called."""

    series: list[SeriesData]
    categories: list[str] = []


def to_numbers(values: NDArray[Any]) -> Numbers:
    """Give a column as JSON can hold it; what is not finite by its name."""
    numbers: Numbers
    if values.dtype.kind != "f" or np.isfinite(values).all():
        numbers = values.tolist()
        return numbers
    named = values.astype(object)
    named[np.isnan(values)] = "NaN"
    named[values == np.inf] = "Infinity"
    named[values == -np.inf] = "-Infinity"
    numbers = named.tolist()
    return numbers


def from_numbers(numbers: Sequence[int | Number]) -> NDArray[Any]:
    """Undo `to_numbers`: whole numbers as integers, all else as float64."""
    whole = {int}.issuperset(map(type, numbers)) and len(numbers) > 0
    return np.array(numbers) if whole else np.array(numbers, np.float64)
