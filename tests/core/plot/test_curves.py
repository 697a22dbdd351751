"""`roc_curve` and `pr_curve`: which class is which column, and what is refused."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import metrics

import medialog_core as wandb
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.documents.chart import Chart
from medialog_core.plot import confusion_matrix, pr_curve, roc_curve

RNG = np.random.default_rng(11)
Y = RNG.integers(0, 3, 300)
SCORES: NDArray[np.float64] = RNG.random((300, 3)) + np.eye(3)[Y] * 0.4


def arrow(scores: NDArray[np.float64]) -> pa.Table:
    return pa.table({str(i): column for i, column in enumerate(scores.T)})


def areas(chart: Chart) -> dict[str | None, float | None]:
    return {one.name: one.area for one in chart.series}


def test_each_class_against_the_rest_as_in_scikit_learn() -> None:
    roc, pr = roc_curve(Y, SCORES), pr_curve(Y, SCORES)
    for c in range(3):
        name, truth = f"class_{c}", c == Y
        assert areas(roc)[name] == pytest.approx(metrics.roc_auc_score(truth, SCORES[:, c]))
        expected = metrics.average_precision_score(truth, SCORES[:, c])
        assert areas(pr)[name] == pytest.approx(expected)
    assert (roc.type, roc.title, roc.x_name, roc.y_name) == (
        "roc_curve",
        "ROC Curve",
        "False positive rate",
        "True positive rate",
    )
    assert (pr.type, pr.title) == ("pr_curve", "Precision-Recall Curve")


@pytest.mark.parametrize("labels", [["cat", "dog", "owl"], {2: "owl", 0: "cat", 1: "dog"}])
def test_labels_name_the_columns(labels: Any) -> None:
    named = roc_curve(Y, SCORES, labels=labels)
    assert list(areas(named)) == ["cat", "dog", "owl"]
    assert list(areas(named).values()) == list(areas(roc_curve(Y, SCORES)).values())


def test_a_class_that_does_not_occur_moves_no_other() -> None:
    """W&B takes the second column for class 2 where class 1 is missing."""
    few = Y != 1
    chart = roc_curve(Y[few], SCORES[few], labels=["cat", "dog", "owl"])
    assert list(areas(chart)) == ["cat", "owl"]
    expected = metrics.roc_auc_score(Y[few] == 2, SCORES[few, 2])
    assert areas(chart)["owl"] == pytest.approx(expected)


def test_a_missing_class_is_drawn_if_asked_for_and_its_rate_is_nan() -> None:
    few = Y != 1
    [one] = roc_curve(Y[few], SCORES[few], classes_to_plot=[1]).series
    assert np.isnan(one.y).all()
    assert not np.isnan(one.x).any()
    assert one.area is not None
    assert math.isnan(one.area)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        precision, recall, _ = metrics.precision_recall_curve(Y[few] == 1, SCORES[few, 1])
    [one] = pr_curve(Y[few], SCORES[few], classes_to_plot=[1]).series
    assert set(one.y.tolist()) == set(precision.tolist())
    assert set(one.x.tolist()) == set(recall.tolist())


@pytest.mark.parametrize(
    "classes",
    [
        *([2, 0], ["owl", "cat"], np.array([2, 0]), np.array(["owl", "cat"])),
        *(torch.tensor([2, 0]), [torch.tensor(2), np.int8(0)]),
    ],
)
def test_classes_to_plot_are_ids_or_names(classes: Any) -> None:
    chart = roc_curve(Y, SCORES, labels=["cat", "dog", "owl"], classes_to_plot=classes)
    assert list(areas(chart)) == ["owl", "cat"]


@pytest.mark.parametrize("one", [2, "owl", np.int64(2), torch.tensor(2), np.array([2])])
def test_a_single_class_to_plot_needs_no_list(one: Any) -> None:
    chart = pr_curve(Y, SCORES, labels=["cat", "dog", "owl"], classes_to_plot=one)
    assert list(areas(chart)) == ["owl"]


@pytest.mark.parametrize(("classes", "said"), [([5], "5"), (5, "5"), ([[0]], r"\[0\]")])
def test_an_unknown_class_to_plot_is_refused(classes: Any, said: str) -> None:
    message = rf"classes_to_plot: no class {said}, there are \[0, 1, 2\]"
    with pytest.raises(InvalidInput, match=message):
        roc_curve(Y, SCORES, classes_to_plot=classes)


FRAMES = [pd.DataFrame, lambda scores: pl.DataFrame(scores, orient="row"), arrow]


@pytest.mark.parametrize("frame", FRAMES)
def test_scores_come_as_data_frames(frame: Any) -> None:
    assert roc_curve(Y, frame(SCORES)) == roc_curve(Y, SCORES)
    assert pr_curve(frame(np.eye(3)[Y]), frame(SCORES)) == pr_curve(np.eye(3)[Y], SCORES)
    matrices = [confusion_matrix(scores, Y) for scores in (SCORES, frame(SCORES))]
    assert matrices[0] == matrices[1]


# --- labels of all kinds --------------------------------------------------------------------------


def test_scores_of_one_dimension_are_of_the_greater_label() -> None:
    truth, scores = Y == 1, SCORES[:, 1]
    expected = pytest.approx(metrics.roc_auc_score(truth, scores))
    kinds: list[tuple[Any, str]] = [
        (truth, "class_1"),
        (truth.astype(float), "class_1"),
        (np.where(truth, 1, -1), "class_1"),
        (np.where(truth, 2, 1), "class_2"),
        (np.where(truth, "yes", "no"), "yes"),
        (["yes" if one else "no" for one in truth], "yes"),
        (torch.tensor(truth), "class_1"),
        (pd.Series(truth), "class_1"),
        (pl.Series(np.where(truth, "yes", "no")), "yes"),
        (truth.tolist(), "class_1"),
        (truth[:, None], "class_1"),
    ]
    for labels, name in kinds:
        assert areas(roc_curve(labels, scores)) == {name: expected}
        assert areas(roc_curve(labels, scores[:, None])) == {name: expected}
    assert list(areas(roc_curve(truth, scores, labels=["no", "yes"]))) == ["yes"]


@pytest.mark.parametrize("label", [0, 1, -1])
def test_one_label_alone_is_known_of_two(label: int) -> None:
    [one] = roc_curve([label, label], [0.1, 0.9]).series
    assert one.name == "class_1"
    assert np.isnan(one.y if label < 1 else one.x).all()


def test_texts_are_matched_by_labels_else_by_their_order() -> None:
    names = np.array(["owl", "cat", "dog"])[Y]
    given = roc_curve(names, SCORES, labels=["owl", "cat", "dog"])
    assert list(areas(given).values()) == list(areas(roc_curve(Y, SCORES)).values())
    assert list(areas(roc_curve(names, SCORES[:, [1, 2, 0]]))) == ["cat", "dog", "owl"]
    assert areas(roc_curve(names, SCORES[:, [1, 2, 0]])) == areas(given)


def test_ids_beyond_the_columns_are_matched_by_their_order() -> None:
    chart = roc_curve(np.array([10, 20, 30])[Y], SCORES)
    assert list(areas(chart)) == ["class_10", "class_20", "class_30"]
    assert list(areas(chart).values()) == list(areas(roc_curve(Y, SCORES)).values())


def test_several_labels_may_hold_at_once() -> None:
    truth = RNG.random((200, 3)) < 0.4
    scores = RNG.random((200, 3))
    chart = roc_curve(truth.astype(int), scores, labels=["a", "b", "c"])
    for c, name in enumerate("abc"):
        assert areas(chart)[name] == pytest.approx(metrics.roc_auc_score(truth[:, c], scores[:, c]))


def test_maps_of_pixels_are_samples() -> None:
    maps, scores = Y.reshape(3, 10, 10), SCORES.reshape(3, 10, 10, 3)
    assert areas(roc_curve(maps, scores)) == areas(roc_curve(Y, SCORES))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_tensors_with_a_gradient(dtype: torch.dtype) -> None:
    scores = torch.tensor(SCORES, requires_grad=True).to(dtype)
    chart = roc_curve(torch.tensor(Y), scores)
    plain = scores.detach().float().numpy()
    expected = metrics.roc_auc_score(Y == 0, plain[:, 0])
    assert areas(chart)["class_0"] == pytest.approx(expected)


@given(st.permutations(range(4)), st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_the_order_of_samples_does_not_matter(order: list[int], step: int) -> None:
    y, scores = Y[:40:step], SCORES[:40:step]
    shuffled = np.array([i for i in order for i in range(i, len(y), 4)])
    assert roc_curve(y, scores) == roc_curve(y[shuffled], scores[shuffled])


# --- what is not counted, and when ----------------------------------------------------------------


def test_a_nan_score_is_left_out_and_counted() -> None:
    scores = SCORES.copy()
    scores[[3, 5], [0, 2]] = math.nan
    chart = pr_curve(Y, scores)
    assert chart.left_out == 2
    others = np.delete(np.arange(len(Y)), [3, 5])
    assert chart.series == pr_curve(Y[others], SCORES[others]).series


def test_nothing_but_nan_is_an_empty_chart() -> None:
    chart = roc_curve([0, 1], [math.nan, math.nan])
    assert chart.left_out == 2
    assert np.isnan(chart.series[0].y).all()


def test_what_is_changed_after_the_call_is_not_in_the_chart() -> None:
    y, scores = Y.copy(), SCORES.copy()
    chart = roc_curve(y, scores)
    y[:], scores[:] = 0, 0
    assert chart == roc_curve(Y, SCORES)


def test_the_curve_is_computed_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError

    chart = roc_curve(Y, SCORES)
    monkeypatch.setattr(np, "argsort", refuse)
    roc_curve(Y, SCORES)
    with pytest.raises(AssertionError):
        _ = chart.series
    monkeypatch.undo()
    assert len(chart.series) == 3


def test_w_and_b_rounds_and_resamples_large_curves_and_ours_does_not() -> None:
    truth, scores = RNG.integers(0, 2, 40_000), RNG.random(40_000)
    [one] = roc_curve(truth, scores).series
    assert len(one.x) > 10_000
    assert one.area == pytest.approx(metrics.roc_auc_score(truth, scores), abs=1e-12)


def test_interp_size_draws_so_many_points() -> None:
    [whole, few] = [pr_curve(Y, SCORES, interp_size=size).series[0] for size in (None, 21)]
    assert np.array_equal(few.x, np.linspace(0, 1, 21))
    assert few.area == whole.area
    assert len(whole.x) > 21


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [roc_curve, pr_curve])
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((None, [0.1]), "y_true: is needed, got None"),
        (([0, 1], None), "y_probas: is needed, got None"),
        (
            ([0, 1], [0.1]),
            r"expected N labels with N or N×C scores.*got the shapes \(2,\) and \(1,\)",
        ),
        (([0, 1], np.zeros((3, 2))), r"got the shapes \(2,\) and \(3, 2\)"),
        ((np.zeros((2, 3)), np.zeros((2, 4))), r"got the shapes \(2, 3\) and \(2, 4\)"),
        ((np.array(0), np.array(0.5)), r"got the shapes \(\) and \(\)"),
        (
            ([0, 3], np.zeros((2, 3))),
            r"expected ids from 0 to 2, or 3 different ones, .* got 0 to 3",
        ),
        (([0, -100, 1], np.zeros((3, 2))), r"for 2 classes in y_probas, got -100 to 1; leave out"),
        (([5, 5], [0.1, 0.2]), r"expected ids from 0 to 1, or 2 different ones"),
        (([0.5, 1], [0.1, 0.2]), r"expected class ids, whole numbers, got 0.5 at 0"),
        (([0, math.nan], [0.1, 0.2]), r"expected class ids, whole numbers, got nan at 1"),
        (([[0, 2]], np.zeros((1, 2))), r"expected 0 and 1 in N×C labels, got 2"),
        ((["a", "b"], np.zeros((2, 3))), r"expected 3 different texts for 3 .*got 2; pass labels="),
        ((["a", "b"], np.zeros((2, 2)), ["a", "c"]), r"'b' is not one of the labels \['a', 'c'\]"),
        (([0, 1], np.zeros((2, 2)), ["a"]), r"labels: expected one for each of the 2 .*, got 1"),
        (([0, 1], np.zeros((2, 2)), "ab"), r"labels: expected a list of names, got str 'ab'"),
        (([0, 1], np.zeros((2, 2), complex)), r"y_probas: expected real numbers"),
        (([0, 1], ["a", "b"]), r"y_probas: expected numbers"),
        ((np.array([0j, 1]), [0.1, 0.2]), r"y_true: expected class ids, got"),
    ],
)
def test_what_does_not_fit_is_refused_at_the_call(
    function: Any, arguments: Any, error: str
) -> None:
    with pytest.raises((InvalidInput, WrongType), match=rf"^plot.{function.__name__}: .*{error}"):
        function(*arguments)


@pytest.mark.parametrize("size", [0, 1, -3])
def test_interp_size_is_2_or_more(size: int) -> None:
    with pytest.raises(InvalidInput, match=r"plot.pr_curve: interp_size: expected 2 or more"):
        wandb.plot.pr_curve(Y, SCORES, interp_size=size)
