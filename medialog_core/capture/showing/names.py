"""Class names for what is shown: given ones always, found ones only where they surely belong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..datasets import DatasetFacts
from ..options import Capture
from ..tasks.evidence import Reading
from ..tasks.queries import SCORES
from ..tasks.tokens import TAGS

_CLASS_TASKS = ("classification", "multi-label", "segmentation")
_TWO = ("binary", "binary segmentation")


def names_for(
    reading: Reading, prediction: Any, options: Capture, facts: DatasetFacts
) -> dict[int, str]:
    """Give names by class id for what was read.

    A data set's names are taken when there are as many as the model has classes; for boxes with
    ids of the data set's own, when they begin with the background. A model's names are taken when
    it has no fewer outputs.

    Args:
        reading: What the predictions mean.
        prediction: One sample's prediction.
        options: Their `class_labels` are taken as they are.
        facts: What the data set and the model say.
    """
    if options.class_labels is not None:
        return options.labels
    return facts.names if facts.names and _belong(reading, prediction, facts) else {}


def _belong(reading: Reading, prediction: Any, facts: DatasetFacts) -> bool:
    names = facts.names
    if reading.task in _TWO:
        return sorted(names) == [0, 1]
    outputs = _outputs(reading, prediction)
    if isinstance(facts.classes, Mapping):
        return outputs is None or max(names) < outputs
    if reading.task == "detection" and outputs is None:
        return names[0].strip("_").lower() in ("background", "n/a")
    return outputs == len(names)


def _outputs(reading: Reading, prediction: Any) -> int | None:
    """Give how many classes the predictions can be of, where they show it."""
    if reading.task == TAGS:
        return int(prediction.shape[reading.axis])
    if reading.task == "detection":
        if reading.scale is None:
            return None
        return int(prediction[SCORES].shape[-1]) - (reading.scale == "softmax")
    scored = reading.task in _CLASS_TASKS and prediction.dtype.kind == "f"
    return np.shape(prediction)[0] if scored and np.ndim(prediction) else None
