"""Class names for what is shown: given ones always, found ones only where they surely belong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .datasets import DatasetFacts
from .options import Capture

_CLASS_TASKS = ("classification", "multi-label", "segmentation")
_TWO = ("binary", "binary segmentation")


def names_for(task: str, prediction: Any, options: Capture, facts: DatasetFacts) -> dict[int, str]:
    """Give names by class id for a task.

    A data set's names are taken when there are as many as the model has classes; for detection,
    whose ids are the data set's own affair, when they begin with the background.

    Args:
        task: One of `options.TASKS`.
        prediction: One sample's prediction.
        options: Their `class_labels` are taken as they are.
        facts: What the data set says.
    """
    if options.class_labels is not None:
        return options.labels
    return dict(enumerate(facts.classes)) if _belong(task, prediction, facts.classes) else {}


def _belong(task: str, prediction: Any, classes: Sequence[str]) -> bool:
    if task == "detection":
        return bool(classes) and classes[0].strip("_").lower() in ("background", "n/a")
    if task in _TWO:
        return len(classes) == len(_TWO)
    shape: tuple[int, ...] = getattr(prediction, "shape", ())
    return (
        task in _CLASS_TASKS
        and len(shape) > 0
        and prediction.dtype.kind == "f"
        and len(classes) == shape[0]
    )
