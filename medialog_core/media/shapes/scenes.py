"""Points with boxes and vectors: the dictionary they come in, and where their shapes are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ...errors import InvalidInput
from ...payload import Blob, Payload
from ...schema import Object3DMeta, ShapesFile
from .boxes3d import checked_boxes, checked_vectors

LIDAR = "lidar/beta"
"""The `type` of such a dictionary, which may be left out."""
INLINE = 200
"""So many boxes and vectors stand in the row itself; more are a file of their own."""
ROLE = "shapes"
CONTENT_TYPE = "application/vnd.medialog.shapes+json"
_KEYS = ("type", "points", "boxes", "vectors")


def parse(scene: Mapping[str, Any], field: str) -> tuple[Any, ShapesFile]:
    """Give the points as they came, and the boxes and vectors as checked.

    Args:
        scene: `{"type": "lidar/beta", "points": ..., "boxes": [...], "vectors": [...]}`; all but
            the points may be left out.
        field: What to call it in an error.

    Raises:
        WrongType: A box or vector is of the wrong type.
        InvalidInput: Another type or key, no points, or a wrong box or vector.
    """
    if not scene.keys() <= set(_KEYS) or "points" not in scene:
        raise InvalidInput(
            f"{field}: expected the keys {', '.join(map(repr, _KEYS))}, of which 'points' is needed "
            f"(it may be empty), got {sorted(map(str, scene))}"
        )
    if scene.get("type", LIDAR) != LIDAR:
        raise InvalidInput(f"{field}['type']: expected {LIDAR!r}, got {scene['type']!r}")
    boxes = checked_boxes(scene.get("boxes"), f"{field}: boxes")
    return scene["points"], ShapesFile(
        boxes, checked_vectors(scene.get("vectors"), f"{field}: vectors")
    )


def encode(shapes: ShapesFile, meta: Object3DMeta) -> tuple[Object3DMeta, list[Blob]]:
    """Put the shapes into `meta` or, where they are many, into a file."""
    counts = {"nboxes": len(shapes.boxes), "nvectors": len(shapes.vectors)}
    if sum(counts.values()) <= INLINE:
        inline = {"boxes": shapes.boxes, "vectors": shapes.vectors}
        return msgspec.structs.replace(meta, **counts, **inline), []
    data = msgspec.json.encode(shapes)
    return msgspec.structs.replace(meta, **counts), [Blob.of(data, CONTENT_TYPE, "json", ROLE)]


def decode(payload: Payload, meta: Object3DMeta) -> ShapesFile:
    """Undo `encode`."""
    file = payload.files.get(ROLE)
    if file is None:
        return ShapesFile(meta.boxes, meta.vectors)
    return msgspec.json.decode(file.data, type=ShapesFile)
