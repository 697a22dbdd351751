"""Which task a prediction and a truth are, told by shapes, dtypes, values and the loss.

Each task has one test. A case that fits no test, or more than one, is not recognised: a missing
overlay is better than a wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..scores import CLASS_LOSSES, DISTANCE_LOSSES, LABEL_LOSSES, Scale, class_scale, label_scale
from .case import Case, Shape
from .queries import query_scale
from .tokens import TESTS as TOKEN_TESTS
from .tokens import token_scale

_COLOURS = (1, 3, 4)
_MAP = 2
_MAPS = 3


def fitting(case: Case) -> list[str]:
    """Give the tasks whose test the case passes."""
    return [task for task, test in TESTS.items() if test(case)]


def scale_of(task: str, case: Case) -> Scale | None:
    """Tell how the predictions of a task become probabilities; None where they don't, or unsure."""
    if task in ("classification", "segmentation"):
        return class_scale(case.prediction, case.loss)
    if task in TOKEN_TESTS:
        return token_scale(case)
    if task == "detection":
        return query_scale(case)
    if task == "image-to-image":  # an autoencoder's loss may take its picture before the sigmoid
        return "sigmoid" if LABEL_LOSSES.get(case.loss or "") == "sigmoid" else None
    return label_scale(case.prediction, case.loss) if task in LABEL_TASKS else None


LABEL_TASKS = ("multi-label", "binary", "binary segmentation")


def _classification(case: Case) -> bool:
    if case.shape is None or not case.loss_among(CLASS_LOSSES):
        return False
    if not case.float_prediction:
        return case.shape == () == case.truth_shape and case.id_truth and case.loss is None
    if len(case.shape) != 1 or case.shape[0] < 2:  # noqa: PLR2004 - one score is no choice
        return False
    if case.truth_shape == case.shape:
        return case.loss in CLASS_LOSSES and case.one_hot_truth
    return case.truth_shape in ((), (1,)) and case.id_truth and case.below(case.shape[0])


def _multi_label(case: Case) -> bool:
    if (
        case.shape is None
        or len(case.shape) != 1
        or case.shape[0] < 2  # noqa: PLR2004 - one score is no choice
        or case.shape != case.truth_shape
    ):
        return False
    told = case.loss in LABEL_LOSSES or (case.loss is None and not case.one_hot_truth)
    return told and case.binary_truth


def _binary(case: Case) -> bool:
    if (
        case.shape not in ((), (1,))
        or case.truth_shape not in ((), (1,))
        or not case.float_prediction
    ):
        return False
    told = case.loss in LABEL_LOSSES or (case.loss is None and case.id_truth)
    return told and case.binary_truth


def _segmentation(case: Case) -> bool:
    if case.shape is None or case.truth_shape is None or not case.loss_among(CLASS_LOSSES):
        return False
    if not case.float_prediction:
        return case.loss is None and _is_map(case.shape) and _on_input(case) and case.id_truth
    if len(case.shape) != _MAPS or case.shape[0] < 2 or not _on_input(case):  # noqa: PLR2004
        return False
    if case.truth_shape == case.shape:
        told = case.loss in CLASS_LOSSES or not case.id_truth
        return told and case.binary_truth and case.one_hot_truth and not case.truth_is_input
    return _is_map(case.truth_shape) and case.id_truth and case.below(case.shape[0])


def _binary_segmentation(case: Case) -> bool:
    if case.shape is None or case.truth_shape is None or not case.loss_among(LABEL_LOSSES):
        return False
    maps = _is_map(case.shape) and _is_map(case.truth_shape) and _on_input(case)
    return maps and case.float_prediction and case.binary_truth and not case.truth_is_input


def _image_to_image(case: Case) -> bool:
    shape = case.shape
    if shape is None or shape != case.truth_shape:
        return False
    if not (len(shape) == _MAP or (len(shape) == _MAPS and shape[0] in _COLOURS)):
        return False
    if case.id_truth or not case.float_prediction or not case.enlargement:
        return False
    if case.loss in DISTANCE_LOSSES or case.truth_is_input:
        return True
    real = not case.binary_truth and not case.one_hot_truth
    return real and case.loss_among(LABEL_LOSSES)


def _detection(case: Case) -> bool:
    boxes = all(_has_boxes(row) for row in (*case.truth, *case.prediction))
    return boxes or query_scale(case) is not None


def _regression(case: Case) -> bool:
    shape, truth = case.shape, case.truth_shape
    if (
        shape is None
        or truth is None
        or not case.loss_among(DISTANCE_LOSSES)
        or not case.float_prediction
    ):
        return False
    if len(shape) > 1 or np.prod(shape) != np.prod(truth) or len(truth) > 1:
        return False
    return case.loss is not None or not (case.binary_truth or case.id_truth)


TESTS: Mapping[str, Callable[[Case], bool]] = {
    "classification": _classification,
    "multi-label": _multi_label,
    "binary": _binary,
    "segmentation": _segmentation,
    "binary segmentation": _binary_segmentation,
    "detection": _detection,
    "image-to-image": _image_to_image,
    "regression": _regression,
    **TOKEN_TESTS,
}


def _is_map(shape: Shape) -> bool:
    return len(shape) == _MAP or (len(shape) == _MAPS and shape[0] == 1)


def _on_input(case: Case) -> bool:
    return case.truth_shape is not None and case.truth_shape[-2:] == case.input_size


def _has_boxes(row: Any) -> bool:
    return isinstance(row, Mapping) and np.ndim(row.get("boxes", 0)) == _MAP and "labels" in row
