"""The frame of a chart: its title and axes, and the place within for the marks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .chart_axes import Axis
from .lettering import Lettering
from .palette import Colour

WIDTH, HEIGHT = 640, 480
FINE = 3
"""Marks are drawn so many times larger and made smaller, which smooths their edges."""
INK: Colour = (32, 33, 36)
FAINT: Colour = (95, 99, 104)
_GRID: Colour = (232, 234, 237)
_AXIS: Colour = (154, 160, 166)
LETTERS = Lettering(23)
"""Readable in TensorBoard's cards, which show a chart at less than half its size."""
_TITLE = Lettering(26)
_GAP = 8
_WIDEST = 170
"""Longer names of categories are cut."""


@dataclass(frozen=True)
class Facts:
    """What is written around a chart."""

    title: str = ""
    x_name: str = ""
    y_name: str = ""


class Frame:
    """An empty chart: marks are drawn into `fine`, at `FINE` times the size.

    Args:
        facts: Title and names of the axes.
        x, y: The axes.
        grid: Whether lines run through the chart at the ticks of x, of y, of both or neither.
        height: Of the whole, in pixels.
        downwards: Whether y grows downwards.
    """

    def __init__(
        self,
        facts: Facts,
        x: Axis,
        y: Axis,
        *,
        grid: str = "xy",
        downwards: bool = False,
        height: int = HEIGHT,
    ) -> None:
        self.x, self.y = _legible(x), _legible(y)
        self._facts, self._downwards, self._height = facts, downwards, height
        self._title_lines = _TITLE.wrapped(facts.title, WIDTH - 2 * _GAP) if facts.title else []
        left, top = self._corner()
        self._turned = self._needs_turning(WIDTH - left - 2 * _GAP)
        last = max((LETTERS.width(text) for _, text in self.x.ticks[-1:]), default=0)
        right = WIDTH - max(2 * _GAP, 0 if self._turned else last // 2 + _GAP)
        bottom = height - self._foot()
        self.box = (left, top, right, bottom)
        self.width, self.height = (right - left) * FINE, (bottom - top) * FINE
        self.fine = Image.new("RGB", (self.width, self.height), "white")
        draw = ImageDraw.Draw(self.fine)
        for at in self.columns(_values(x)) if "x" in grid else ():
            draw.line((at, 0, at, self.height), fill=_GRID, width=FINE)
        for at in self.rows(_values(y)) if "y" in grid else ():
            draw.line((0, at, self.width, at), fill=_GRID, width=FINE)

    def columns(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Give x in pixels of `fine`."""
        return self.x.fractions(values) * (self.width - 1)

    def rows(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Give y in pixels of `fine`."""
        shares = self.y.fractions(values)
        return (shares if self._downwards else 1 - shares) * (self.height - 1)

    def finished(self) -> Image.Image:
        """Give the chart with everything that is written around it."""
        left, top, right, bottom = self.box
        chart = Image.new("RGB", (WIDTH, self._height), "white")
        chart.paste(self.fine.reduce(FINE), (left, top))
        draw = ImageDraw.Draw(chart)
        draw.line((left - 1, top, left - 1, bottom), fill=_AXIS)
        draw.line((left - 1, bottom, right, bottom), fill=_AXIS)
        for i, text in enumerate(self._title_lines):
            _TITLE.draw(draw, (_GAP, _GAP // 2 + i * _TITLE.line_height), text, INK)
        self._write_ticks(chart, draw)
        self._write_names(chart, draw)
        return chart

    # --- where everything is ----------------------------------------------------------------------

    def _corner(self) -> tuple[int, int]:
        widest = max((LETTERS.width(text) for _, text in self.y.ticks), default=0)
        name = LETTERS.line_height if self._facts.y_name else 0
        top = len(self._title_lines) * _TITLE.line_height + 2 * _GAP
        return name + widest + 2 * _GAP, top

    def _needs_turning(self, width: int) -> bool:
        ticks = self.x.ticks
        if len(ticks) < 2:  # noqa: PLR2004
            return False
        apart = (ticks[1][0] - ticks[0][0]) / (self.x.hi - self.x.lo) * width
        return any(LETTERS.width(text) + _GAP > apart for _, text in ticks)

    def _foot(self) -> int:
        name = LETTERS.line_height if self._facts.x_name else 0
        if not self._turned:
            return name + LETTERS.line_height + _GAP
        widest = max(LETTERS.width(text) for _, text in self.x.ticks)
        return name + widest + 2 * _GAP

    # --- what is written --------------------------------------------------------------------------

    def _write_ticks(self, chart: Image.Image, draw: ImageDraw.ImageDraw) -> None:
        left, top, _, bottom = self.box
        half = LETTERS.line_height // 2
        for at, (_, text) in zip(self.rows(_values(self.y)) / FINE, self.y.ticks, strict=True):
            place = left - _GAP - LETTERS.width(text)
            LETTERS.draw(draw, (place, round(top + at) - half), text, FAINT)
        for at, (_, text) in zip(self.columns(_values(self.x)) / FINE, self.x.ticks, strict=True):
            middle = round(left + at)
            if self._turned:
                turned = _upwards(text, FAINT)
                chart.paste(turned, (middle - turned.width // 2, bottom + _GAP))
            else:
                place = middle - LETTERS.width(text) // 2
                LETTERS.draw(draw, (place, bottom + _GAP // 2), text, FAINT)

    def _write_names(self, chart: Image.Image, draw: ImageDraw.ImageDraw) -> None:
        left, top, right, bottom = self.box
        [x_name, *_] = LETTERS.wrapped(self._facts.x_name, right - left) or [""]
        place = (left + right - LETTERS.width(x_name)) // 2
        LETTERS.draw(draw, (place, self._height - LETTERS.line_height - _GAP // 4), x_name, INK)
        [y_name, *_] = LETTERS.wrapped(self._facts.y_name, bottom - top) or [""]
        if y_name:
            turned = _upwards(y_name, INK)
            chart.paste(turned, (_GAP // 2, (top + bottom - turned.height) // 2))


def _legible(axis: Axis) -> Axis:
    return replace(axis, ticks=tuple((value, _shortened(text)) for value, text in axis.ticks))


def _shortened(text: str) -> str:
    if LETTERS.width(text) <= _WIDEST:
        return text
    [first, *_] = LETTERS.wrapped(
        text.replace(" ", "\N{NO-BREAK SPACE}"), _WIDEST - LETTERS.size // 2
    )
    return first + ".."


def _values(axis: Axis) -> NDArray[np.float64]:
    return np.array([value for value, _ in axis.ticks], np.float64)


def _upwards(text: str, fill: Colour) -> Image.Image:
    strip = Image.new("RGB", (max(1, LETTERS.width(text)), LETTERS.line_height), "white")
    LETTERS.draw(ImageDraw.Draw(strip), (0, 0), text, fill)
    return strip.transpose(Image.Transpose.ROTATE_90)
