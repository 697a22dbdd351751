"""Numbers become probabilities as their loss, or they themselves, say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from medialog_core.capture.resize import bilinear
from medialog_core.capture.scores import (
    class_scale,
    decided_class,
    decided_labels,
    label_scale,
    probabilities,
)

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
