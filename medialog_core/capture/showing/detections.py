"""Detections as box sets: what cannot be drawn is left out and counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...arrays import Array

_CORNERS = 4


def box_set(
    detections: Mapping[str, Any], labels: Mapping[int, str], width: int, height: int
) -> tuple[dict[str, Any], int]:
    """Give torchvision's `boxes` (xyxy, pixels), `labels` and `scores` as a box set of `Image`.

    Args:
        detections: N×4 boxes, N labels and, for predictions, N scores.
        labels: Names by class id.
        width: Of the picture, in pixels.
        height: Of the picture, in pixels.

    Returns:
        The set, and how many boxes were left out: not finite, of negative size, or wholly outside.
    """
    boxes = np.asarray(detections["boxes"], np.float64).reshape(-1, _CORNERS)
    ids = np.asarray(detections["labels"]).ravel()
    scores = (
        np.asarray(detections["scores"], np.float64).ravel() if "scores" in detections else None
    )
    keep = np.flatnonzero(_drawable(boxes, width, height))
    data = [
        _box(boxes[i], int(ids[i]), labels, None if scores is None else float(scores[i]))
        for i in keep
    ]
    named = {i: labels[i] for i in sorted({int(i) for i in ids[keep]}) if i in labels}
    return {"box_data": data, **({"class_labels": named} if named else {})}, len(boxes) - len(keep)


def _drawable(boxes: Array, width: int, height: int) -> Array:
    finite = np.asarray(np.isfinite(boxes).all(axis=1))
    x0, y0, x1, y1 = np.where(finite[:, None], boxes, 0.0).T
    drawable: Array = (
        finite & (x1 >= x0) & (y1 >= y0) & (x1 > 0) & (y1 > 0) & (x0 < width) & (y0 < height)
    )
    return drawable


def _box(
    corners: Array, class_id: int, labels: Mapping[int, str], score: float | None
) -> dict[str, Any]:
    x0, y0, x1, y1 = corners.tolist()
    name = labels.get(class_id, str(class_id))
    return {
        "position": {"minX": x0, "maxX": x1, "minY": y0, "maxY": y1},
        "domain": "pixel",
        "class_id": class_id,
        "box_caption": name if score is None else f"{name} {score:.2f}",
        **({} if score is None else {"scores": {"score": score}}),
    }
