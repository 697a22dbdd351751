"""What stands in a chart's frame: lines, points, bars and the cells of a matrix."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from . import palette
from .chart_frame import FINE, Frame
from .lettering import Lettering

Floats = NDArray[np.float64]
_LINE_PX, _POINT_PX = 2 * FINE + 1, 4 * FINE
_DOTS = 40
"""A line of at most so many points shows each of them."""
_ALPHA = 190
"""How opaque points are, of 255: a crowd shows as one."""
_GAP_SHARE = 0.18
"""How much of a bar's place is left free."""
_WRITTEN = 16
"""Matrices of more classes have no numbers in their cells."""
_DARKEST: palette.Colour = (13, 71, 161)
_DASH_PX = 6 * FINE
_GREY: palette.Colour = (154, 160, 166)
_CONTRAST = 0.6
"""Below 1, so that rare mistakes are seen."""
_CROWD = 400
"""More points than these are smaller."""


def line(frame: Frame, x: Floats, y: Floats, colour: palette.Colour) -> None:
    """Draw a line through points in their order along x, broken where one is not finite."""
    draw = ImageDraw.Draw(frame.fine)
    order = np.argsort(x, kind="stable")
    for xs, ys in _runs(x[order], y[order]):
        points = _thinned(frame.columns(xs), frame.rows(ys))
        if len(points) > 1:
            flat: list[float] = points.ravel().tolist()
            draw.line(flat, fill=colour, width=_LINE_PX, joint="curve")
        if len(points) <= _DOTS:
            for px, py in points.tolist():
                r = _LINE_PX if len(points) > 1 else _POINT_PX
                draw.ellipse((px - r, py - r, px + r, py + r), fill=colour)


def points(frame: Frame, x: Floats, y: Floats, colour: palette.Colour) -> None:
    """Draw a disc for each point with finite numbers, all in one pass however many they are."""
    finite = np.isfinite(x) & np.isfinite(y)
    columns = np.rint(frame.columns(x[finite])).astype(np.int64)
    rows = np.rint(frame.rows(y[finite])).astype(np.int64)
    r = _POINT_PX if len(rows) <= _CROWD else _POINT_PX * 2 // 3
    taken = np.zeros((frame.height + 2 * r, frame.width + 2 * r), np.bool_)
    places = np.unique(rows * taken.shape[1] + columns)
    for dy in range(2 * r + 1):
        for dx in range(2 * r + 1):
            if (dx - r) ** 2 + (dy - r) ** 2 <= r * r:
                taken.ravel()[places + (dy * taken.shape[1] + dx)] = True
    inside = taken[r:-r, r:-r].astype(np.uint8) * np.uint8(_ALPHA)
    frame.fine.paste(colour, (0, 0), Image.fromarray(inside))


def bars(frame: Frame, left: Floats, right: Floats, y: Floats, colour: palette.Colour) -> None:
    """Draw a bar from 0 to each finite y."""
    draw = ImageDraw.Draw(frame.fine)
    zero = float(frame.rows(np.zeros(1))[0])
    finite = np.isfinite(y)
    edges = (frame.columns(left[finite]), frame.columns(right[finite]), frame.rows(y[finite]))
    tallest = _tallest(np.rint(np.column_stack(edges)), zero)
    for x0, x1, top in tallest.tolist():
        draw.rectangle((x0, min(top, zero), max(x0, x1 - 1), max(top, zero)), fill=colour)
    draw.line((0, zero, frame.width, zero), fill=_GREY, width=FINE)


def bar_sides(count: int) -> tuple[Floats, Floats]:
    """Give left and right of the bars at the places 0, 1, 2, ..."""
    places, half = np.arange(count, dtype=np.float64), (1 - _GAP_SHARE) / 2
    return places - half, places + half


def dashes(frame: Frame, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a dashed line from one point to another, each (x, y)."""
    draw = ImageDraw.Draw(frame.fine)
    (x0, x1), (y0, y1) = np.array([start, end]).T
    columns, rows = frame.columns(np.array([x0, x1])), frame.rows(np.array([y0, y1]))
    count = max(1, round(float(np.hypot(np.ptp(columns), np.ptp(rows))) / (2 * _DASH_PX)))
    shares = np.arange(count)[:, None] / count + np.array([0.0, 0.5 / count])
    ends = np.stack((np.interp(shares, (0, 1), columns), np.interp(shares, (0, 1), rows)), axis=-1)
    for dash in ends.reshape(count, 4).tolist():
        draw.line(dash, fill=_GREY, width=FINE)


def cells(frame: Frame, counts: NDArray[np.int64]) -> None:
    """Draw a matrix, each row's counts by their share of the row, and write them in if they fit."""
    draw = ImageDraw.Draw(frame.fine)
    side = len(counts)
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    strength = shares[..., None] ** _CONTRAST
    colours = np.rint(255 + strength * (np.array(_DARKEST) - 255.0)).astype(np.uint8)
    picture = Image.fromarray(colours).resize(frame.fine.size, Image.Resampling.NEAREST)
    frame.fine.paste(picture)
    if side > _WRITTEN or not counts.any():
        return
    letters = _fitting(counts, frame.width / side, frame.height / side)
    for row in range(side):
        for column in range(side):
            text = str(counts[row, column])
            at = (
                round((column + 0.5) * frame.width / side - letters.width(text) / 2),
                round((row + 0.5) * frame.height / side - letters.line_height / 2),
            )
            letters.draw(draw, at, text, palette.ink(_colour(colours[row, column])))


def _fitting(counts: NDArray[np.int64], width: float, height: float) -> Lettering:
    """Give the largest letters in which every count fits its cell."""
    widest = str(counts.max(initial=0))
    size = min(26 * FINE, round(height * 0.6))
    while size > 2 * FINE and Lettering(size).width(widest) > width * 0.9:
        size -= 1
    return Lettering(max(1, size))


def _colour(pixel: NDArray[np.uint8]) -> palette.Colour:
    red, green, blue = pixel.tolist()
    return red, green, blue


def _runs(x: Floats, y: Floats) -> Iterator[tuple[Floats, Floats]]:
    """Give the stretches of finite points."""
    finite = np.isfinite(x) & np.isfinite(y)
    edges = np.flatnonzero(np.diff(np.r_[False, finite, False].astype(np.int8)))
    for start, end in edges.reshape(-1, 2).tolist():
        yield x[start:end], y[start:end]


def _thinned(columns: Floats, rows: Floats) -> NDArray[np.float64]:
    """Give points, N×2; of many in one pixel's column the first, lowest, highest and last."""
    points = np.column_stack((columns, rows))
    pixel = np.floor(columns)
    starts = np.flatnonzero(np.r_[True, pixel[1:] != pixel[:-1]])
    if len(points) <= 4 * len(starts):
        return points
    ends = np.r_[starts[1:], len(points)] - 1
    low, high = np.minimum.reduceat(rows, starts), np.maximum.reduceat(rows, starts)
    middle = columns[starts]
    first, last = points[starts], points[ends]
    kept = np.stack((first, np.c_[middle, low], np.c_[middle, high], last), axis=1)
    return kept.reshape(-1, 2)


def _tallest(sides: Floats, zero: float) -> Floats:
    """Give of bars that begin in one pixel's column the one that reaches farthest from 0."""
    far = np.abs(sides[:, 2] - zero)
    order = np.lexsort((-far, sides[:, 0]))
    _, first = np.unique(sides[order, 0], return_index=True)
    return sides[order][first]
