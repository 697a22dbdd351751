"""The one table of file formats: how a file is checked at once, and how it is read later on."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import numpy as np

from ..schema import Point
from . import gltf, obj, ply, stl
from .model import Model, Unusable, from_json

_UNREAD = (ValueError, TypeError, LookupError, AttributeError, OverflowError)
"""What readers raise for whatever a file has instead of what they know."""


class Format(NamedTuple):
    """A format of files that are kept as they are.

    Attributes:
        content_type: Its media type.
        check: Refuses a broken file, cheaply.
        read: Gives its vertices and faces; None where that takes more than a simple reader.
        references: Gives the names of files that it needs besides.
    """

    content_type: str
    check: Callable[[bytes], None]
    read: Callable[[bytes], Model] | None
    references: Callable[[bytes], tuple[str, ...]] = lambda _data: ()


def check(file_type: str, data: bytes) -> None:
    """Check a file.

    Raises:
        Unusable: It is broken, or not of this format; the message says what is wrong.
    """
    try:
        FORMATS[file_type].check(data)
    except (TypeError, LookupError, AttributeError) as error:
        raise Unusable(f"its JSON is of another shape ({error!r})") from None


def read(file_type: str, data: bytes) -> Model | None:
    """Give what a file holds; None where it has something that this reader does not know."""
    reader = FORMATS[file_type].read
    if reader is None:
        return None
    try:
        with np.errstate(all="ignore"):  # files may hold any NaN
            model = reader(data)
    except _UNREAD:
        return None
    return model if _is_whole(model) else None


def _is_whole(model: Model) -> bool:
    faces = model.faces
    if faces is None or not len(faces):
        return True
    return bool(faces.min() >= 0 and faces.max() < len(model.vertices))


def _check_babylon(data: bytes) -> None:
    scene = from_json(data, dict[str, msgspec.Raw])
    if "meshes" not in scene:
        raise Unusable(f"its JSON has no 'meshes', but {sorted(scene)[:8]}")


FORMATS = {
    "obj": Format("model/obj", obj.check, obj.read, obj.references),
    "gltf": Format("model/gltf+json", gltf.check_gltf, gltf.read_gltf),
    "glb": Format("model/gltf-binary", gltf.check_glb, gltf.read_glb),
    "stl": Format("model/stl", stl.check, stl.read),
    "ply": Format("application/ply", ply.check, ply.read),
    "babylon": Format("application/vnd.babylon+json", _check_babylon, None),
}
"""By the ending of a file's name."""


def bounds(model: Model) -> tuple[Point, Point] | None:
    """Give the smallest and the largest x, y, z of the finite vertices; None of no vertex."""
    finite = model.vertices[np.isfinite(model.vertices).all(axis=1)]
    if not len(finite):
        return None
    lo, hi = np.stack([finite.min(axis=0), finite.max(axis=0)]).tolist()
    return tuple(lo), tuple(hi)
