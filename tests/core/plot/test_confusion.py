"""The confusion matrix is scikit-learn's, whatever the labels are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

import medialog_core as wandb
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.plot import confusion_matrix

RNG = np.random.default_rng(2)
TRUE = RNG.integers(0, 4, 500)
PREDICTED = np.where(RNG.random(500) < 0.7, TRUE, RNG.integers(0, 4, 500))
COUNTS = metrics.confusion_matrix(TRUE, PREDICTED)


def test_rows_are_true_and_columns_predicted() -> None:
    chart = wandb.plot.confusion_matrix(y_true=[0, 0, 1], preds=[1, 1, 1], class_names=["a", "b"])
    assert chart.matrix.tolist() == [[0, 2], [0, 1]]
    assert chart.categories == ("a", "b")
    assert (chart.type, chart.x_name, chart.y_name) == ("confusion_matrix", "Predicted", "Actual")
    assert chart.title == "Confusion Matrix"
    assert {name: column.tolist() for name, column in chart.data.items()} == {
        "actual": ["a", "b"],
        "predicted": ["b", "b"],
        "count": [2, 1],
    }


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_the_counts_are_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    true, predicted = [t for t, _ in pairs], [p for _, p in pairs]
    chart = confusion_matrix(y_true=true, preds=predicted)
    present = sorted({*true, *predicted})
    expected = metrics.confusion_matrix(true, predicted, labels=[*present, 99])  # it warns of one
    assert np.array_equal(chart.matrix, expected[:-1, :-1])
    assert chart.categories == tuple(f"class_{i}" for i in present)
    named = confusion_matrix(y_true=true, preds=predicted, class_names=list("abcdefg"))
    expected = metrics.confusion_matrix(true, predicted, labels=list(range(7)))
    assert np.array_equal(named.matrix, expected)


def test_the_highest_probability_is_the_prediction() -> None:
    probs = RNG.random((500, 4))
    expected = metrics.confusion_matrix(TRUE, probs.argmax(1))
    for given_ in (probs, probs.astype(np.float32), torch.tensor(probs, requires_grad=True)):
        assert np.array_equal(confusion_matrix(given_, TRUE).matrix, expected)


def test_a_class_that_does_not_occur_moves_no_other() -> None:
    """W&B counts class 2 under the second name where class 1 is missing."""
    chart = confusion_matrix(y_true=[0, 2], preds=[2, 2], class_names=["cat", "dog", "owl"])
    assert chart.matrix.tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize("class_names", [["cat", "dog"], {0: "cat", 1: "dog"}])
def test_ids_without_a_name_have_a_row_of_their_own(class_names: Any) -> None:
    chart = confusion_matrix(y_true=[0, 255, -1], preds=[1, 0, 7], class_names=class_names)
    assert chart.categories == ("class_-1", "cat", "dog", "class_7", "class_255")
    assert chart.matrix.sum() == 3
    assert chart.matrix[4, 1] == 1


@pytest.mark.parametrize(
    "convert",
    [
        lambda ids: ids.tolist(),
        lambda ids: ids.astype(np.float32),
        lambda ids: ids.astype(np.uint64),
        lambda ids: ids.astype(np.int8),
        torch.tensor,
        lambda ids: torch.tensor(ids).float(),
        pd.Series,
        lambda ids: ids.reshape(5, 10, 10),
        lambda ids: np.repeat(ids, 2)[::2],
    ],
)
def test_labels_of_any_library_and_shape(convert: Any) -> None:
    chart = confusion_matrix(y_true=convert(TRUE), preds=convert(PREDICTED))
    assert np.array_equal(chart.matrix, COUNTS)


def test_booleans_are_two_classes() -> None:
    chart = confusion_matrix(y_true=TRUE > 1, preds=PREDICTED > 1)
    assert np.array_equal(chart.matrix, metrics.confusion_matrix(TRUE > 1, PREDICTED > 1))


@pytest.mark.parametrize("convert", [list, np.array, pd.Series])
def test_texts_are_in_the_order_of_the_names_else_sorted(convert: Any) -> None:
    names = np.array(["owl", "cat", "dog", "bee"])
    true, predicted = convert(names[TRUE].tolist()), convert(names[PREDICTED].tolist())
    chart = confusion_matrix(y_true=true, preds=predicted)
    assert chart.categories == ("bee", "cat", "dog", "owl")
    expected = metrics.confusion_matrix(names[TRUE], names[PREDICTED])
    assert np.array_equal(chart.matrix, expected)
    chart = confusion_matrix(y_true=true, preds=predicted, class_names=["owl", "cat"])
    assert chart.categories == ("owl", "cat", "bee", "dog")
    assert chart.matrix.sum() == 500


def test_names_tell_ids_and_texts_apart() -> None:
    chart = confusion_matrix(y_true=["b", "a"], preds=[1, 1], class_names=["a", "b"])
    assert chart.matrix.tolist() == [[0, 1], [0, 1]]


def test_a_nan_probability_is_left_out_and_counted() -> None:
    probs = np.eye(4)[PREDICTED]
    probs[7] = math.nan
    probs[9, 2] = math.nan
    chart = confusion_matrix(probs, TRUE)
    kept = np.delete(np.arange(500), [7, 9])
    assert chart.left_out == 2
    assert np.array_equal(chart.matrix, metrics.confusion_matrix(TRUE[kept], PREDICTED[kept]))


def test_many_classes_take_no_more_room_than_samples() -> None:
    ids = np.arange(3_000)
    chart = confusion_matrix(y_true=ids, preds=ids[::-1])
    assert len(chart.series[0].counts) == 3_000
    assert len(chart.categories) == 3_000


def test_no_samples_are_an_empty_matrix() -> None:
    chart = confusion_matrix(y_true=[], preds=[], class_names=["a"])
    assert chart.matrix.tolist() == [[0]]
    assert confusion_matrix(y_true=[], preds=[]).matrix.shape == (0, 0)


def test_what_is_changed_after_the_call_is_not_in_the_chart() -> None:
    true = TRUE.copy()
    chart = confusion_matrix(y_true=true, preds=PREDICTED)
    true[:] = 0
    assert np.array_equal(chart.matrix, COUNTS)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"y_true": [0]}, "expected one of probs= and preds=, got neither"),
        ({"y_true": [0], "preds": [0], "probs": [[1]]}, "expected one of .*, got both"),
        ({"preds": [0]}, "y_true: is needed, got None"),
        (
            {"y_true": [0, 1], "preds": [0]},
            r"preds: expected a prediction for each of y_true, got the shapes \(1,\) and \(2,\)",
        ),
        ({"y_true": [0], "probs": [[1, 0], [0, 1]]}, r"probs: .* got the shapes \(2,\) and \(1,\)"),
        ({"y_true": [0], "probs": [0.7]}, r"probs: expected N×C .*pass preds=\(probs >= 0.5\)"),
        (
            {"y_true": [0.5], "preds": [0]},
            "y_true: expected class ids, whole numbers, got 0.5 at 0",
        ),
        ({"y_true": [0], "preds": [math.inf]}, "preds: expected class ids, whole numbers, got inf"),
        (
            {"y_true": ["a"], "preds": [0]},
            "y_true and .*: expected texts or ids of both.*pass class_names",
        ),
        (
            {"y_true": ["a"], "probs": [[1, 0]]},
            "y_true and .*: expected texts or ids of both.*pass class_names",
        ),
        (
            {"y_true": [0], "preds": [0], "class_names": "ab"},
            "class_names: expected a list of names",
        ),
        ({"y_true": [0], "preds": [{}]}, "preds: expected numbers"),
    ],
)
def test_what_does_not_fit_is_refused(arguments: Any, error: str) -> None:
    with pytest.raises((InvalidInput, WrongType), match=rf"^plot.confusion_matrix: {error}"):
        confusion_matrix(**arguments)


def test_only_a_confusion_matrix_has_a_matrix() -> None:
    with pytest.raises(
        InvalidInput, match=r"only a confusion matrix has one, this is a Chart\('bar'\)"
    ):
        _ = wandb.plot.bar({"k": ["a"], "v": [1]}, "k", "v").matrix
