"""TensorBoard's tensors as media: pictures by their `dataformats`, meshes by vertices and faces."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from medialog_core import Image, Object3D
from medialog_core.arrays import Array, describe, to_numpy
from medialog_core.errors import InvalidInput

_AXES = "NHWC"
_UNIT = (0.0, 1.0)
_BYTE = (0, 255)


def unit_range(array: Array) -> tuple[float, float] | None:
    """Give the range of pixels as TensorBoard takes it: floats lie within [0, 1]."""
    return _UNIT if array.dtype.kind == "f" else None


def pictures(value: Any, dataformats: str) -> Image | list[Image]:
    """Give one picture, or a list where there is an axis N.

    Args:
        value: An array or tensor; floats within [0, 1], all else clipped; integers 0..255.
        dataformats: What its axes are, e.g. `CHW`, `NHWC`, `HW`.

    Raises:
        InvalidInput: The letters don't fit the axes, or it is no picture.
        WrongType: It is no array.
    """
    array = to_numpy(value, "img_tensor")
    letters = dataformats.upper()
    fits = len(letters) == array.ndim == len(set(letters)) and set("HW") <= set(letters)
    if not fits or not set(letters) <= set(_AXES):
        raise InvalidInput(
            f"dataformats: expected a letter of 'NCHW' for each axis, H and W among them, "
            f"got {dataformats!r} for {describe(value)}"
        )
    array = array.transpose([letters.index(axis) for axis in _AXES if axis in letters])
    options: dict[str, Any] = {"value_range": unit_range(array)}
    if "C" in letters:
        options["layout"] = "HWC"
    return [Image(one, **options) for one in array] if "N" in letters else Image(array, **options)


def meshes(vertices: Any, colors: Any, faces: Any) -> list[Object3D]:
    """Give a batch of clouds of points, or of meshes where there are faces.

    Args:
        vertices: B×N×3 coordinates.
        colors: B×N×3, 0..255, or None.
        faces: B×M×3 places of vertices, or None.

    Raises:
        InvalidInput: Shapes that are not these.
        WrongType: Something is no array.
    """
    points = _batch(vertices, "vertices", None)
    shades = None if colors is None else _batch(colors, "colors", points.shape)
    if faces is None:
        return [
            _cloud(points[i], None if shades is None else shades[i]) for i in range(len(points))
        ]
    corners = _batch(faces, "faces", None)
    if len(corners) != len(points):
        raise InvalidInput(f"faces: expected a batch of {len(points)}, got {len(corners)}")
    return [
        _mesh(points[i], None if shades is None else shades[i], corners[i])
        for i in range(len(points))
    ]


def _batch(value: Any, name: str, shape: tuple[int, ...] | None) -> Array:
    array = to_numpy(value, name)
    if array.ndim != 3 or array.shape[2] != 3 or shape not in (None, array.shape):  # noqa: PLR2004
        wanted = "a batch B×N×3" if shape is None else f"shape {shape}"
        raise InvalidInput(f"{name}: expected {wanted}, got {describe(value)}")
    return array


def _cloud(points: Array, colors: Array | None) -> Object3D:
    if colors is None:
        return Object3D(points)
    return Object3D(np.concatenate([points, colors], axis=1), color_range=_BYTE)


def _mesh(points: Array, colors: Array | None, faces: Array) -> Object3D:
    """Keep a mesh as a binary PLY file."""
    columns = [(axis, "<f4", points[:, i]) for i, axis in enumerate("xyz")]
    if colors is not None:
        bytes_ = np.clip(colors, *_BYTE)
        columns += [(name, "u1", bytes_[:, i]) for i, name in enumerate(("red", "green", "blue"))]
    corners = np.zeros(len(faces), [("n", "u1"), ("corners", "<i4", (3,))])
    corners["n"], corners["corners"] = 3, faces
    rows = np.zeros(len(points), [(name, kind) for name, kind, _ in columns])
    for name, _, values in columns:
        rows[name] = values
    kinds = {"<f4": "float", "u1": "uchar"}
    header = [
        "ply",
        "format binary_little_endian 1.0",
        f"element vertex {len(points)}",
        *(f"property {kinds[kind]} {name}" for name, kind, _ in columns),
        f"element face {len(faces)}",
        "property list uchar int vertex_indices",
        "end_header\n",
    ]
    file = io.BytesIO("\n".join(header).encode() + rows.tobytes() + corners.tobytes())
    return Object3D(file, file_type="ply")
