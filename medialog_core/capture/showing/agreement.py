"""How well predicted pixels agree with true ones."""

from __future__ import annotations

import numpy as np

from ...arrays import Array

_MOST_CLASSES = 65536
"""Ids beyond are no classes that one counts, e.g. of instances."""


def agreement(truth: Array, prediction: Array) -> dict[str, float]:
    """Give the share of right pixels and the mean intersection over union of the classes.

    A class that is neither true nor predicted doesn't count.

    Args:
        truth: Ids of 0 or more, flat; empty gives nothing.
        prediction: Likewise; negative ids are never right.
    """
    if not truth.size:
        return {}
    right = truth == prediction
    found = {"pixel_accuracy": float(right.mean())}
    classes = max(int(truth.max()), int(prediction.max())) + 1
    if classes <= _MOST_CLASSES:
        there, predicted, both = (
            np.bincount(ids, minlength=classes)
            for ids in (truth, prediction[prediction >= 0], truth[right])
        )
        either = there + predicted - both
        found["mean_iou"] = float((both[either > 0] / either[either > 0]).mean())
    return found
