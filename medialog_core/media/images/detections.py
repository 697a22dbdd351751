"""What detectors give, to box sets and one mask of instances each: torchvision's form and COCO's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...arrays import describe, to_numpy
from ...checks import whole
from ...errors import InvalidInput, WrongType
from ..classes import checked_labels, label_of

Array = NDArray[Any]
_ToCorners = Callable[[Array], Array]
_THRESHOLD = 0.5
"""torchvision's masks are probabilities; a pixel above it belongs to the instance."""


class Overlays(NamedTuple):
    """The `boxes` and `masks` arguments of an image; None where there are none."""

    boxes: dict[str, Any] | None
    masks: dict[str, Any] | None


def overlays(
    sets: Mapping[str, Any], class_labels: Mapping[int, str] | None, box_format: str
) -> Overlays:
    """Convert sets of detections.

    Args:
        sets: Names of sets to torchvision's dictionary, COCO's list of annotations or None.
        class_labels: Class ids to names.
        box_format: "xyxy", "xywh" or "cxcywh", of the dictionaries' `boxes` where they do not know
            their own, as torchvision's `BoundingBoxes` do.

    Raises:
        WrongType: A set is neither dictionary nor list of dictionaries.
        InvalidInput: An unknown box format, or lengths that differ.
    """
    to_corners, labels = _reader(box_format), checked_labels(class_labels, "class_labels")
    found = {
        name: _read(value, to_corners, name) for name, value in sets.items() if value is not None
    }
    boxes = {name: _box_set(one, labels) for name, one in found.items()}
    masks = {name: _mask_set(one, labels) for name, one in found.items() if one.masks is not None}
    return Overlays(boxes or None, masks or None)


class _Found(NamedTuple):
    """N×4 corners in pixels, N class ids, N scores, N×H×W masks; None where there are none."""

    corners: Array
    class_ids: list[int] | None
    scores: list[float] | None
    masks: Array | None


def _read(value: Any, to_corners: _ToCorners, name: str) -> _Found:
    if isinstance(value, Mapping):
        return _from_dictionary(value, to_corners, name)
    if isinstance(value, Sequence) and all(isinstance(one, Mapping) for one in value):
        return _from_annotations(value, name)
    raise WrongType(
        f"{name}: expected {{'boxes', 'labels', 'scores'}} or a list of {{'bbox', 'category_id'}}, got {describe(value)}"
    )


def _from_dictionary(value: Mapping[str, Any], to_corners: _ToCorners, name: str) -> _Found:
    if "boxes" not in value:
        raise InvalidInput(f"{name}: 'boxes' is needed, got the keys {sorted(map(str, value))}")
    own = getattr(getattr(value["boxes"], "format", None), "name", None)
    if own is not None:  # torchvision's BoundingBoxes
        to_corners = _reader(str(own).lower())
    boxes = _rows(value["boxes"], f"{name}['boxes']")
    labels = _column(value, "labels", len(boxes), name)
    scores = _column(value, "scores", len(boxes), name)
    masks = _column(value, "masks", len(boxes), name)
    return _Found(
        to_corners(boxes),
        None if labels is None else _whole_numbers(labels, f"{name}['labels']"),
        None if scores is None else scores.tolist(),
        masks[:, 0] if masks is not None and masks.ndim == 4 else masks,  # noqa: PLR2004
    )


def _from_annotations(value: Sequence[Mapping[str, Any]], name: str) -> _Found:
    for place, one in enumerate(value):
        if "bbox" not in one:
            raise InvalidInput(
                f"{name}[{place}]: 'bbox' is needed, got the keys {sorted(map(str, one))}"
            )
    boxes = _rows([one["bbox"] for one in value], f"{name}: their 'bbox'")
    ids = [one["category_id"] for one in value if "category_id" in one]
    scores = [one["score"] for one in value if "score" in one]
    return _Found(_corners(boxes), _all(ids, value, name), _all(scores, value, name), None)


def _rows(boxes: Any, field: str) -> Array:
    array = to_numpy(boxes, field)
    if not array.size:
        return array.reshape(0, 4)
    if array.ndim != 2 or array.shape[1] != 4:  # noqa: PLR2004
        raise InvalidInput(f"{field}: expected N×4 numbers, got shape {array.shape}")
    return array


def _all(column: list[Any], rows: Sequence[Any], name: str) -> list[Any] | None:
    if column and len(column) != len(rows):
        raise InvalidInput(
            f"{name}: some annotations lack 'category_id' or 'score' that others have"
        )
    return column or None


def _column(value: Mapping[str, Any], key: str, length: int, name: str) -> Array | None:
    if value.get(key) is None:
        return None
    column = to_numpy(value[key], f"{name}[{key!r}]")
    if column.shape[:1] != (length,):
        raise InvalidInput(
            f"{name}[{key!r}]: expected one for each of {length} boxes, got shape {column.shape}"
        )
    return column


def _whole_numbers(column: Array, field: str) -> list[int]:
    return [whole(number, f"{field}[{place}]") for place, number in enumerate(column.tolist())]


def _same(xyxy: Array) -> Array:
    return xyxy


def _corners(xywh: Array) -> Array:
    return np.concatenate((xywh[:, :2], xywh[:, :2] + xywh[:, 2:]), axis=1)


def _around(cxcywh: Array) -> Array:
    half = cxcywh[:, 2:] / 2
    return np.concatenate((cxcywh[:, :2] - half, cxcywh[:, :2] + half), axis=1)


_READERS: dict[str, _ToCorners] = {"xyxy": _same, "xywh": _corners, "cxcywh": _around}


def _reader(box_format: str) -> _ToCorners:
    if box_format not in _READERS:
        raise InvalidInput(f"box_format: expected one of {[*_READERS]}, got {box_format!r}")
    return _READERS[box_format]


def _box_set(found: _Found, labels: dict[str, str]) -> dict[str, Any]:
    data = []
    for place, (x0, y0, x1, y1) in enumerate(found.corners.astype(float).tolist()):
        box: dict[str, Any] = {
            "position": {"minX": x0, "maxX": x1, "minY": y0, "maxY": y1},
            "domain": "pixel",
        }
        if found.class_ids is not None:
            box["class_id"] = found.class_ids[place]
        if found.scores is not None:
            box["scores"] = {"score": found.scores[place]}
        data.append(box)
    return {"box_data": data, "class_labels": labels}


def _mask_set(found: _Found, labels: dict[str, str]) -> dict[str, Any]:
    """Make one mask of ids: 0 is background, i + 1 the i-th instance; an earlier one lies on top."""
    masks = found.masks
    if masks is None or not len(masks):
        return {}
    ids = np.zeros(masks.shape[1:], np.uint16)
    for place in range(len(masks) - 1, -1, -1):
        mask = masks[place]
        ids[
            mask if mask.dtype == np.bool_ else mask > (_THRESHOLD if mask.dtype.kind == "f" else 0)
        ] = place + 1
    return {"mask_data": ids, "class_labels": {0: "background", **_instance_names(found, labels)}}


def _instance_names(found: _Found, labels: dict[str, str]) -> dict[int, str]:
    count = len(found.corners)
    if found.class_ids is None:
        return {place + 1: f"instance {place + 1}" for place in range(count)}
    return {
        place + 1: f"{label_of(labels, id_)} {place + 1}"
        for place, id_ in enumerate(found.class_ids)
    }
