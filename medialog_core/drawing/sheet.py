"""Panels side by side, a legend of classes and a caption, on one white sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from . import palette
from .lettering import Lettering

COLUMNS = 3
"""So many panels stand side by side."""
MAX_CLASSES = 24
"""So many classes or series a legend names; how many more there are it says."""
MAX_CHARACTERS = 600
"""So much of a caption is drawn; how much more there is it says."""
MIN_WIDTH_PX = 256
_INK = (32, 33, 36)
_FAINT = (95, 99, 104)
_WHITE = (255, 255, 255)

Class = tuple[int, str]
"""Id and name."""
_Place = tuple[int, palette.Colour, str]
"""A class in a row of the legend: where it begins, colour, name."""


@dataclass(frozen=True)
class Panel:
    """A picture with its title above; none without a title."""

    picture: Image.Image
    title: str = ""


def arrange(
    panels: Sequence[Panel], legend: Sequence[Class], text: str, letters: Lettering
) -> Image.Image:
    """Give the sheet: the first panel lies at its upper left corner, below its title.

    Args:
        panels: At least one, all of one size; at most `COLUMNS` in a row.
        legend: The classes or series, in the order they stand in; the first `MAX_CLASSES` are named.
        text: The caption, may be empty or have several lines.
        letters: For all of it.
    """
    parts = [_grid(panels, letters)]
    width = max(MIN_WIDTH_PX, parts[0].width)
    if legend:
        parts.append(_legend(legend, width, letters))
    if text:
        parts.append(_caption(text, width, letters))
    sheet = Image.new("RGB", (width, sum(part.height for part in parts)), "white")
    y = 0
    for part in parts:
        sheet.paste(part, (0, y))
        y += part.height
    return sheet


def _grid(panels: Sequence[Panel], letters: Lettering) -> Image.Image:
    gap = letters.size // 2
    head = letters.line_height if any(panel.title for panel in panels) else 0
    columns = min(len(panels), COLUMNS)
    rows = -(-len(panels) // columns)
    width, height = panels[0].picture.size
    grid = Image.new(
        "RGB", (columns * (width + gap) - gap, rows * (head + height + gap) - gap), "white"
    )
    draw = ImageDraw.Draw(grid)
    for i, panel in enumerate(panels):
        x, y = i % columns * (width + gap), i // columns * (head + height + gap)
        letters.draw(draw, (x, y), panel.title, _FAINT)
        grid.paste(panel.picture, (x, y + head))
    return grid


def _legend(legend: Sequence[Class], width: int, letters: Lettering) -> Image.Image:
    rows = list(_legend_rows(legend, width, letters))
    image, draw = _strip(width, len(rows), letters)
    side = round(letters.size * 0.85)
    for i, row in enumerate(rows):
        y = _top(i, letters)
        swatch_top = y + (letters.line_height - side) // 2
        for x, colour, name in row:
            draw.rectangle((x, swatch_top, x + side - 1, swatch_top + side - 1), fill=colour)
            letters.draw(draw, (x + round(letters.size * 1.2), y), name, _INK)
    return image


def _caption(text: str, width: int, letters: Lettering) -> Image.Image:
    if len(text) > MAX_CHARACTERS:
        text = f"{text[:MAX_CHARACTERS]} ... and {len(text) - MAX_CHARACTERS:,} more characters"
    lines = letters.wrapped(text, width - letters.size // 2)
    image, draw = _strip(width, len(lines), letters)
    for i, line in enumerate(lines):
        letters.draw(draw, (letters.size // 4, _top(i, letters)), line, _INK)
    return image


def _strip(width: int, lines: int, letters: Lettering) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (width, _top(lines, letters)), "white")
    return image, ImageDraw.Draw(image)


def _top(line: int, letters: Lettering) -> int:
    return letters.size // 4 + line * letters.line_height


def _legend_rows(legend: Sequence[Class], width: int, letters: Lettering) -> Iterator[list[_Place]]:
    row: list[_Place] = []
    x = start = letters.size // 4
    for colour, name in _named(legend):
        advance = round(letters.size * 1.9) + letters.width(name)
        if row and x + advance > width:
            yield row
            row, x = [], start
        row.append((x, colour, name))
        x += advance
    yield row


def _named(legend: Sequence[Class]) -> Iterator[tuple[palette.Colour, str]]:
    for class_id, name in legend[:MAX_CLASSES]:
        yield palette.colour(class_id), name
    if len(legend) > MAX_CLASSES:
        yield _WHITE, f"and {len(legend) - MAX_CLASSES} more"
