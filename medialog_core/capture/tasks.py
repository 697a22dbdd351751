"""Which task a prediction and a truth are, told by shapes, dtypes, values and the loss.

Each task has one test. A case that fits no test, or more than one, is not recognised: a missing
overlay is better than a wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Array
from ..lazy import cached_property
from .scores import CLASS_LOSSES, DISTANCE_LOSSES, LABEL_LOSSES, Scale, class_scale, label_scale

Shape = tuple[int, ...]
_COLOURS = (1, 3, 4)
_MAP = 2
_MAPS = 3


@dataclass(frozen=True, eq=False)
class Case:
    """A prediction and what may be its truth, one row a sample.

    Attributes:
        inputs, truth, prediction: Arrays, or dictionaries of arrays for detection.
        loss: The loss function that took them, where it is known.
        ignore_index: The class id that doesn't count; negative ids never do.
    """

    inputs: Sequence[Any]
    truth: Sequence[Any]
    prediction: Sequence[Any]
    loss: str | None = None
    ignore_index: int | None = None

    @cached_property
    def shape(self) -> Shape | None:
        """The shape of each prediction; None where they differ or are no arrays."""
        return _common_shape(self.prediction)

    @cached_property
    def truth_shape(self) -> Shape | None:
        """The shape of each truth; None where they differ or are no arrays."""
        return _common_shape(self.truth)

    @cached_property
    def float_prediction(self) -> bool:
        """Whether the predictions are floats, not ids."""
        return all(row.dtype.kind == "f" for row in self.prediction)

    @cached_property
    def id_truth(self) -> bool:
        """Whether the truth has an integer dtype (or is boolean)."""
        return all(np.asarray(row).dtype.kind in "biu" for row in self.truth)

    @cached_property
    def ids(self) -> Array:
        """The truth's values that count, flat."""
        values = np.concatenate([np.asarray(row).ravel() for row in self.truth])
        keep = (
            values >= 0
            if self.ignore_index is None
            else (values >= 0) & (values != self.ignore_index)
        )
        return values[keep] if self.id_truth else values

    @cached_property
    def binary_truth(self) -> bool:
        """Whether the truth's values are 0 and 1 only."""
        return bool(np.isin(self.ids, (0, 1)).all())

    @cached_property
    def one_hot_truth(self) -> bool:
        """Whether the truth sums to 1 over axis 0 everywhere."""
        return all(
            (np.asarray(t) >= 0).all() and np.allclose(np.asarray(t).sum(axis=0), 1)
            for t in self.truth
        )

    @cached_property
    def truth_is_input(self) -> bool:
        """Whether the truth is the input itself, as for an autoencoder."""
        return all(np.array_equal(t, x) for t, x in zip(self.truth, self.inputs, strict=True))

    @cached_property
    def input_size(self) -> Shape | None:
        """Height and width of pictures as inputs."""
        shape = _common_shape(self.inputs)
        return shape[1:] if shape is not None and len(shape) == _MAPS else None

    def below(self, classes: int) -> bool:
        """Say whether every id that counts is one of so many classes."""
        return bool((self.ids < classes).all())

    def loss_among(self, losses: Any) -> bool:
        """Say whether the loss is one of these or unknown."""
        return self.loss is None or self.loss in losses


def fitting(case: Case) -> list[str]:
    """Give the tasks whose test the case passes."""
    return [task for task, test in TESTS.items() if test(case)]


def scale_of(task: str, case: Case) -> Scale | None:
    """Tell how the predictions of a task become probabilities; None where they don't, or unsure."""
    if task in ("classification", "segmentation"):
        return class_scale(case.prediction, case.loss)
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
        return case.loss in CLASS_LOSSES and not case.id_truth and case.one_hot_truth
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
        return (
            not case.id_truth
            and case.binary_truth
            and case.one_hot_truth
            and not case.truth_is_input
        )
    return _is_map(case.truth_shape) and case.id_truth and case.below(case.shape[0])


def _binary_segmentation(case: Case) -> bool:
    if case.shape is None or case.truth_shape is None or not case.loss_among(LABEL_LOSSES):
        return False
    maps = _is_map(case.shape) and _is_map(case.truth_shape) and _on_input(case)
    return maps and case.float_prediction and case.binary_truth and not case.truth_is_input


def _image_to_image(case: Case) -> bool:
    shape = case.shape
    if (
        shape is None
        or len(shape) != _MAPS
        or shape[0] not in _COLOURS
        or shape != case.truth_shape
    ):
        return False
    if case.id_truth or not case.float_prediction or shape[1:] != case.input_size:
        return False
    real = not case.binary_truth and not case.one_hot_truth
    return case.loss in DISTANCE_LOSSES or case.truth_is_input or (case.loss is None and real)


def _detection(case: Case) -> bool:
    return all(_has_boxes(row) for row in (*case.truth, *case.prediction))


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
}


def _common_shape(rows: Sequence[Any]) -> Shape | None:
    shapes = {
        np.shape(row) if isinstance(row, np.ndarray | np.generic | int | float) else None
        for row in rows
    }
    return shapes.pop() if len(shapes) == 1 else None


def _is_map(shape: Shape) -> bool:
    return len(shape) == _MAP or (len(shape) == _MAPS and shape[0] == 1)


def _on_input(case: Case) -> bool:
    return case.truth_shape is not None and case.truth_shape[-2:] == case.input_size


def _has_boxes(row: Any) -> bool:
    return isinstance(row, Mapping) and np.ndim(row.get("boxes", 0)) == _MAP and "labels" in row
