"""ROC and PR curves from labels and scores."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..arrays import Array, describe, snapshot, to_numpy, to_scalar
from ..checks import whole
from ..errors import InvalidInput, WrongType
from ..media.documents.chart import Chart
from ..media.documents.chartcontent import Content, Series
from .classes import Truth, matched
from .columns import is_text, plain
from .rates import Curve, at_recalls, pr, roc

Labels = Sequence[str] | Mapping[int, str]
_Draw = Callable[[Array, Array], Curve]
_BINARY = 2
"""Scores of one dimension tell two classes apart."""
_TABLE = 2
"""Dimensions of N×C."""


def roc_curve(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Labels | None = None,
    classes_to_plot: Iterable[Any] | None = None,
    title: str | None = "ROC Curve",
    split_table: bool = False,  # noqa: ARG001 - W&B's, see the package
    *,
    caption: str | None = None,
    sample_id: str | int | None = None,
) -> Chart:
    """Give the ROC curve of each class against the rest, and the area under it.

    The points are scikit-learn's, without those on a straight line; nothing is cut or rounded. A
    sample of which a score is NaN is left out and counted. Of a class that no sample or every
    sample is of, one rate is NaN.

    Args:
        y_true: N class ids, the columns of `y_probas`; N texts; or N×C of 0 and 1. Of 1-D scores
            the greater of two labels, e.g. 1 or True, is the class.
        y_probas: N×C probabilities or other scores, a column for each class; or N of one class. An
            array, a tensor, a list or a data frame.
        labels: What the columns are called: a list, or a dictionary of ids to names.
        classes_to_plot: Those of `y_true`, or names, to be drawn; all that occur by default.
        title: What stands above it.
        split_table: Without effect.
        caption: A line of text.
        sample_id: Which sample of the data set it is.

    Raises:
        WrongType: No labels, or no real numbers.
        InvalidInput: Shapes that do not belong together, labels without a column, or an unknown
            class to plot.
    """
    make, nbytes = _curves("plot.roc_curve", roc, y_true, y_probas, labels, classes_to_plot)
    return Chart(
        "roc_curve",
        make,
        nbytes,
        title=title,
        x_name="False positive rate",
        y_name="True positive rate",
        caption=caption,
        sample_id=sample_id,
    )


def pr_curve(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Labels | None = None,
    classes_to_plot: Iterable[Any] | None = None,
    interp_size: int | None = None,
    title: str | None = "Precision-Recall Curve",
    split_table: bool = False,  # noqa: ARG001 - W&B's, see the package
    *,
    caption: str | None = None,
    sample_id: str | int | None = None,
) -> Chart:
    """Give the precision-recall curve of each class against the rest, and its average precision.

    Args:
        y_true: As for `roc_curve`.
        y_probas: As for `roc_curve`.
        labels: As for `roc_curve`.
        classes_to_plot: As for `roc_curve`.
        interp_size: Draw so many points only: the highest precision at each of that many recalls,
            evenly from 0 to 1, or beyond it. None (where W&B has 21) keeps the curve as it is.
        title: What stands above it.
        split_table: Without effect.
        caption: A line of text.
        sample_id: Which sample of the data set it is.

    Raises:
        WrongType: No labels, or no real numbers.
        InvalidInput: As for `roc_curve`, or an `interp_size` below 2.
    """
    draw: _Draw = pr
    if interp_size is not None:
        size = whole(interp_size, "plot.pr_curve: interp_size", 2)
        draw = partial(_interpolated, size)
    make, nbytes = _curves("plot.pr_curve", draw, y_true, y_probas, labels, classes_to_plot)
    return Chart(
        "pr_curve",
        make,
        nbytes,
        title=title,
        x_name="Recall",
        y_name="Precision",
        caption=caption,
        sample_id=sample_id,
    )


def _interpolated(size: int, positive: Array, scores: Array) -> Curve:
    return at_recalls(pr(positive, scores), size)


def _curves(
    field: str, draw: _Draw, y_true: Any, y_probas: Any, labels: Any, classes: Any
) -> tuple[Callable[[], Content], int]:
    """Check and snapshot; give what computes the curves, and how many bytes it holds."""
    for name, given in (("y_true", y_true), ("y_probas", y_probas)):
        if given is None:
            raise InvalidInput(f"{field}: {name}: is needed, got None")
    y_true, scores = plain(y_true), to_numpy(plain(y_probas), f"{field}: y_probas")
    if scores.dtype.kind == "c":
        raise WrongType(f"{field}: y_probas: expected real numbers, got {describe(y_probas)}")
    labelled, scores = _aligned(y_true, scores, field)
    several = scores.ndim > 1
    truth = matched(labelled, scores.shape[1] if several else _BINARY, labels, field)
    chosen = _chosen(truth, classes, field) if several else [1]
    ids = snapshot(truth.ids)
    held = snapshot(scores[:, chosen].T if several else scores[None])
    names = [truth.names[column] for column in chosen]
    return partial(_content, draw, ids, held, chosen, names), ids.nbytes + held.nbytes


def _aligned(y_true: Any, scores: Array, field: str) -> tuple[Any, Array]:
    """Give labels of N or N×C and scores of N or N×C; one column is as good as none."""
    labels = y_true if is_text(y_true) else to_numpy(y_true, f"{field}: y_true")
    came, rows = np.shape(labels), scores.shape
    labels, scores = _without_single(labels), _without_single(scores)
    shape = np.shape(labels)
    if shape and scores.ndim <= _TABLE and shape == scores.shape:
        return labels, scores
    if shape and scores.shape[:-1] == shape:
        return (labels if is_text(labels) else labels.ravel()), scores.reshape(-1, rows[-1])
    raise InvalidInput(
        f"{field}: y_true and y_probas: expected N labels with N or N×C scores, or N×C of both, "
        f"got the shapes {came} and {rows}"
    )


def _without_single(given: Any) -> Any:
    single = len(np.shape(given)) == _TABLE and not is_text(given) and given.shape[1] == 1
    return given[:, 0] if single else given


def _chosen(truth: Truth, classes: Any, field: str) -> list[int]:
    """Give the columns to draw: those that were asked for, or whose class occurs."""
    if classes is None:
        if truth.ids.ndim == _TABLE:
            return list(range(len(truth.names)))
        occurring: list[int] = np.flatnonzero(np.bincount(truth.ids)).tolist()
        return occurring
    known = {name: column for column, name in enumerate(truth.names)}
    known |= {value: column for column, value in enumerate(truth.values)}
    wanted = _listed(classes)
    for one in wanted:
        if not isinstance(one, Hashable) or one not in known:
            raise InvalidInput(
                f"{field}: classes_to_plot: no class {one!r}, there are {truth.values}"
            )
    return [known[one] for one in wanted]


def _listed(classes: Any) -> list[Any]:
    """Give a list of classes, of a single one too, with numbers of any library as Python's."""
    several = isinstance(classes, Iterable) and not isinstance(classes, str)
    listed = list(classes) if several and to_scalar(classes) is None else [classes]
    numbers = map(to_scalar, listed)
    return [one if n is None else n for one, n in zip(listed, numbers, strict=True)]


def _content(
    draw: _Draw, ids: Array, scores: Array, columns: Sequence[int], names: Sequence[str]
) -> Content:
    odd = np.flatnonzero(np.isnan(scores).any(axis=0))
    if len(odd):
        ids, scores = np.delete(ids, odd, axis=0), np.delete(scores, odd, axis=1)
    series = []
    for column, name, row in zip(columns, names, scores, strict=True):
        positive = ids[:, column] if ids.ndim == _TABLE else ids == column
        x, y, area = draw(positive, row)
        series.append(Series(x, y, name, area=area))
    return Content(tuple(series), left_out=len(odd))
