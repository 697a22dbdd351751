"""Which colour a class has: the same in every picture, readable beside its neighbours."""

from __future__ import annotations

import colorsys

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]

IGNORED = 65535
"""The class id that captures give to what the loss ignores."""
_IGNORED_INDEX = 255
_FOLD = 254
_GOLDEN = 0.618033988749895
_FIRST: tuple[Colour, ...] = (
    (86, 101, 115),
    (230, 75, 53),
    (46, 134, 222),
    (39, 174, 96),
    (243, 156, 18),
    (155, 89, 182),
    (26, 188, 196),
    (232, 67, 147),
    (139, 195, 74),
    (121, 85, 72),
    (63, 81, 181),
    (255, 213, 79),
    (0, 121, 107),
)


def _further(index: int) -> Colour:
    """Give a colour whose hue is far from its neighbours'."""
    lightness = (0.42, 0.55, 0.68)[index % 3]
    red, green, blue = colorsys.hls_to_rgb(index * _GOLDEN % 1, lightness, 0.65)
    return round(red * 255), round(green * 255), round(blue * 255)


COLOURS: tuple[Colour, ...] = (
    *_FIRST,
    *map(_further, range(len(_FIRST), _IGNORED_INDEX)),
    (128, 128, 128),
)
"""256 colours; the last is the grey of what is ignored."""


def indices(ids: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Give the colour's index for each class id: ids above 254 begin again at 1."""
    folded = np.where(ids < _IGNORED_INDEX, ids, 1 + ids % _FOLD)
    return np.where((ids == IGNORED) | (ids == _IGNORED_INDEX), _IGNORED_INDEX, folded).astype(
        np.uint8
    )


def colour(class_id: int) -> Colour:
    """Give the colour of one class."""
    return COLOURS[int(indices(np.array(class_id % (IGNORED + 1), np.uint16)))]


def ink(background: Colour) -> Colour:
    """Give black or white, whichever is readable on `background`."""
    red, green, blue = background
    return (0, 0, 0) if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else (255, 255, 255)  # noqa: PLR2004
