"""Where the names of boxes stand: at their boxes, on no other name, and on hardly any other box."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Corner = tuple[int, int, int, int]
"""Left, top, right and bottom pixel, the last two included."""
Size = tuple[int, int]
"""Width and height."""
COVERED = 0.25
"""A name hides no more of a box; where boxes are so close that it would, it is left out."""


def spots(
    corners: Sequence[Corner], sizes: Iterable[Size | None], picture: Size
) -> Iterator[Corner | None]:
    """Give the place of each box's name: above it, else in it, else below it.

    Args:
        corners: The boxes.
        sizes: How large their names are; None for a box without one.
        picture: How large the picture is.

    Yields:
        The name's place; None for a box without a name, and where there is no room.
    """
    boxes = _array(corners)
    taken: list[Corner] = []
    for place, size in enumerate(sizes):
        found = None
        for spot in [] if size is None else _tried(corners[place], size, picture):
            if not _shared(spot, _array(taken)).any() and (_hidden(spot, boxes) <= COVERED).all():
                found = spot
                taken.append(spot)
                break
        yield found


def _tried(corner: Corner, size: Size, picture: Size) -> Iterator[Corner]:
    (width, height), (picture_width, picture_height) = size, picture
    left = max(0, min(corner[0], picture_width - width))
    inside = max(0, min(corner[1], picture_height - height))
    for top in (corner[1] - height, inside, corner[3] + 1):
        if 0 <= top <= max(0, picture_height - height):
            yield left, top, left + width - 1, top + height - 1


def _array(corners: Sequence[Corner]) -> NDArray[np.int64]:
    return np.array(corners, np.int64).reshape(-1, 4)


def _shared(spot: Corner, others: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give how many pixels a place has in common with each of some others."""
    first, last = np.maximum(spot[:2], others[:, :2]), np.minimum(spot[2:], others[:, 2:])
    pixels: NDArray[np.int64] = np.maximum(last - first + 1, 0).prod(axis=1)
    return pixels


def _hidden(spot: Corner, boxes: NDArray[np.int64]) -> NDArray[np.float64]:
    areas = (boxes[:, 2:] - boxes[:, :2] + 1).prod(axis=1)
    shares: NDArray[np.float64] = _shared(spot, boxes) / areas
    return shares
