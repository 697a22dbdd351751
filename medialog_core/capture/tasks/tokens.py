"""Tasks with an answer for each place of a sequence: tags of tokens, and tokens themselves.

A prediction has a row T×C (or C×T) a sample, a truth T ids; T may differ from sample to sample.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...arrays import Array
from ..scores import CLASS_LOSSES, Scale, class_scale
from .case import Case

TAGS = "token classification"
CAUSAL = "causal language modeling"
MASKED = "masked language modeling"
SEQ2SEQ = "sequence to sequence"
TOKEN_TASKS = (TAGS, CAUSAL, MASKED, SEQ2SEQ)

_TABLE = 2


def class_axis(case: Case) -> int | None:
    """Tell which axis of a prediction's row has the classes; None where it can't be told."""
    shapes = [(np.shape(p), np.shape(t)) for p, t in zip(case.prediction, case.truth, strict=True)]
    if not all(len(p) == _TABLE and len(t) == 1 for p, t in shapes):
        return None
    fitting = [axis for axis in (0, 1) if all(p[1 - axis] == t[0] for p, t in shapes)]
    counts = {p[axis] for axis in fitting for p, _ in shapes}
    return fitting[0] if len(fitting) == len(counts) == 1 else None


def places_ahead(case: Case) -> int:
    """Give how many places before its truth a token is predicted.

    A model that is given its own inputs as labels shifts them itself; what a loss was given is in line.
    """
    return int(case.facts.task == CAUSAL and case.loss is None and _is_input(case, 0))


def token_scale(case: Case) -> Scale:
    """Tell how the scores of each place become probabilities."""
    axis = class_axis(case) or 0
    return class_scale([np.moveaxis(row, axis, 0) for row in case.prediction], case.loss)


def _scores_of_places(case: Case) -> bool:
    axis = class_axis(case)
    if axis is None or not case.loss_among(CLASS_LOSSES):
        return False
    classes = case.prediction[0].shape[axis]
    return case.float_prediction and case.id_truth and classes > 1 and case.below(classes)


def _tags(case: Case) -> bool:
    if not _scores_of_places(case) or not all(map(_in_line, case.inputs, case.truth)):
        return False
    classes = case.prediction[0].shape[class_axis(case)]
    return case.facts.task == TAGS or case.facts.class_count == classes


def _causal(case: Case) -> bool:
    if case.facts.task != CAUSAL or not _scores_of_places(case):
        return False
    return case.loss is not None or _is_input(case, 0) or _is_input(case, 1)


def _masked(case: Case) -> bool:
    if case.facts.task != MASKED or not _scores_of_places(case):
        return False
    return all(map(_in_line, case.inputs, case.truth))


def _sequence_to_sequence(case: Case) -> bool:
    return case.facts.task == SEQ2SEQ and _scores_of_places(case)


TESTS: Mapping[str, Callable[[Case], bool]] = {
    TAGS: _tags,
    CAUSAL: _causal,
    MASKED: _masked,
    SEQ2SEQ: _sequence_to_sequence,
}


def _in_line(row: Any, truth: Any) -> bool:
    """Say whether an input has tokens, or vectors, at the places of the truth."""
    return np.ndim(row) in (1, _TABLE) and len(row) == len(truth)


def _is_input(case: Case, ahead: int) -> bool:
    """Say whether the truth, where it counts, is the input so many places ahead."""
    return all(
        _same_tokens(np.asarray(x), np.asarray(t), ahead)
        for x, t in zip(case.inputs, case.truth, strict=True)
    )


def _same_tokens(tokens: Array, truth: Array, ahead: int) -> bool:
    if tokens.shape != truth.shape or tokens.dtype.kind not in "iu":
        return False
    here = truth[: len(truth) - ahead]
    return bool((here == tokens[ahead:])[here >= 0].all())
