"""Bars, and histograms, which are bars of counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import Array, is_array
from ..checks import whole
from ..errors import InvalidInput
from ..media.documents.chart import Chart
from ..media.documents.chartcontent import Content, Series
from ..media.histograms.binning import linear
from ..media.histograms.histogram import MAX_BINS
from .columns import cells, numbers, same_length, texts


def bar(
    table: Any,
    label: str,
    value: str,
    title: str | None = "",
    split_table: bool = False,  # noqa: ARG001 - W&B's, see the package
    *,
    caption: str | None = None,
    sample_id: str | int | None = None,
) -> Chart:
    """Give a chart of a bar for each row; rows of the same label keep a bar each.

    Args:
        table: A `Table`, a data frame or a dictionary of columns.
        label: Column of what the bars are called; numbers are written out.
        value: Column of their heights.
        title: What stands above it.
        split_table: Without effect.
        caption: A line of text.
        sample_id: Which sample of the data set it is.

    Raises:
        WrongType: No table, or a column that holds something else.
        InvalidInput: There is no such column, or columns differ in length.
    """
    names = texts(cells(table, label, "plot.bar: label"), f"plot.bar: label: column {label!r}")
    heights = numbers(cells(table, value, "plot.bar: value"), f"plot.bar: value: column {value!r}")
    same_length("plot.bar", label=names, value=heights)
    return Chart(
        "bar",
        Content((Series(np.arange(len(heights)), heights),), tuple(names)),
        title=title,
        x_name=str(label),
        y_name=str(value),
        caption=caption,
        sample_id=sample_id,
    )


def histogram(
    table: Any,
    value: str = "value",
    title: str | None = "",
    split_table: bool = False,  # noqa: ARG001 - W&B's, see the package
    *,
    bins: Any = 30,
    caption: str | None = None,
    sample_id: str | int | None = None,
) -> Chart:
    """Give a histogram of a column, with the counts of `numpy.histogram`.

    Args:
        table: A `Table`, a data frame or a dictionary of columns; or the values themselves, an
            array, a tensor or a list of numbers.
        value: Column of numbers; of bare values what they are called.
        title: What stands above it.
        split_table: Without effect.
        bins: How many bins of equal width, 1 to 512, or their edges, ascending.
        caption: A line of text.
        sample_id: Which sample of the data set it is.

    Raises:
        WrongType: No table, or a column that holds something else.
        InvalidInput: There is no such column, or no such bins.
    """
    bare = is_array(table) or isinstance(table, list | tuple)
    found = table if bare else cells(table, value, "plot.histogram: value")
    values = numbers(_flat(found), f"plot.histogram: value: column {value!r}")
    edges, counts = _binned(values, bins)
    left_out = len(values) - int(np.count_nonzero(np.isfinite(values)))
    return Chart(
        "histogram",
        Content((Series(edges, counts),), left_out=left_out),
        title=title,
        x_name=str(value),
        y_name="count",
        caption=caption,
        sample_id=sample_id,
    )


def _flat(given: Any) -> Any:
    return given.reshape(-1) if is_array(given) and hasattr(given, "reshape") else given


def _binned(values: Array, bins: Any) -> tuple[Array, Array]:
    """Give edges and counts."""
    if len(np.shape(bins)) == 0:
        number = whole(bins, "plot.histogram: bins")
        if not 1 <= number <= MAX_BINS:
            raise InvalidInput(
                f"plot.histogram: bins: expected 1 to {MAX_BINS}, or edges, got {bins!r}"
            )
        even, _ = linear(values, number)
        return even.edges, even.counts
    edges = numbers(bins, "plot.histogram: bins").astype(np.float64)
    if len(edges) < 2 or not np.isfinite(edges).all() or (np.diff(edges) < 0).any():  # noqa: PLR2004
        raise InvalidInput(
            f"plot.histogram: bins: expected two or more finite edges that ascend, got {bins!r}"
        )
    counts, _ = np.histogram(values[np.isfinite(values)], edges)
    return edges, counts
