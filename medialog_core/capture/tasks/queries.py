"""DETR-like detection: for each query scores of classes and a box, normalised to the picture.

It is read as `post_process_object_detection` of Hugging Face's image processors reads it, but for
the limit that some have on the number of boxes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...arrays import Array
from ..options import Role
from ..scores import Scale, probabilities
from .case import Case

SCORES, BOXES = "logits", "pred_boxes"
THRESHOLD = 0.5

_CORNERS = 4
_TABLE = 2
_MAPS = 3
_SLACK = 1e-3


def joined(parts: Mapping[Role, Any]) -> dict[Role, Any]:
    """Make one part of scores and boxes, which mean something only together.

    Args:
        parts: Parts of an output, each with a row a sample.

    Returns:
        The same, but where both are there one list of dictionaries under the scores' name.
    """
    if not {SCORES, BOXES} <= parts.keys():
        return dict(parts)
    pairs = [
        {SCORES: scores, BOXES: boxes}
        for scores, boxes in zip(parts[SCORES], parts[BOXES], strict=True)
    ]
    others = {place: part for place, part in parts.items() if place not in (SCORES, BOXES)}
    return {SCORES: pairs, **others}


def query_scale(case: Case) -> Scale | None:
    """Tell how the scores of queries become probabilities; None for any other case, and if unsure.

    "softmax" means that the last class stands for no object. That is told by the wrapper, or by one
    output more than there are classes, as the model or the user names them.
    """
    if not (all(map(_is_truth, case.truth)) and all(map(_is_prediction, case.prediction))):
        return None
    outputs = {row[SCORES].shape[-1] for row in case.prediction}
    if len(outputs) > 1 or not _are_framed(case):
        return None
    [count] = outputs
    named = case.facts.task == "detection" or isinstance(case.facts.classes, Mapping)
    by_count: Scale | None = "softmax" if named and case.facts.class_count == count - 1 else None
    scale = case.facts.box_scores or by_count
    ids = np.concatenate([np.ravel(row["class_labels"]) for row in case.truth])
    fits = ((ids >= 0) & (ids < count - (scale == "softmax"))).all()
    return scale if fits else None


def detections(
    truth: Mapping[str, Any], prediction: Mapping[str, Any], scale: Scale, size: tuple[int, int]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Give truth and prediction as torchvision has them: `boxes` (xyxy, pixels), `labels`, `scores`.

    Args:
        truth: `class_labels` and `boxes`; a `size` (height, width) says of what part of the
            picture, from its upper left corner, the boxes are shares.
        prediction: A query's scores and box in each row.
        scale: As `query_scale` tells it.
        size: Height and width of the picture.
    """
    frame = _frame(truth, size)
    labels = np.ravel(truth["class_labels"]).astype(np.int64)
    queries, classes, scores = _above(prediction[SCORES], scale)
    return (
        {"boxes": _corners(truth["boxes"], frame), "labels": labels},
        {
            "boxes": _corners(prediction[BOXES], frame)[queries],
            "labels": classes,
            "scores": scores,
        },
    )


def decided(row: Mapping[str, Any]) -> Array:
    """Give of each query its box and its highest class, to compare two predictions."""
    return np.column_stack([row[BOXES], row[SCORES].argmax(axis=-1)])


def _above(scores: Array, scale: Scale) -> tuple[Array, Array, Array]:
    """Give query, class and probability of what is likely enough."""
    likely = probabilities(scores.T, scale).T
    if scale == "softmax":
        likely = likely[:, :-1]
        best = likely.argmax(axis=1)
        likely = np.where(np.arange(likely.shape[1]) == best[:, None], likely, 0.0)
    queries, classes = np.nonzero(likely > THRESHOLD)
    return queries, classes, likely[queries, classes]


def _corners(boxes: Any, frame: tuple[int, int]) -> Array:
    x, y, width, height = np.asarray(boxes, np.float64).reshape(-1, _CORNERS).T
    corners = np.stack([x - width / 2, y - height / 2, x + width / 2, y + height / 2], axis=1)
    return np.asarray(corners * (frame[1], frame[0], frame[1], frame[0]))


def _frame(truth: Mapping[str, Any], size: tuple[int, int]) -> tuple[int, int]:
    height, width = np.ravel(truth["size"]).tolist() if "size" in truth else size
    return int(height), int(width)


def _are_framed(case: Case) -> bool:
    """Say whether it is known what part of each picture the boxes are shares of."""
    sizes = [np.shape(picture)[1:] for picture in case.inputs if np.ndim(picture) == _MAPS]
    if len(sizes) < len(case.inputs):
        return False
    if any("size" not in truth for truth in case.truth) and case.padded:
        return False
    frames = [_frame(t, (s[0], s[1])) for t, s in zip(case.truth, sizes, strict=True)]
    return all(0 < f[0] <= s[0] and 0 < f[1] <= s[1] for f, s in zip(frames, sizes, strict=True))


def _is_truth(row: Any) -> bool:
    if not isinstance(row, Mapping) or not {"class_labels", "boxes"} <= row.keys():
        return False
    boxes, labels = np.asarray(row["boxes"]), np.asarray(row["class_labels"])
    counted = boxes.size == labels.size * _CORNERS and labels.dtype.kind in "iu"
    return counted and _are_shares(boxes) and np.size(row.get("size", (0, 0))) == _TABLE


def _is_prediction(row: Any) -> bool:
    if not isinstance(row, Mapping) or not {SCORES, BOXES} <= row.keys():
        return False
    scores, boxes = np.asarray(row[SCORES]), np.asarray(row[BOXES])
    tables = scores.ndim == boxes.ndim == _TABLE and len(scores) == len(boxes)
    return tables and boxes.shape[1] == _CORNERS and scores.dtype.kind == "f" and _are_shares(boxes)


def _are_shares(boxes: Array) -> bool:
    """Say whether no number is outside [0, 1]; those that aren't finite are left out when drawn."""
    return not bool(((boxes < -_SLACK) | (boxes > 1 + _SLACK)).any())
