"""What is said of one sample: truth beside prediction, as words, masks and boxes.

Masks and box sets are called `ground_truth` and `predictions`. A picture is never changed: what is
drawn over it stays data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...arrays import Array
from ...media.images.masks import Mask
from ..scores import (
    Scale,
    binary_cross_entropy,
    cross_entropy,
    decided_class,
    decided_labels,
    probabilities,
)
from ..tasks.evidence import Reading
from ..tasks.queries import detections
from .agreement import agreement
from .detections import box_set
from .resize import bilinear

Names = Mapping[int, str]


@dataclass
class Overlay:
    """What is said of one sample.

    Attributes:
        truth, prediction: In words; None where a mask or boxes say it.
        score: The probability of the prediction, where it is one.
        scores: Further numbers of this sample, e.g. its own loss.
        masks, boxes: Sets as `Image` takes them.
        left_out: How many boxes could not be drawn.
    """

    truth: str | None = None
    prediction: str | None = None
    score: float | None = None
    scores: dict[str, float] = field(default_factory=dict)
    masks: dict[str, Any] = field(default_factory=dict)
    boxes: dict[str, Any] = field(default_factory=dict)
    left_out: int = 0

    @property
    def caption(self) -> str | None:
        """`truth → prediction (score)`."""
        if self.truth is None:
            return None
        score = "" if self.score is None else f" ({self.score:.2f})"
        return f"{self.truth} → {self.prediction}{score}"


def overlay(
    reading: Reading, truth: Any, prediction: Any, names: Names, size: tuple[int, int]
) -> Overlay:
    """Say what one sample's prediction and truth are.

    Args:
        reading: What they mean.
        truth: One row: an array, or a dictionary for detection.
        prediction: One row, likewise.
        names: Class names by id, as far as they are known.
        size: Height and width of the picture.
    """
    return _BY_TASK[reading.task](reading, truth, prediction, names, size)


def _classification(
    reading: Reading, truth: Array, prediction: Array, names: Names, _: object
) -> Overlay:
    scale = reading.scale or "ids"
    chosen = int(decided_class(prediction, scale))
    true_id = int(np.argmax(truth)) if np.size(truth) > 1 else int(np.asarray(truth).item())
    said = Overlay(_truth_name(true_id, reading, names), _name(chosen, names))
    if scale != "ids":
        likely = probabilities(prediction, scale)
        said.score = float(likely[chosen])
        if 0 <= true_id < len(likely) and true_id != reading.ignore_index:
            said.scores["cross_entropy"] = cross_entropy(prediction, np.asarray(truth), scale)
    return said


def _multi_label(
    reading: Reading, truth: Array, prediction: Array, names: Names, _: object
) -> Overlay:
    scale = reading.scale or "ids"
    likely = probabilities(prediction, scale)
    holding = np.flatnonzero(decided_labels(prediction, scale))
    shown = [
        _name(int(i), names) + ("" if scale == "ids" else f" ({likely[i]:.2f})") for i in holding
    ]
    true_names = [_name(int(i), names) for i in np.flatnonzero(truth)]
    return Overlay(
        _listed(true_names), _listed(shown), scores=_label_loss(prediction, truth, scale)
    )


def _binary(reading: Reading, truth: Array, prediction: Array, names: Names, _: object) -> Overlay:
    scale = reading.scale or "ids"
    value = np.asarray(prediction).reshape(())
    chosen = int(decided_labels(value, scale))
    likely = float(probabilities(value, scale))
    true_id = int(np.asarray(truth).item())
    ignored = true_id < 0 or true_id == reading.ignore_index
    return Overlay(
        _truth_name(true_id, reading, names),
        _name(chosen, names),
        likely if chosen else 1 - likely,
        scores={} if ignored else _label_loss(value, np.reshape(truth, ()), scale),
    )


def _label_loss(prediction: Array, truth: Array, scale: Scale) -> dict[str, float]:
    if scale == "ids":
        return {}
    return {"binary_cross_entropy": binary_cross_entropy(prediction, truth, scale)}


def _segmentation(
    reading: Reading, truth: Array, prediction: Array, names: Names, size: tuple[int, int]
) -> Overlay:
    one_hot = truth.ndim == 3 and len(truth) > 1  # noqa: PLR2004 - C×H×W
    ids = truth.argmax(axis=0) if one_hot else truth
    scale = reading.scale or "ids"
    maps = prediction if scale == "ids" else bilinear(prediction.astype(np.float32), *size)
    return _masks(reading, ids.reshape(size), decided_class(maps, scale).reshape(size), names)


def _binary_segmentation(
    reading: Reading, truth: Array, prediction: Array, names: Names, size: tuple[int, int]
) -> Overlay:
    maps = bilinear(prediction.astype(np.float32).reshape(1, *prediction.shape[-2:]), *size)
    chosen = decided_labels(maps, reading.scale or "ids")
    return _masks(reading, truth.reshape(size), chosen.reshape(size), names)


def _masks(reading: Reading, truth: Array, prediction: Array, names: Names) -> Overlay:
    ignore = () if reading.ignore_index is None else (reading.ignore_index,)
    truth = truth.astype(np.int64)
    counts = (truth >= 0) & ~np.isin(truth, ignore)
    return Overlay(
        masks={
            "ground_truth": Mask.with_ignored(truth, names, ignore=ignore),
            "predictions": Mask.with_ignored(prediction, names),
        },
        scores=agreement(truth[counts], prediction[counts].astype(np.int64)),
    )


def _detection(
    reading: Reading,
    truth: Mapping[str, Any],
    prediction: Mapping[str, Any],
    names: Names,
    size: tuple[int, int],
) -> Overlay:
    height, width = size
    if reading.scale is not None:
        truth, prediction = detections(truth, prediction, reading.scale, size)
    true_set, true_left_out = box_set(truth, names, width, height)
    found_set, found_left_out = box_set(prediction, names, width, height)
    return Overlay(
        boxes={"ground_truth": true_set, "predictions": found_set},
        left_out=true_left_out + found_left_out,
    )


def _image_to_image(_: Reading, truth: Array, prediction: Array, *__: object) -> Overlay:
    error = (prediction.astype(np.float64) - truth) ** 2
    return Overlay(scores={"mse": float(error.mean())})


def _regression(_: Reading, truth: Array, prediction: Array, *__: object) -> Overlay:
    true_values, values = (
        np.ravel(truth).astype(np.float64),
        np.ravel(prediction).astype(np.float64),
    )
    error = float(((values - true_values) ** 2).mean())
    return Overlay(_numbers(true_values), _numbers(values), scores={"squared_error": error})


_BY_TASK: Mapping[str, Callable[..., Overlay]] = {
    "classification": _classification,
    "multi-label": _multi_label,
    "binary": _binary,
    "segmentation": _segmentation,
    "binary segmentation": _binary_segmentation,
    "detection": _detection,
    "image-to-image": _image_to_image,
    "regression": _regression,
}


def _name(class_id: int, names: Names) -> str:
    return names.get(class_id, str(class_id))


def _truth_name(class_id: int, reading: Reading, names: Names) -> str:
    ignored = class_id < 0 or class_id == reading.ignore_index
    return "ignored" if ignored else _name(class_id, names)


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _numbers(values: Array) -> str:
    return ", ".join(f"{value:.4g}" for value in values)
