"""Which class each sample is of, whatever the labels are: ids, texts, booleans, one-hot rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..arrays import Array, describe, to_numpy
from ..checks import line
from ..errors import InvalidInput, WrongType
from ..media.classes import checked_labels, label_of
from .columns import is_text, texts

_BINARY = 2
_LARGEST = 2.0**53
"""Beyond it a float does not tell which whole number was meant."""


class Truth(NamedTuple):
    """What is true of N samples.

    Attributes:
        ids: The column of each sample's class, N; or N×C of which labels hold.
        values: What the labels called the class of each column.
        names: What a chart calls it.
    """

    ids: Array
    values: list[Any]
    names: list[str]


def matched(y_true: Any, columns: int, labels: Any, field: str) -> Truth:
    """Match true labels to the columns of the scores; 1-D scores are the second of two.

    Args:
        y_true: N ids 0 to C-1, or C other ids or texts in the order of the columns; or N×C of 0
            and 1.
        columns: How many there are, C.
        labels: What they are called: C texts, or a dictionary of ids to texts.
        field: The function, e.g. `plot.roc_curve`.

    Raises:
        WrongType: Labels that are none.
        InvalidInput: Labels that fit no column.
    """
    named = _display(labels, columns, field)
    if is_text(y_true):
        return _of_texts(texts(y_true, f"{field}: y_true"), columns, named, field)
    ids = whole_ids(y_true, f"{field}: y_true")
    if ids.ndim == 2:  # noqa: PLR2004
        if ids.size and (ids.min() < 0 or ids.max() > 1):
            raise InvalidInput(f"{field}: y_true: expected 0 and 1 in N×C labels, got {ids.max()}")
        return _numbered(ids.astype(np.bool_), list(range(columns)), named)
    lo, hi = (int(ids.min()), int(ids.max())) if ids.size else (0, 0)
    if lo >= 0 and hi < columns:
        return _numbered(ids, list(range(columns)), named)
    values = [-1, 1] if columns == _BINARY and lo == -1 else np.unique(ids).tolist()
    if len(values) != columns or not np.isin(ids, values).all():
        raise InvalidInput(
            f"{field}: y_true: expected ids from 0 to {columns - 1}, or {columns} different ones, "
            f"for {columns} classes in y_probas, got {lo} to {hi}; leave out what is not to be counted"
        )
    return _numbered(np.searchsorted(values, ids), values, named)


def whole_ids(given: Any, field: str) -> Array:
    """Give class ids as integers; floats that are whole are ids, too.

    Raises:
        WrongType: No numbers.
        InvalidInput: A number that is not whole.
    """
    ids = to_numpy(given, field)
    if ids.dtype.kind == "b":
        return ids.astype(np.uint8)
    if ids.dtype.kind in "iu":
        return ids.astype(np.int64) if ids.dtype == np.uint64 else ids
    if ids.dtype.kind == "c":
        raise WrongType(f"{field}: expected class ids, got {describe(given)}")
    odd = np.flatnonzero((np.floor(ids) != ids) | ~(np.abs(ids) < _LARGEST))
    if len(odd):
        raise InvalidInput(
            f"{field}: expected class ids, whole numbers, got {ids.ravel()[odd[0]]} at {odd[0]}"
        )
    return ids.astype(np.int64)


def _of_texts(given: list[str], columns: int, named: Mapping[str, str], field: str) -> Truth:
    values = list(named.values()) or sorted(set(given))
    if len(values) != columns:
        raise InvalidInput(
            f"{field}: y_true: expected {columns} different texts for {columns} classes in y_probas, "
            f"got {len(values)}; pass labels=[...] in the order of the columns"
        )
    places = {value: place for place, value in enumerate(values)}
    unknown = set(given) - set(places)
    if unknown:
        raise InvalidInput(f"{field}: y_true: {min(unknown)!r} is not one of the labels {values}")
    return Truth(np.array([places[value] for value in given], np.int64), values, values)


def _numbered(ids: Array, values: list[int], named: Mapping[str, str]) -> Truth:
    own = values == list(range(len(values)))
    names = [
        named.get(str(place)) or label_of({} if own else named, value)
        for place, value in enumerate(values)
    ]
    return Truth(ids, values, names)


def _display(labels: Any, columns: int, field: str) -> dict[str, str]:
    """Give what the columns are called, by their number."""
    if labels is None or isinstance(labels, Mapping):
        checked = checked_labels(labels, f"{field}: labels")
        return dict(sorted(checked.items(), key=lambda item: int(item[0])))
    names = names_of(labels, f"{field}: labels")
    if len(names) != columns:
        raise InvalidInput(
            f"{field}: labels: expected one for each of the {columns} classes in y_probas, got {len(names)}"
        )
    return {str(place): name for place, name in enumerate(names)}


def names_of(labels: Sequence[Any], field: str) -> list[str]:
    """Give a list of class names as texts.

    Raises:
        WrongType: No list of texts or numbers.
    """
    given = labels.tolist() if hasattr(labels, "tolist") else labels
    if not isinstance(given, list | tuple):
        raise WrongType(f"{field}: expected a list of names, got {describe(labels)}")
    return [line(name, field) for name in given]
