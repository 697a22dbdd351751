"""Numbers become probabilities as their loss, or they themselves, say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.metrics
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.nn import functional

from medialog_core.capture.scores import (
    best_and_true,
    binary_cross_entropy,
    class_scale,
    cross_entropy,
    decided_class,
    decided_labels,
    label_scale,
    probabilities,
)
from medialog_core.capture.showing.agreement import agreement
from medialog_core.capture.showing.resize import bilinear

LOGITS = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, 1.0]], np.float32)


def softmax(rows: Any) -> Any:
    return torch.tensor(rows).softmax(1).numpy()


@pytest.mark.parametrize(
    ("rows", "loss", "scale"),
    [
        (LOGITS, None, "softmax"),
        (softmax(LOGITS), None, "probabilities"),
        (np.log(softmax(LOGITS)), None, "log"),
        (softmax(LOGITS), "cross_entropy", "softmax"),
        (LOGITS, "nll_loss", "log"),
        (LOGITS, "categorical_crossentropy", "probabilities"),
        (LOGITS.argmax(1), None, "ids"),
        (np.abs(LOGITS), "categorical_crossentropy", "probabilities"),
    ],
)
def test_the_scale_of_classes(rows: Any, loss: str | None, scale: str) -> None:
    assert class_scale(list(rows), loss) == scale


@pytest.mark.parametrize(
    ("rows", "loss", "scale"),
    [
        (LOGITS, None, "sigmoid"),
        (np.full((8, 4), 0.5), None, "probabilities"),
        (np.full((2, 4), 0.5), None, None),
        (np.full((2, 4), 0.5), "binary_cross_entropy", "probabilities"),
        (np.full((2, 4), 0.5), "binary_cross_entropy_with_logits", "sigmoid"),
        (np.ones((2, 4), bool), None, "ids"),
    ],
)
def test_the_scale_of_labels(rows: Any, loss: str | None, scale: str | None) -> None:
    assert label_scale(list(rows), loss) == scale


@settings(max_examples=50, deadline=None)
@given(arrays(np.float32, 5, elements=st.floats(-50, 50, width=32)))
def test_probabilities_are_torchs(row: Any) -> None:
    tensor = torch.tensor(row, dtype=torch.float64)
    np.testing.assert_allclose(probabilities(row, "softmax"), tensor.softmax(0).numpy(), rtol=1e-9)
    np.testing.assert_allclose(probabilities(row, "sigmoid"), tensor.sigmoid().numpy(), rtol=1e-9)


def test_decisions_follow_the_probabilities() -> None:
    assert [int(decided_class(row, "softmax")) for row in LOGITS] == [0, 1]
    assert decided_labels(LOGITS[0], "sigmoid").tolist() == [True, False, True]
    assert decided_labels(np.array([0.5, 0.4]), "probabilities").tolist() == [True, False]


@settings(max_examples=30, deadline=None)
@given(st.tuples(*[st.integers(1, 9)] * 4))
def test_resizing_is_torchs(sizes: tuple[int, int, int, int]) -> None:
    height, width, wanted_height, wanted_width = sizes
    maps = np.random.default_rng(0).normal(size=(2, height, width)).astype(np.float32)
    expected = torch.nn.functional.interpolate(
        torch.tensor(maps)[None],
        (wanted_height, wanted_width),
        mode="bilinear",
        align_corners=False,
    )
    np.testing.assert_allclose(
        bilinear(maps, wanted_height, wanted_width), expected[0].numpy(), atol=1e-5
    )


@pytest.mark.parametrize(
    ("rows", "scale"),
    [(LOGITS, "softmax"), (softmax(LOGITS), "probabilities"), (np.log(softmax(LOGITS)), "log")],
)
def test_the_loss_of_classes_is_torchs(rows: Any, scale: Any) -> None:
    ids, shares = torch.tensor([2, 0]), torch.tensor([[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]])
    for truth in (ids, shares):
        expected = functional.cross_entropy(torch.tensor(LOGITS), truth, reduction="none")
        for row, target, loss in zip(rows, truth.numpy(), expected, strict=True):
            assert cross_entropy(row, target, scale) == pytest.approx(float(loss), rel=1e-5)


@pytest.mark.parametrize(
    ("rows", "scale"),
    [
        (LOGITS, "softmax"),
        (LOGITS.astype(np.float16), "softmax"),
        (softmax(LOGITS), "probabilities"),
        (np.log(softmax(LOGITS)), "log"),
    ],
)
def test_the_best_and_the_true_class_of_each_place_are_torchs(rows: Any, scale: Any) -> None:
    best, truly = best_and_true(rows, np.array([2, 0]), scale)
    likely = torch.tensor(LOGITS).softmax(1)
    assert best.tolist() == pytest.approx(likely.amax(1).tolist(), rel=1e-5)
    assert truly.tolist() == pytest.approx(likely[[0, 1], [2, 0]].log().tolist(), rel=1e-5)


@pytest.mark.parametrize("scale", ["sigmoid", "probabilities"])
def test_the_loss_of_labels_is_torchs(scale: Any) -> None:
    truth = torch.tensor([[1.0, 0.0, 0.5], [0.0, 0.0, 1.0]])
    scores = torch.tensor(LOGITS).sigmoid().numpy() if scale == "probabilities" else LOGITS
    expected = functional.binary_cross_entropy_with_logits(
        torch.tensor(LOGITS), truth, reduction="none"
    )
    for row, target, losses in zip(scores, truth.numpy(), expected, strict=True):
        found = binary_cross_entropy(row, target, scale)
        assert found == pytest.approx(float(losses.mean()), rel=1e-5)


def test_losses_of_what_is_held_impossible_are_finite() -> None:
    sure = np.array([1.0, 0.0])
    assert 700 < cross_entropy(sure, np.array(1), "probabilities") < 710
    assert 700 < binary_cross_entropy(sure, sure[::-1], "probabilities") < 710
    assert binary_cross_entropy(np.array(900.0), np.array(0), "sigmoid") > 700
    assert np.isnan(cross_entropy(np.array([np.nan, 0.0]), np.array(1), "softmax"))


def test_the_loss_of_a_label_that_is_surely_wrong_keeps_its_digits() -> None:
    assert binary_cross_entropy(np.array(40.0), np.array(0), "sigmoid") == pytest.approx(40)


def test_agreement_is_scikit_learns() -> None:
    truth, found = np.random.default_rng(0).integers(0, 4, (2, 500)) * 2
    found[:9] = 11
    expected = sklearn.metrics.jaccard_score(truth, found, average="macro")
    assert agreement(truth, found) == {
        "pixel_accuracy": pytest.approx((truth == found).mean()),
        "mean_iou": pytest.approx(expected),
    }


def test_agreement_leaves_out_what_it_cannot_count() -> None:
    assert agreement(np.array([], int), np.array([], int)) == {}
    assert agreement(np.array([0, 1]), np.array([-1, 1])) == {
        "pixel_accuracy": 0.5,
        "mean_iou": 0.5,
    }
    assert agreement(np.array([10**12, 1]), np.array([0, 1])) == {"pixel_accuracy": 0.5}
