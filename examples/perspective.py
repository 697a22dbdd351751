"""Points and meshes as a camera sees them, for `media_sheet`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medialog_core import Object3D
from medialog_core.drawing import palette
from medialog_core.geometry import files

Array = NDArray[Any]

_EDGES = [(a, a | bit) for a in range(8) for bit in (1, 2, 4) if not a & bit]
_DOTS = 400
_LIGHT = np.array((0.3, 0.5, 0.8))


def scene(value: Object3D, size: tuple[int, int]) -> Array:
    """Give a picture of a cloud or of a mesh, H×W×3, seen from a little above and aside."""
    if value.file is not None:
        return _seen(*_surface(value), size, dot=3)
    points, colors = value.to_numpy()[:, :3], value.colors
    if colors is None:
        colors = np.array(palette.COLOURS, np.uint8)[value.categories]
    lines, their_colors = _edges(value)
    whole = np.concatenate((points, lines)), np.concatenate((colors, their_colors))
    return _seen(*whole, size, dot=2 if len(points) > 10_000 else 4)


def _edges(value: Object3D) -> tuple[Array, Array]:
    along = np.linspace(0, 1, _DOTS)[:, None]
    corners = [np.array(box.corners) for box in value.boxes]
    lines = [c[a] * (1 - along) + c[b] * along for c in corners for a, b in _EDGES]
    colors = [box.color or (255, 140, 0) for box in value.boxes for _ in _EDGES]
    places = np.concatenate([np.zeros((0, 3)), *lines])
    return places, np.repeat(np.array(colors, np.uint8).reshape(-1, 3), _DOTS, axis=0)


def _surface(value: Object3D) -> tuple[Array, Array]:
    """Give a mesh as points all over its triangles, lit from one side."""
    model = files.read(value.file_type, value.file or b"")
    if model is None or model.faces is None or model.colors is None:
        raise TypeError("expected a mesh with colours")
    corners = model.vertices[model.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    light = 0.45 + 0.55 * np.abs(normals @ _LIGHT / np.linalg.norm(_LIGHT))
    colors = (model.colors[model.faces].mean(axis=1) * light[:, None]).astype(np.uint8)
    shares = np.array([(1 / 3, 1 / 3, 1 / 3), (0.8, 0.1, 0.1), (0.1, 0.8, 0.1), (0.1, 0.1, 0.8)])
    points = np.einsum("sc,fcx->fsx", shares, corners).reshape(-1, 3)
    return points, np.repeat(colors, len(shares), axis=0)


def _seen(points: Array, colors: Array, size: tuple[int, int], dot: int) -> Array:
    width, height = size
    turn, tilt = np.radians((-9, 13))
    about_y = [[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]]
    about_x = [[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]]
    lo, hi = np.percentile(points, (0.5, 99.5), axis=0)
    turned = (points - (lo + hi) / 2) @ np.array(about_y).T @ np.array(about_x).T
    far = np.abs(hi - lo).max() * 2.2
    flat = turned[:, :2] * (far / (far - turned[:, 2:]))
    first, last = np.percentile(flat, (0.5, 99.5), axis=0)
    scale = 0.92 * min(width / (last[0] - first[0]), height / (last[1] - first[1]))
    x, y = (((flat - (first + last) / 2) * scale) * (1, -1)).T + np.array(
        [[width / 2], [height / 2]]
    )
    nearest = np.full((height, width), -1)
    order = np.argsort(turned[:, 2], kind="stable")
    for down in range(dot):
        for right in range(dot):
            rows, columns = (y[order] + down).astype(int), (x[order] + right).astype(int)
            inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
            np.maximum.at(nearest, (rows[inside], columns[inside]), np.flatnonzero(inside))
    picture = np.full((height, width, 3), 255, np.uint8)
    picture[nearest >= 0] = colors[order][nearest[nearest >= 0]]
    return picture
