"""Lines and points."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from .. import checks
from ..arrays import Array, describe, is_array
from ..errors import InvalidInput, WrongType
from ..media.documents.chart import Chart
from ..media.documents.chartcontent import Content, Series
from .columns import Places, cells, is_text, numbers, same_length, texts


def line(
    table: Any,
    x: str,
    y: str,
    stroke: str | None = None,
    title: str | None = "",
    split_table: bool = False,  # noqa: ARG001 - W&B's, see the package
    *,
    caption: str | None = None,
    sample_id: str | int | None = None,
) -> Chart:
    """Give a chart of one line, or of one for each value in a column.

    Args:
        table: A `Table`, a data frame or a dictionary of columns.
        x: Column of numbers or texts; a line goes through its points in their order along x.
        y: Column of numbers; a line is broken where one is None, NaN or infinite.
        stroke: Column whose values tell the lines apart.
        title: What stands above it.
        split_table: Without effect.
        caption: A line of text.
        sample_id: Which sample of the data set it is.

    Raises:
        WrongType: No table, or a column that holds something else.
        InvalidInput: There is no such column, or columns differ in length.
    """
    places = Places()
    xs = places.of(cells(table, x, "plot.line: x"), f"plot.line: x: column {x!r}")
    ys = numbers(cells(table, y, "plot.line: y"), f"plot.line: y: column {y!r}")
    same_length("plot.line", x=xs, y=ys)
    made: Any = Content((Series(xs, ys),), places.categories)
    nbytes = 0
    if stroke is not None:
        strokes = Places()
        named = texts(cells(table, stroke, "plot.line: stroke"), f"plot.line: stroke {stroke!r}")
        group = strokes.of_texts(named)
        same_length("plot.line", y=ys, stroke=group)
        made = partial(_grouped, xs, ys, group, strokes.categories, places.categories)
        nbytes = xs.nbytes + ys.nbytes + group.nbytes
    return Chart(
        "line",
        made,
        nbytes,
        title=title,
        x_name=str(x),
        y_name=str(y),
        caption=caption,
        sample_id=sample_id,
    )


def scatter(
    table: Any,
    x: str,
    y: str,
    title: str | None = "",
    split_table: bool = False,  # noqa: ARG001 - W&B's, see the package
    *,
    caption: str | None = None,
    sample_id: str | int | None = None,
) -> Chart:
    """Give a chart of a point for each row.

    Args:
        table: A `Table`, a data frame or a dictionary of columns.
        x: Column of numbers or texts.
        y: Column of numbers.
        title: What stands above it.
        split_table: Without effect.
        caption: A line of text.
        sample_id: Which sample of the data set it is.

    Raises:
        WrongType: No table, or a column that holds something else.
        InvalidInput: There is no such column, or columns differ in length.
    """
    places = Places()
    xs = places.of(cells(table, x, "plot.scatter: x"), f"plot.scatter: x: column {x!r}")
    ys = numbers(cells(table, y, "plot.scatter: y"), f"plot.scatter: y: column {y!r}")
    same_length("plot.scatter", x=xs, y=ys)
    return Chart(
        "scatter",
        Content((Series(xs, ys),), places.categories),
        title=title,
        x_name=str(x),
        y_name=str(y),
        caption=caption,
        sample_id=sample_id,
    )


def line_series(
    xs: Any,
    ys: Any,
    keys: Sequence[str] | None = None,
    title: str | None = "",
    xname: str = "x",
    split_table: bool = False,  # noqa: ARG001 - W&B's, see the package
    *,
    caption: str | None = None,
    sample_id: str | int | None = None,
) -> Chart:
    """Give a chart of several lines.

    Args:
        xs: The x of all lines: an array, a tensor or a list of numbers or texts; or a list of one
            for each line.
        ys: A list of numbers for each line, or an array of a row for each.
        keys: What the lines are called; `line_0`, `line_1` and so on by default.
        title: What stands above it.
        xname: What the x axis shows.
        split_table: Without effect.
        caption: A line of text.
        sample_id: Which sample of the data set it is.

    Raises:
        WrongType: Something else than numbers.
        InvalidInput: Another number of `xs` or `keys` than of `ys`, or of numbers in a pair.
    """
    lines = _rows(ys)
    each_x = _rows(xs, "xs") if _is_nested(xs) else [xs] * len(lines)
    names = [f"line_{i}" for i in range(len(lines))] if keys is None else list(keys)
    for field, given in (("xs", each_x), ("keys", names)):
        if len(given) != len(lines):
            raise InvalidInput(
                f"plot.line_series: {field}: expected one for each of the {len(lines)} ys, got {len(given)}"
            )
    if len(set(map(is_text, each_x))) > 1:
        raise WrongType("plot.line_series: xs: expected all numbers or all texts, got both")
    places = Places()
    series = tuple(
        _series(places, one_x, one_y, name, i)
        for i, (one_x, one_y, name) in enumerate(zip(each_x, lines, names, strict=True))
    )
    return Chart(
        "line",
        Content(series, places.categories),
        title=title,
        x_name=xname,
        caption=caption,
        sample_id=sample_id,
    )


def _series(places: Places, x: Any, y: Any, name: Any, place: int) -> Series:
    xs = places.of(x, f"plot.line_series: xs[{place}]")
    ys = numbers(y, f"plot.line_series: ys[{place}]")
    same_length(f"plot.line_series: line {place}", xs=xs, ys=ys)
    return Series(xs, ys, checks.line(name, f"plot.line_series: keys[{place}]"))


def _is_nested(given: Any) -> bool:
    if is_array(given):
        return len(given.shape) > 1
    return isinstance(given, list | tuple) and bool(given) and _is_row(given[0])


def _is_row(given: Any) -> bool:
    return isinstance(given, list | tuple | range) or len(getattr(given, "shape", ())) > 0


def _rows(given: Any, field: str = "ys") -> list[Any]:
    """Give a list of lists, or the rows of an array."""
    if is_array(given) and len(given.shape) == 2:  # noqa: PLR2004
        return list(given)
    if isinstance(given, list | tuple) and all(map(_is_row, given)):
        return list(given)
    raise WrongType(
        f"plot.line_series: {field}: expected a list of lists or arrays of numbers, got {describe(given)}; "
        f"of one line pass [{field}]"
    )


def _grouped(
    x: Array, y: Array, group: Array, names: tuple[str, ...], categories: tuple[str, ...]
) -> Content:
    """Give a series for each group, in the order in which the groups first come."""
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(np.bincount(group, minlength=len(names)))[:-1]
    parts = zip(np.split(x[order], ends), np.split(y[order], ends), names, strict=bool(names))
    return Content(tuple(Series(*part) for part in parts), categories)
