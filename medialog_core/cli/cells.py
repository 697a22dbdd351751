"""The cells of a contact sheet: a sample's picture with truth or prediction over it, or that in words."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

import PIL.Image
import PIL.ImageDraw

from ..drawing import overlays, palette
from ..drawing.lettering import Lettering
from ..media.images.image import Image
from ..schema import BoxMeta, from_number

SIDE = 136
"""A picture takes the area of so large a square, roughly: small ones are enlarged by a whole factor."""
SURE = 0.5
"""Boxes that a model is less sure of are not drawn."""
INK, FAINT = (32, 33, 36), (95, 99, 104)
RIGHT, WRONG = (22, 128, 61), (197, 34, 31)
_SCORE = re.compile(r" \(\d\.\d\d\)")
_NEARLY_AS_LARGE = 0.75
_LETTERS, _SMALL = Lettering(15), Lettering(13)


class Cell(NamedTuple):
    """What is shown of one sample at one step, and the names of the classes drawn in it."""

    picture: PIL.Image.Image
    classes: dict[int, str]


def has_truth(image: Image) -> bool:
    """Say whether truth and prediction can be shown apart."""
    return image.notes.label is not None or bool(image.masks or image.boxes)


def input_of(image: Image) -> Cell:
    """Show a sample alone."""
    return Cell(fitted(image)[0], {})


def truth_of(image: Image) -> Cell:
    """Show a sample and what is true of it."""
    picture, classes = _overlaid(image, "ground_truth")
    label = image.notes.label
    words = _worded((label.truth if label else None) or "", picture.width, INK, _LETTERS)
    return Cell(_stacked(picture, words), classes)


def prediction_of(image: Image) -> Cell:
    """Show what was predicted, and how good that is."""
    picture, classes = _overlaid(image, "predictions")
    label = image.notes.label
    if label is None:
        return Cell(
            _stacked(picture, _worded(_scores(image), picture.width, FAINT, _SMALL)), classes
        )
    score = "" if label.score is None else f" ({from_number(label.score):.2f})"
    colour = _colour(image, label.truth, label.prediction)
    return Cell(_worded(f"{label.prediction}{score}", picture.width, colour, _LETTERS), {})


def fitted(image: Image) -> tuple[PIL.Image.Image, float]:
    """Give the picture at the size of a cell, and by how much it was enlarged."""
    picture = image.to_pil().convert("RGB")
    exact = SIDE / math.sqrt(picture.width * picture.height)
    factor = max(1, round(exact)) if exact > _NEARLY_AS_LARGE else exact
    size = round(picture.width * factor), round(picture.height * factor)
    way = PIL.Image.Resampling.NEAREST if factor >= 1 else PIL.Image.Resampling.LANCZOS
    return picture.resize(size, way), factor


def _overlaid(image: Image, name: str) -> Cell:
    picture, factor = fitted(image)
    classes: dict[int, str] = {}
    mask = image.masks.get(name)
    ids = None if mask is None else mask.to_numpy()
    if mask is not None and ids is not None:  # a set of class names may have no pixels
        found = overlays.draw_mask(picture, ids, mask.class_labels)
        classes |= {i: overlays.class_name(i, mask.class_labels) for i in found}
    if name in image.boxes:
        labels = {**image.notes.classes, **image.boxes[name].class_labels}
        boxes = [box for box in image.boxes[name].box_data if _sure(box)]
        found = overlays.Pen(labels, factor, _SMALL).draw(picture, boxes).class_ids
        classes |= {i: overlays.class_name(i, labels) for i in found}
    return Cell(picture, classes)


def _sure(box: BoxMeta) -> bool:
    return all(from_number(score) >= SURE for score in box.scores.values())


def _colour(image: Image, truth: str | None, prediction: str | None) -> palette.Colour:
    """Tell right classes from wrong ones; numbers are neither."""
    if "squared_error" in image.notes.scores:
        return INK
    return RIGHT if _SCORE.sub("", prediction or "") == truth else WRONG


def _scores(image: Image) -> str:
    named = image.notes.scores.items()
    return "  ".join(f"{name.replace('_', ' ')} {from_number(s):#.3g}" for name, s in named)


def _worded(text: str, width: int, colour: palette.Colour, letters: Lettering) -> PIL.Image.Image:
    lines = letters.wrapped(text, width)
    picture = PIL.Image.new("RGB", (width, len(lines) * letters.line_height), "white")
    pen = PIL.ImageDraw.Draw(picture)
    for place, line in enumerate(lines):
        letters.draw(pen, (0, place * letters.line_height), line, colour)
    return picture


def _stacked(above: PIL.Image.Image, below: PIL.Image.Image) -> PIL.Image.Image:
    gap = 4 if below.height else 0
    both = PIL.Image.new("RGB", (above.width, above.height + gap + below.height), "white")
    both.paste(above, (0, 0))
    both.paste(below, (0, above.height + gap))
    return both
