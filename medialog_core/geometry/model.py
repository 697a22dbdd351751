"""What a mesh's or a cloud's file comes to: vertices, triangles, colours."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

NO_FACES = np.empty((0, 3), np.int32)
"""Of a cloud of points."""


class Unusable(ValueError):
    """A file that is broken or not of its format; the message says what is wrong."""


def from_json(data: bytes, type_: Any) -> Any:
    """Give what JSON says.

    Raises:
        Unusable: It is no JSON, or none of this type.
    """
    try:
        return msgspec.json.decode(data, type=type_)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unusable(f"its JSON cannot be read ({error})") from None


class Model(NamedTuple):
    """A model as triangles.

    Attributes:
        vertices: N×3.
        faces: M×3 places in `vertices`; none of a cloud of points. None: there are faces, but of
            a kind that is not read.
        colors: N×3, where the file has a colour for each vertex or for the whole.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int32] | None = NO_FACES
    colors: NDArray[np.uint8] | None = None


def fans(corners: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int32]:
    """Cut polygons into triangles around their first corner.

    Args:
        corners: The corners of all polygons, one after the other.
        sizes: How many of them each polygon has; those with fewer than three have no triangle.
    """
    triangles = np.maximum(sizes - 2, 0)
    first = np.repeat(np.cumsum(sizes) - sizes, triangles)
    place = np.arange(len(first)) - np.repeat(np.cumsum(triangles) - triangles, triangles)
    second = first + place + 1
    faces = np.stack([corners[first], corners[second], corners[second + 1]], axis=1)
    return faces.astype(np.int32)


def to_bytes(colors: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Give colours of 0..1 as 0..255."""
    return (np.clip(np.nan_to_num(colors), 0, 1) * 255 + 0.5).astype(np.uint8)
