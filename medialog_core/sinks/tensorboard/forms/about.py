"""What is known of a 3-D object beside what is drawn, as Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ....payload import Payload
from ....schema import Box3D, Object3DMeta, Point, ShapesFile
from ..shown import Mesh
from . import markdown, tables

_DIGITS_OF_A_PLACE = 8
"""Coordinates on the earth are in metres, up to ten millions of them."""


def about(payload: Payload, meta: Object3DMeta, shapes: ShapesFile, drawn: Mesh | None) -> str:
    """Give the caption, what there is and what is not drawn, and a table of the boxes."""
    parts = [f"**{markdown.plain(payload.caption)}**"] if payload.caption else []
    parts.append(" ".join(_sentences(meta, drawn)))
    if meta.class_labels:
        rows = list(meta.class_labels.items())
        parts.append(markdown.table(["category", "name"], rows))
    if shapes.boxes:
        rows_of_boxes = [_box(box) for box in shapes.boxes[: tables.MAX_ROWS]]
        parts.append(markdown.table(["label", "score", "x", "y", "z"], rows_of_boxes))
    left = len(shapes.boxes) - tables.MAX_ROWS
    if left > 0:
        parts.append(f"**{left:,} more boxes are drawn, but not listed here.**")
    return "\n\n".join(parts)


def _sentences(meta: Object3DMeta, drawn: Mesh | None) -> Iterator[str]:
    mesh = bool(meta.faces)
    if meta.file_type != "points":
        yield f"A file of type {meta.file_type}."
    if meta.points is not None:
        yield f"{_counted(meta.points, 'vertex' if mesh else 'point')}."
    if meta.faces:
        yield f"{_counted(meta.faces, 'triangle')}."
    if meta.dropped:
        were, are = ("was", "is") if meta.dropped == 1 else ("were", "are")
        yield f"{_counted(meta.dropped, 'more point')} {were} not finite and {are} left out."
    if meta.nboxes or meta.nvectors:
        yield f"{_drawn(meta)}, drawn as rows of points."
    if meta.bounds is not None:
        yield _bounds(*meta.bounds)
    if meta.references:
        yield f"It names files that are not kept: {markdown.plain(', '.join(meta.references))}."
    if drawn is None:
        yield "There is nothing that TensorBoard can draw; the store has it."
    elif meta.faces != len(drawn.faces) and meta.file_type != "points":
        yield "Its faces are not drawn, but its vertices as points."


def _drawn(meta: Object3DMeta) -> str:
    counts = ((meta.nboxes, "box"), (meta.nvectors, "vector"))
    return " and ".join(_counted(count, name) for count, name in counts if count)


def _counted(count: int, name: str) -> str:
    """Give `1 box`, `2 boxes`."""
    several = {"vertex": "vertices", "box": "boxes"}.get(name, f"{name}s")
    return f"{count:,} {name if count == 1 else several}"


def _bounds(lo: Point, hi: Point) -> str:
    digits, spans = _digits(lo, hi), zip("xyz", lo, hi, strict=True)
    told = (f"{name} {low:.{digits}g} to {high:.{digits}g}" for name, low, high in spans)
    return ", ".join(told) + "."


def _digits(lo: Point, hi: Point) -> int:
    """Give as many digits as show six of the extent, wherever it lies."""
    extent = max(high - low for low, high in zip(lo, hi, strict=True))
    if not extent:
        return _DIGITS_OF_A_PLACE
    farther = max(map(abs, lo + hi)) / extent
    return 6 + int(min(math.log10(farther + 1), 9))


def _box(box: Box3D) -> list[str]:
    middle = [sum(axis) / len(axis) for axis in zip(*box.corners, strict=True)]
    score = "" if box.score is None else f"{float(box.score):.4g}"
    return [box.label or "", score, *(f"{value:.{_DIGITS_OF_A_PLACE}g}" for value in middle)]
