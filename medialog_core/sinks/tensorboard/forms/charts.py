"""A chart as the picture TensorBoard shows: drawn with Pillow, its legend and caption below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .... import png
from ....drawing import chart_axes, chart_marks, palette, sheet
from ....drawing.chart_axes import Axis
from ....drawing.chart_frame import HEIGHT, LETTERS, WIDTH, Facts, Frame
from ....payload import Payload
from ....schema import ChartData, ChartMeta, SeriesData, from_number, from_numbers
from .pictures import Picture

_X_TICKS, _Y_TICKS = 5, 5
_NAMES_ACROSS, _NAMES_DOWN = 17, 12
_MARGIN = 0.04
_FEW = 6
"""A matrix of more classes is square."""
_FINEST = 256
"""A matrix of more classes is drawn with several of them in a cell."""
_MAIN = 2
"""The colour of the first series, a blue; the second has its place."""
_AREAS = {"roc_curve": "AUC", "pr_curve": "AP"}


@dataclass(frozen=True)
class _Line:
    """A series as arrays."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    colour: palette.Colour


def render(payload: Payload, meta: ChartMeta) -> Picture:
    """Give what TensorBoard shows of a chart, of any type."""
    data = _data(payload, meta)
    facts = Facts(meta.title, meta.x_name, meta.y_name)
    chart = _DRAW.get(meta.type, _lines)(facts, data)
    text = "\n".join(filter(None, (payload.caption, _left_out(meta))))
    whole = sheet.arrange([sheet.Panel(chart)], _legend(meta.type, data.series), text, LETTERS)
    return Picture(whole.width, whole.height, png.encode(np.asarray(whole)))


def _data(payload: Payload, meta: ChartMeta) -> ChartData:
    return meta.data or msgspec.json.decode(payload.files[""].data, type=ChartData)


def _legend(type: str, series: Sequence[SeriesData]) -> list[sheet.Class]:
    named = [(_colour_id(i), _name(type, one)) for i, one in enumerate(series)]
    return [(id_, name) for id_, name in named if name]


def _name(type: str, one: SeriesData) -> str:
    name = one.name or ""
    if one.area is None:
        return name
    area = from_number(one.area)
    return f"{name} ({_AREAS.get(type, 'area')} {'undefined' if np.isnan(area) else f'{area:.3f}'})"


def _colour_id(place: int) -> int:
    return {0: _MAIN, _MAIN - 1: 1}.get(place, place + 1)


def _left_out(meta: ChartMeta) -> str:
    return f"{meta.left_out:,} not counted (NaN or infinite)" if meta.left_out else ""


def _columns(data: ChartData) -> list[_Line]:
    return [
        _Line(
            from_numbers(one.x).astype(np.float64),
            from_numbers(one.y).astype(np.float64),
            palette.colour(_colour_id(i)),
        )
        for i, one in enumerate(data.series)
    ]


def _axis(values: Sequence[NDArray[np.float64]], ticks: int, margin: float) -> Axis:
    joined = np.concatenate([np.zeros(0), *values])
    return chart_axes.of_numbers(joined, ticks, margin=margin)


def _frame(facts: Facts, data: ChartData, lines: Sequence[_Line], margin: float) -> Frame:
    if data.categories:
        x = chart_axes.of_categories(data.categories, _NAMES_ACROSS)
    else:
        x = _axis([one.x for one in lines], _X_TICKS, margin)
    return Frame(facts, x, _axis([one.y for one in lines], _Y_TICKS, _MARGIN))


def _lines(facts: Facts, data: ChartData) -> Image.Image:
    lines = _columns(data)
    frame = _frame(facts, data, lines, _MARGIN / 2)
    for one in reversed(lines):
        chart_marks.line(frame, one.x, one.y, one.colour)
    return frame.finished()


def _scatter(facts: Facts, data: ChartData) -> Image.Image:
    lines = _columns(data)
    frame = _frame(facts, data, lines, _MARGIN)
    for one in lines:
        chart_marks.points(frame, one.x, one.y, one.colour)
    return frame.finished()


def _rates(facts: Facts, data: ChartData, *, chance: bool = False) -> Image.Image:
    unit = chart_axes.between(0.0, 1.0, _Y_TICKS)
    roomy = chart_axes.Axis(-_MARGIN / 2, 1 + _MARGIN / 2, unit.ticks)
    frame = Frame(facts, roomy, roomy)
    if chance:
        chart_marks.dashes(frame, (0.0, 0.0), (1.0, 1.0))
    for one in reversed(_columns(data)):
        chart_marks.line(frame, one.x, one.y, one.colour)
    return frame.finished()


def _roc(facts: Facts, data: ChartData) -> Image.Image:
    return _rates(facts, data, chance=True)


def _bars(facts: Facts, data: ChartData) -> Image.Image:
    [one] = _columns(data)
    x = chart_axes.of_categories(data.categories, _NAMES_ACROSS)
    frame = Frame(facts, x, _from_zero(one.y), grid="y")
    chart_marks.bars(frame, *chart_marks.bar_sides(len(one.y)), one.y, one.colour)
    return frame.finished()


def _histogram(facts: Facts, data: ChartData) -> Image.Image:
    [one] = _columns(data)
    frame = Frame(facts, _axis([one.x], _X_TICKS, _MARGIN / 2), _from_zero(one.y), grid="y")
    chart_marks.bars(frame, one.x[:-1], one.x[1:], one.y, one.colour)
    return frame.finished()


def _from_zero(heights: NDArray[np.float64]) -> Axis:
    """Give an axis for bars, which stand on 0."""
    reached = chart_axes.bounded(heights[np.isfinite(heights)])
    lo, hi = float(reached.min(initial=0.0)), float(reached.max(initial=0.0))
    if hi - lo < chart_axes.SMALLEST_RANGE:
        return chart_axes.between(0.0, 1.0, _Y_TICKS)
    room = (hi - lo) * _MARGIN
    return chart_axes.between(lo - room * (lo < 0), hi + room * (hi > 0), _Y_TICKS)


def _confusion(facts: Facts, data: ChartData) -> Image.Image:
    counts, every = _matrix(data)
    names = data.categories[::every]
    across = chart_axes.of_categories(names, _NAMES_ACROSS)
    down = chart_axes.of_categories(names, _NAMES_DOWN)
    height = WIDTH if len(names) > _FEW else HEIGHT
    frame = Frame(facts, across, down, grid="", downwards=True, height=height)
    chart_marks.cells(frame, counts)
    return frame.finished()


def _matrix(data: ChartData) -> tuple[NDArray[np.int64], int]:
    """Give the counts, a row for each true class, and how many classes share a row."""
    every = max(1, -(-len(data.categories) // _FINEST))
    side = max(1, -(-len(data.categories) // every))
    counts = np.zeros((side, side), np.int64)
    for one in data.series:
        x, y = (from_numbers(numbers).astype(np.int64) // every for numbers in (one.x, one.y))
        np.add.at(counts, (y, x), np.array(one.counts, np.int64))
    return counts, every


_DRAW: dict[str, Callable[[Facts, ChartData], Image.Image]] = {
    "line": _lines,
    "scatter": _scatter,
    "bar": _bars,
    "histogram": _histogram,
    "roc_curve": _roc,
    "pr_curve": _rates,
    "confusion_matrix": _confusion,
}
