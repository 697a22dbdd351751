"""The confusion matrix: how often each class was taken for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..arrays import Array, snapshot, to_numpy
from ..errors import InvalidInput
from ..media.classes import checked_labels, label_of
from ..media.documents.chart import Chart
from ..media.documents.chartcontent import Content, Series
from .classes import names_of, whole_ids
from .columns import is_text, plain, texts

_FIELD = "plot.confusion_matrix"


def confusion_matrix(
    probs: Any = None,
    y_true: Any = None,
    preds: Any = None,
    class_names: Sequence[str] | Mapping[int, str] | None = None,
    title: str | None = "Confusion Matrix",
    split_table: bool = False,  # noqa: ARG001 - W&B's, see the package
    *,
    caption: str | None = None,
    sample_id: str | int | None = None,
) -> Chart:
    """Give the counts of scikit-learn's confusion matrix: what is true by what was predicted.

    Its classes are those of `class_names` and all that occur; one without a name is called
    `class_<id>`. A sample of which a probability is NaN is left out and counted.

    Args:
        probs: N×C probabilities or other scores, of which the highest is the prediction; instead
            of `preds`. An array, a tensor, a list or a data frame.
        y_true: N class ids or texts; of any shape.
        preds: N class ids or texts, of the shape of `y_true`.
        class_names: Names by id: a list, or a dictionary; of texts their order.
        title: What stands above it.
        split_table: Without effect.
        caption: A line of text.
        sample_id: Which sample of the data set it is.

    Raises:
        WrongType: No class ids or texts.
        InvalidInput: Neither or both of `probs` and `preds`, no `y_true`, shapes that differ, or
            an id that is no whole number.
    """
    if (probs is None) == (preds is None):
        came = "neither" if probs is None else "both"
        raise InvalidInput(f"{_FIELD}: expected one of probs= and preds=, got {came}")
    if y_true is None:
        raise InvalidInput(f"{_FIELD}: y_true: is needed, got None")
    y_true, preds = plain(y_true), plain(preds)
    names = _known(class_names, y_true, preds)
    actual = _ids(y_true, names, "y_true")
    if preds is None:
        predicted, counted = _decided(probs)
        _check_shapes(actual, predicted, "probs")
        actual, predicted = actual[counted], predicted[counted]
        left_out = int(counted.size - np.count_nonzero(counted))
    else:
        predicted, left_out = _ids(preds, names, "preds"), 0
        _check_shapes(actual, predicted, "preds")
    actual, predicted = snapshot(actual.ravel()), snapshot(predicted.ravel())
    return Chart(
        "confusion_matrix",
        partial(_content, actual, predicted, names, left_out),
        actual.nbytes + predicted.nbytes,
        title=title,
        x_name="Predicted",
        y_name="Actual",
        caption=caption,
        sample_id=sample_id,
    )


def _known(class_names: Any, y_true: Any, preds: Any) -> dict[int, str]:
    """Give the names of classes by id; texts that have none get the next ids, in their order."""
    field = f"{_FIELD}: class_names"
    textual = [is_text(y_true), is_text(preds)]
    if class_names is None and any(textual) and not all(textual):
        raise InvalidInput(
            f"{_FIELD}: y_true and the predictions: expected texts or ids of both, got one of each; "
            "pass class_names=[...], which gives the texts their ids"
        )
    if class_names is not None and not isinstance(class_names, Mapping):
        class_names = dict(enumerate(names_of(class_names, field)))
    known = {int(id_): name for id_, name in checked_labels(class_names, field).items()}
    given = zip(textual, (y_true, preds), ("y_true", "preds"), strict=True)
    found = {t for is_, cells, name in given if is_ for t in texts(cells, f"{_FIELD}: {name}")}
    known.update(enumerate(sorted(found - set(known.values())), max(known, default=-1) + 1))
    return known


def _ids(given: Any, names: Mapping[int, str], name: str) -> Array:
    field = f"{_FIELD}: {name}"
    if not is_text(given):
        return whole_ids(given, field)
    places = {name: id_ for id_, name in names.items()}
    return np.array([places[text] for text in texts(given, field)], np.int64)


def _decided(probs: Any) -> tuple[Array, Array]:
    """Give the class of the highest score, and whether it is one."""
    scores = to_numpy(plain(probs), f"{_FIELD}: probs")
    if scores.ndim < 2 or scores.dtype.kind == "c" or not scores.shape[-1]:  # noqa: PLR2004
        raise InvalidInput(
            f"{_FIELD}: probs: expected N×C real numbers, got the shape {scores.shape} and dtype {scores.dtype}; "
            "of one probability a sample pass preds=(probs >= 0.5)"
        )
    decided = scores.argmax(axis=-1)
    highest = np.take_along_axis(scores, decided[..., None], axis=-1)[..., 0]
    return decided, ~np.isnan(highest)


def _check_shapes(actual: Array, predicted: Array, name: str) -> None:
    if actual.shape != predicted.shape:
        raise InvalidInput(
            f"{_FIELD}: {name}: expected a prediction for each of y_true, "
            f"got the shapes {predicted.shape} and {actual.shape}"
        )


def _content(actual: Array, predicted: Array, names: Mapping[int, str], left_out: int) -> Content:
    named = np.array(sorted(names), np.int64)
    ids = np.unique(np.concatenate([named, np.unique(actual), np.unique(predicted)]))
    rows, columns = np.searchsorted(ids, actual), np.searchsorted(ids, predicted)
    width = max(1, len(ids))
    cells, counts = np.unique(rows * width + columns, return_counts=True)
    labels = {str(id_): name for id_, name in names.items()}
    categories = tuple(label_of(labels, id_) for id_ in ids.tolist())
    series = Series(cells % width, cells // width, counts=counts)
    return Content((series,), categories, left_out)
