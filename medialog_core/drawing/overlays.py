"""Masks and boxes drawn into a picture: what TensorBoard shows of an image's overlays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ..schema import BoxMeta, from_number
from . import naming, palette
from .lettering import Lettering
from .naming import Corner

ALPHA = 0.5
"""How much of a mask's pixel is its class's colour."""
_BACKGROUND = {"background", "bg", "unlabeled", "unlabelled", "void", "none"}
_PALETTE = [channel for colour in palette.COLOURS for channel in colour]


def draw_mask(
    picture: Image.Image, ids: NDArray[np.uint16], class_labels: Mapping[str, str]
) -> list[int]:
    """Blend a mask into an RGB picture; class 0 is left out where it is unnamed, or the background.

    Args:
        picture: The image, H by W, or enlarged by a whole factor.
        ids: The class of each pixel, H by W.
        class_labels: Names by id.

    Returns:
        The class ids that were drawn, the largest area first.
    """
    areas = np.bincount(ids.ravel())
    if _is_background(class_labels.get("0")):
        areas[:1] = 0
    drawn = [int(i) for i in np.argsort(-areas, kind="stable")[: np.count_nonzero(areas)]]
    index = Image.fromarray(palette.indices(ids)).resize(picture.size, Image.Resampling.NEAREST)
    opaque = index.point([255 if 0 in drawn else 0] + [255] * 255)
    index.putpalette(_PALETTE)
    picture.paste(Image.blend(picture, index.convert("RGB"), ALPHA), mask=opaque)
    return drawn


class Drawn(NamedTuple):
    """What was drawn of a set of boxes: their class ids in order, and how many names had no room."""

    class_ids: list[int]
    unnamed: int


@dataclass(frozen=True)
class Pen:
    """Draws boxes.

    Attributes:
        class_labels: Names by id.
        scale: How much the picture was enlarged since the boxes' pixels were counted.
        letters: For names and scores.
    """

    class_labels: Mapping[str, str]
    scale: float
    letters: Lettering

    def draw(self, picture: Image.Image, boxes: Sequence[BoxMeta]) -> Drawn:
        """Draw outlines with name and score into an RGB picture; what is outside is cut off."""
        draw = ImageDraw.Draw(picture)
        corners = [_corners(box, picture.size, self.scale) for box in boxes]
        for box, corner in zip(boxes, corners, strict=True):
            draw.rectangle(corner, outline=_colour(box), width=max(2, self.letters.size // 6))
        names = [_box_name(box, self.class_labels) for box in boxes]
        spots = list(naming.spots(corners, map(self._size, names), picture.size))
        for box, name, spot in zip(boxes, names, spots, strict=True):
            if spot is not None:
                self._write(draw, spot, name, _colour(box))
        ids = [box.class_id for box in boxes if box.class_id is not None]
        unnamed = sum(1 for name, spot in zip(names, spots, strict=True) if name and spot is None)
        return Drawn(ids, unnamed)

    def _size(self, name: str) -> naming.Size | None:
        width = self.letters.width(name) + self.letters.size // 2
        return (width, self.letters.line_height) if name else None

    def _write(
        self, draw: ImageDraw.ImageDraw, spot: Corner, name: str, colour: palette.Colour
    ) -> None:
        draw.rectangle(spot, fill=colour)
        at = spot[0] + self.letters.size // 4, spot[1]
        self.letters.draw(draw, at, name, palette.ink(colour))


def class_name(class_id: int, class_labels: Mapping[str, str]) -> str:
    """Give the name of a class; one without is called by its id."""
    return class_labels.get(str(class_id), f"class_{class_id}")


def _is_background(name: str | None) -> bool:
    return name is None or name.strip().casefold() in _BACKGROUND


def _corners(box: BoxMeta, size: tuple[int, int], scale: float) -> Corner:
    """Give the outermost pixels that belong to a box; just outside the picture where it goes on."""
    width, height = size
    by_x, by_y = (width, height) if box.domain == "fraction" else (scale, scale)
    at = box.position
    left, right = _span(at.min_x * by_x, at.max_x * by_x, width)
    top, bottom = _span(at.min_y * by_y, at.max_y * by_y, height)
    return left, top, right, bottom


def _span(first: float, end: float, size: int) -> tuple[int, int]:
    margin = 64  # wider than any line, so that no edge is drawn where the box has none
    low = round(min(max(first, -margin), size + margin))
    return low, max(low, round(min(max(end, -margin), size + margin)) - 1)


def _colour(box: BoxMeta) -> palette.Colour:
    return palette.colour(box.class_id if box.class_id is not None else 1)


def _box_name(box: BoxMeta, class_labels: Mapping[str, str]) -> str:
    if box.box_caption is not None:
        return box.box_caption
    name = [] if box.class_id is None else [class_name(box.class_id, class_labels)]
    numbers = [from_number(score) for score in box.scores.values()]
    if len(numbers) == 1:
        return " ".join([*name, f"{numbers[0]:.2f}"])
    return " ".join(
        [*name, *(f"{key} {from_number(score):.2f}" for key, score in box.scores.items())]
    )
