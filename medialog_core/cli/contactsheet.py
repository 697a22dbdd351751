"""A run's predictions as one picture: the truth on top, a line for each step, a column for each sample."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import PIL.Image
import PIL.ImageDraw

from ..drawing import palette
from ..drawing.lettering import Lettering
from ..media.images.image import Image
from ..schema import Row, from_number
from ..store.reader import RunReader
from . import cells
from .cells import FAINT, INK, Cell

MOST_STEPS = 5
MOST_SAMPLES = 8
WIDTH = 1200
"""Samples that would make a sheet wider are left out, and its heading says so."""
_MARGIN, _LEFT, _GAP = 16, 100, 8
_NARROWEST = 640
_TITLE, _TEXT, _SMALL = Lettering(19), Lettering(15), Lettering(13)
_RULE = (224, 226, 230)


class Line(NamedTuple):
    """What stands left of a line, what below that, and a cell for each sample that is there."""

    name: str
    under: str
    cells: Mapping[str, Cell]

    @property
    def height(self) -> int:
        """Give how high it is, in pixels, with its margins."""
        left = _TEXT.line_height + (_SMALL.line_height if self.under else 0)
        return 2 * _GAP + max(left, *(cell.picture.height for cell in self.cells.values()))


def draw(run: RunReader, key: str, title: str | None = None) -> PIL.Image.Image | None:
    """Give the sheet of the images of a key; None where there are none.

    Args:
        run: A run whose rows are decoded.
        key: E.g. `val/predictions`: images with the sets `ground_truth` and `predictions`, with a
            label, or with neither.
        title: Its heading; by default what the run is called.
    """
    rows = {step: _by_sample(run.rows(key, step)) for step in _spread(run.steps(key))}
    images = {
        step: {sample: run.load(row) for sample, row in here.items()} for step, here in rows.items()
    }
    every = {sample: image for here in images.values() for sample, image in here.items()}
    if not every:
        return None
    widths = _fitting(every)
    lines = [
        Line(f"step {step}", _epoch(rows[step].values()), _cells(cells.prediction_of, here, widths))
        for step, here in images.items()
    ]
    if all(map(cells.has_truth, every.values())):
        lines.insert(0, Line("truth", "", _cells(cells.truth_of, every, widths)))
    if any(image.masks for image in every.values()):
        lines.insert(0, Line("input", "", _cells(cells.input_of, every, widths)))
    about = f"{key}    {_note(every, len(widths))}"
    return Sheet(lines, widths).drawn(title or f"{run.project} / {run.name}", about)


def _by_sample(rows: Sequence[Row]) -> dict[str, Row]:
    return {row.sample_id or str(row.idx): row for row in rows if row.kind == "image"}


def _spread(steps: Sequence[int]) -> list[int]:
    places = np.linspace(0, len(steps) - 1, min(len(steps), MOST_STEPS)).round().astype(int)
    return [steps[place] for place in places]


def _fitting(images: Mapping[str, Image]) -> dict[str, int]:
    """Give the samples that there is room for, and how wide each is."""
    widths = {sample: cells.fitted(image)[0].width for sample, image in images.items()}
    ends = _LEFT + np.cumsum([width + _GAP for width in widths.values()])
    fits = max(1, min(MOST_SAMPLES, int(np.count_nonzero(ends <= WIDTH))))
    return dict(list(widths.items())[:fits])


def _cells(
    show: Callable[[Image], Cell], images: Mapping[str, Image], samples: Iterable[str]
) -> dict[str, Cell]:
    return {sample: show(images[sample]) for sample in samples if sample in images}


def _epoch(rows: Iterable[Row]) -> str:
    epochs = {from_number(row.epoch) for row in rows if row.epoch is not None}
    return f"epoch {epochs.pop():.3g}" if len(epochs) == 1 else ""


def _note(images: Mapping[str, Image], shown: int) -> str:
    captions = {image.caption for image in images.values()} - {None}
    notes = [str(captions.pop())] if len(captions) == 1 else []
    if any(image.boxes for image in images.values()):
        notes.append(f"boxes with a score of at least {cells.SURE}")
    if shown < len(images):
        notes.append(f"{shown} of {len(images)} samples")
    return ", ".join(notes)


class Sheet:
    """Lines of cells, one below the other.

    Args:
        lines: From the top.
        widths: The columns' samples, and how wide they are.
    """

    def __init__(self, lines: Sequence[Line], widths: Mapping[str, int]) -> None:
        self._lines, self._widths = lines, widths
        self._top = 2 * _GAP + _TITLE.line_height + _SMALL.line_height + _GAP
        self._left = max(_LEFT, *(_MARGIN + _TEXT.width(line.name) + _GAP for line in lines))
        right = self._left + sum(width + _GAP for width in widths.values()) + _MARGIN
        size = max(right, _NARROWEST), self._top + sum(line.height for line in lines)
        self._sheet = PIL.Image.new("RGB", size, "white")
        self._pen = PIL.ImageDraw.Draw(self._sheet)

    def drawn(self, title: str, about: str) -> PIL.Image.Image:
        """Give the sheet with its heading."""
        y = 2 * _GAP
        _TITLE.draw(self._pen, (_MARGIN, y), title, INK)
        self._legend(_MARGIN + _TITLE.width(title) + 3 * _MARGIN, y)
        _SMALL.draw(self._pen, (_MARGIN, y + _TITLE.line_height), about, FAINT)
        y = self._top
        for line in self._lines:
            self._line(line, y)
            y += line.height
        return self._sheet

    def _legend(self, x: int, y: int) -> None:
        drawn = (cell.classes for line in self._lines for cell in line.cells.values())
        named = {i: name for classes in drawn for i, name in classes.items()}
        y += (_TITLE.line_height - _TEXT.line_height) // 2
        for class_id, name in sorted(named.items()):
            self._pen.rectangle((x, y + 4, x + 12, y + 16), palette.colour(class_id))
            _TEXT.draw(self._pen, (x + 19, y), name, INK)
            x += 40 + _TEXT.width(name)

    def _line(self, line: Line, y: int) -> None:
        self._pen.line((_MARGIN, y, self._sheet.width - _MARGIN, y), _RULE)
        y += _GAP
        _TEXT.draw(self._pen, (_MARGIN, y), line.name, INK)
        _SMALL.draw(self._pen, (_MARGIN, y + _TEXT.line_height), line.under, FAINT)
        x = self._left
        for sample, width in self._widths.items():
            if sample in line.cells:
                self._sheet.paste(line.cells[sample].picture, (x, y))
            x += width + _GAP
