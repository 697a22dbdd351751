"""3-D objects as TensorBoard's mesh plugin draws them.

That plugin draws points or triangles, nothing else, looks at them from above, along z, and does not
say which tag a scene is of: one finds it by filtering tags, or by their order. So

- the edges of boxes and vectors are drawn as rows of points, in the scene of the cloud;
- everything is moved so that its middle is at zero, as the plugin does itself with triangles: it
  puts its camera by the extent alone, and would stand inside a cloud or behind it;
- of a mesh with more vertices than its 16-bit indices reach the vertices are drawn, as points.

What cannot be drawn (caption, labels, scores, how many points were dropped) is a text beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from ....drawing import palette
from ....geometry import blocks, files
from ....geometry.model import NO_FACES
from ....payload import Payload
from ....schema import Box3D, Colour, Object3DMeta, ShapesFile, Vector3D
from ..shown import Mesh, Shown
from .about import about

MAX_VERTICES = 65_536
"""The plugin numbers a mesh's vertices with 16 bits."""
_EDGES = np.array([(a, a | bit) for a in range(8) for bit in (1, 2, 4) if not a & bit])
_DOTS = 60_000
_DOTS_AN_EDGE = (12, 100)
_POINT_PX = ((2_000, 6), (20_000, 4))
"""Fewer points than that are so large; more are seen better when they are small."""
_SMALLEST_POINT_PX = 2
_PLAIN, _BOX, _VECTOR = palette.COLOURS[0], palette.COLOURS[1], palette.COLOURS[2]
_MESH_GREY = (160, 160, 160)


class _Dots(NamedTuple):
    places: NDArray[np.float64]
    colors: NDArray[np.uint8]


def show(payload: Payload, meta: Object3DMeta) -> Shown:
    """Give what TensorBoard shows of points or a mesh."""
    shapes = _shapes(payload, meta)
    mesh = (_cloud if meta.file_type == "points" else _model)(payload, meta, shapes)
    return Shown("mesh", mesh=mesh, texts={"about": about(payload, meta, shapes, mesh)})


def _cloud(payload: Payload, meta: Object3DMeta, shapes: ShapesFile) -> Mesh | None:
    columns = blocks.unpack(_file(payload), meta.points or 0, meta.layout)
    origin = np.array(meta.origin or (0, 0, 0), np.float64)
    points = _Dots(columns.xyz.astype(np.float64), _colors(columns))
    lines = _lines(shapes)
    return _mesh([points, _Dots(lines.places - origin, lines.colors)])


def _model(payload: Payload, meta: Object3DMeta, _shapes: ShapesFile) -> Mesh | None:
    model = files.read(meta.file_type, _file(payload))
    if model is None:
        return None
    colors = _filled(len(model.vertices), _MESH_GREY) if model.colors is None else model.colors
    whole = np.isfinite(model.vertices).all(axis=1)
    faces = NO_FACES if model.faces is None else model.faces
    if len(model.vertices) > MAX_VERTICES or not whole.all() or not len(faces):
        return _mesh([_Dots(model.vertices[whole], colors[whole])])
    return _mesh([_Dots(model.vertices, colors)], faces)


def _mesh(dots: Sequence[_Dots], faces: NDArray[np.int32] = NO_FACES) -> Mesh | None:
    places = np.concatenate([one.places for one in dots])
    if not len(places):
        return None
    lo, hi = places.min(axis=0), places.max(axis=0)
    config: dict[str, Any] = {"camera": {"near": float((hi - lo).max() or 1.0) / 1000}}
    if not len(faces):
        config["material"] = {"size": _point_px(len(places)), "sizeAttenuation": False}
    centred = (places - (lo + (hi - lo) / 2)).astype(np.float32)
    return Mesh(centred, faces, np.concatenate([one.colors for one in dots]), config)


def _point_px(count: int) -> int:
    return next((size for below, size in _POINT_PX if count < below), _SMALLEST_POINT_PX)


def _colors(columns: blocks.Columns) -> NDArray[np.uint8]:
    if columns.rgb is not None:
        return columns.rgb
    if columns.category is None:
        return _filled(len(columns.xyz), _PLAIN)
    ids = columns.category.astype(np.uint16)  # ids above 65535 begin again
    return np.array(palette.COLOURS, np.uint8)[palette.indices(ids)]


def _lines(shapes: ShapesFile) -> _Dots:
    corners = np.array([box.corners for box in shapes.boxes], np.float64).reshape(-1, 8, 3)
    ends = np.concatenate(
        [
            corners[:, _EDGES].reshape(-1, 2, 3),
            np.array([(one.start, one.end) for one in shapes.vectors], np.float64).reshape(
                -1, 2, 3
            ),
        ]
    )
    colors = np.concatenate(
        [
            np.repeat(_given(shapes.boxes, _BOX), len(_EDGES), axis=0),
            _given(shapes.vectors, _VECTOR),
        ]
    )
    fewest, most = _DOTS_AN_EDGE
    dots = min(max(_DOTS // max(len(ends), 1), fewest), most)
    along = np.linspace(0, 1, dots)[:, None]
    places = ends[:, None, 0] * (1 - along) + ends[:, None, 1] * along
    return _Dots(places.reshape(-1, 3), np.repeat(colors, dots, axis=0))


def _given(shapes: Sequence[Box3D | Vector3D], otherwise: Colour) -> NDArray[np.uint8]:
    return np.array([one.color or otherwise for one in shapes], np.uint8).reshape(-1, 3)


def _filled(count: int, colour: Colour) -> NDArray[np.uint8]:
    return np.broadcast_to(np.array(colour, np.uint8), (count, 3))


def _shapes(payload: Payload, meta: Object3DMeta) -> ShapesFile:
    file = payload.files.get("shapes")
    if file is None:
        return ShapesFile(meta.boxes, meta.vectors)
    return msgspec.json.decode(file.data, type=ShapesFile)


def _file(payload: Payload) -> bytes:
    file = payload.files.get("")
    return b"" if file is None else file.data
