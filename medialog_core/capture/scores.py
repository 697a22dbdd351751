"""From what a model puts out to decisions and probabilities.

Whether numbers are logits, probabilities or log-probabilities is told by the loss that took them,
else by the numbers themselves, else not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from ..arrays import Array

Scale = Literal["ids", "softmax", "log", "sigmoid", "probabilities"]

CLASS_LOSSES: dict[str, Scale] = {
    "cross_entropy": "softmax",
    "nll_loss": "log",
    "categorical_crossentropy": "probabilities",
}
"""torch's names, and Keras's for a loss that takes probabilities."""
LABEL_LOSSES: dict[str, Scale] = {
    "binary_cross_entropy_with_logits": "sigmoid",
    "binary_cross_entropy": "probabilities",
}
DISTANCE_LOSSES = frozenset({"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"})

_TOLERANCE = 1e-2
_ENOUGH = 32
"""So many numbers within [0, 1], and none outside, are probabilities and no logits."""


def class_scale(rows: Sequence[Array], loss: str | None) -> Scale:
    """Tell how scores of classes that exclude each other (axis 0) become probabilities."""
    if _are_ids(rows):
        return "ids"
    if loss in CLASS_LOSSES:
        return CLASS_LOSSES[loss]
    if all((row >= 0).all() and _sums_to_one(row) for row in rows):
        return "probabilities"
    if all((row <= _TOLERANCE).all() and _sums_to_one(np.exp(row)) for row in rows):
        return "log"
    return "softmax"


def label_scale(rows: Sequence[Array], loss: str | None) -> Scale | None:
    """Tell how scores of labels that stand for themselves become probabilities; None is unsure."""
    if _are_ids(rows):
        return "ids"
    if loss in LABEL_LOSSES:
        return LABEL_LOSSES[loss]
    if any((row < 0).any() or (row > 1).any() for row in rows):
        return "sigmoid"
    return "probabilities" if sum(row.size for row in rows) >= _ENOUGH else None


def probabilities(row: Array, scale: Scale) -> Array:
    """Give one sample's scores as probabilities, float64."""
    return _TO_PROBABILITIES[scale](row.astype(np.float64))


def decided_class(row: Array, scale: Scale) -> Array:
    """Give the class of one sample, or of each of its pixels: the highest score, ids as they are."""
    return row if scale == "ids" else np.asarray(row.argmax(axis=0))


def decided_labels(row: Array, scale: Scale) -> Array:
    """Give which labels hold: a probability of one half or more, 0/1 as they are."""
    if scale == "sigmoid":
        return row >= 0
    return row.astype(bool) if scale == "ids" else row >= 0.5  # noqa: PLR2004 - one half


def cross_entropy(row: Array, truth: Array, scale: Scale) -> float:
    """Give the loss of one sample.

    Args:
        row: Scores of C classes.
        truth: The class id, or C shares of the classes.
        scale: How the scores become probabilities.
    """
    logs = _logs(probabilities(row, scale))
    if truth.size == row.size:
        return float(-(truth.ravel() * logs).sum())
    return float(-logs[int(truth.item())])


def best_and_true(rows: Array, ids: Array, scale: Scale) -> tuple[Array, Array]:
    """Give for each of T places the highest probability, and the logarithm of that of the true class.

    Args:
        rows: T×C scores; C may be a vocabulary, so softmax is kept in 32 bits.
        ids: T class ids.
        scale: How the scores become probabilities.
    """
    places = np.arange(len(ids))
    if scale == "softmax":
        below = rows.astype(np.float32)
        below -= below.max(axis=1, keepdims=True)
        true = below[places, ids]
        total = np.exp(below, out=below).sum(axis=1, dtype=np.float64)
        return 1 / total, true - np.log(total)
    likely = probabilities(rows, scale)
    return likely.max(axis=1), _logs(likely[places, ids])


def binary_cross_entropy(row: Array, truth: Array, scale: Scale) -> float:
    """Give the loss of labels that stand for themselves, its mean over them.

    Args:
        row: A score for each label.
        truth: 0 and 1, or what is between, in the same shape.
        scale: "sigmoid" or "probabilities".
    """
    likely, holds = probabilities(row, scale), truth.astype(np.float64)
    unlikely = probabilities(-row, scale) if scale == "sigmoid" else 1 - likely
    return float(-(holds * _logs(likely) + (1 - holds) * _logs(unlikely)).mean())


def _logs(likely: Array) -> Array:
    """Give logarithms that stay finite; what is NaN stays so."""
    logs: Array = np.log(np.maximum(likely, np.finfo(float).tiny))
    return logs


def _softmax(row: Array) -> Array:
    powers = np.exp(row - row.max(axis=0, keepdims=True))
    shares: Array = powers / powers.sum(axis=0, keepdims=True)
    return shares


def _sigmoid(row: Array) -> Array:
    likely: Array = np.exp(-np.logaddexp(0.0, -row))
    return likely


_TO_PROBABILITIES: dict[Scale, Callable[[Array], Array]] = {
    "ids": lambda row: row,
    "softmax": _softmax,
    "log": np.exp,
    "sigmoid": _sigmoid,
    "probabilities": lambda row: row,
}


def _are_ids(rows: Sequence[Array]) -> bool:
    return all(row.dtype.kind in "biu" for row in rows)


def _sums_to_one(row: Array) -> bool:
    return bool((np.abs(row.sum(axis=0) - 1) <= _TOLERANCE).all())
