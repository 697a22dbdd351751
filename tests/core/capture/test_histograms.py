from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from medialog_core.capture.histograms import norm, of_tensors
from medialog_core.media.histograms.histogram import Histogram

RNG = np.random.default_rng(3)


def numbers(logged: dict[str, Histogram | float]) -> dict[str, float]:
    return {key: value for key, value in logged.items() if isinstance(value, float)}


def test_each_parameter_has_a_histogram_and_a_norm() -> None:
    layer = torch.nn.Linear(3, 2)
    layer(torch.ones(4, 3)).square().sum().backward()
    gradients = {name: parameter.grad for name, parameter in layer.named_parameters()}
    logged = of_tensors("gradients", gradients.items())
    assert Histogram.exponents(layer.weight.grad) == logged["gradients/weight"]
    assert Histogram.exponents(layer.bias.grad) == logged["gradients/bias"]
    total = torch.nn.utils.clip_grad_norm_(layer.parameters(), math.inf)
    assert numbers(logged)["gradients_norm"] == pytest.approx(float(total), rel=1e-5)
    assert layer.bias.grad is not None
    assert numbers(logged)["gradients_norm/bias"] == pytest.approx(
        float(layer.bias.grad.norm()), rel=1e-5
    )


def test_a_parameter_without_gradient_is_left_out() -> None:
    assert of_tensors("gradients", [("frozen", None)]) == {}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0, 4.0], 5.0),
        ([], 0.0),
        ([1.0, math.inf], math.inf),
        ([-math.inf], math.inf),
        ([1e200, 0.0], math.inf),
    ],
)
def test_the_norm_is_torchs(values: Any, expected: float) -> None:
    assert expected == norm(Histogram.exponents(values).moments)


def test_a_norm_over_nan_is_nan() -> None:
    logged = of_tensors(
        "gradients", [("a", np.array([1.0, math.nan])), ("b", np.array([math.inf]))]
    )
    assert math.isnan(numbers(logged)["gradients_norm/a"])
    assert math.isnan(numbers(logged)["gradients_norm"])
    assert math.inf == numbers(logged)["gradients_norm/b"]


def test_gradients_in_half_precision_are_counted() -> None:
    gradient = torch.tensor([1.0, -0.5, math.nan, math.inf]).to(torch.bfloat16)
    histogram = of_tensors("gradients", [("a", gradient)])["gradients/a"]
    assert isinstance(histogram, Histogram)
    assert (histogram.moments.n, histogram.moments.nan, histogram.moments.pos_inf) == (2, 1, 1)


def test_a_sample_says_so_and_has_no_norm() -> None:
    logged = of_tensors(
        "gradients", [("a", RNG.standard_normal(1000)), ("b", np.ones(5))], max_samples=10
    )
    histogram = logged["gradients/a"]
    assert isinstance(histogram, Histogram)
    assert histogram.moments.total == 1000
    assert list(numbers(logged)) == ["gradients_norm/b"]


def test_gradients_of_two_ranks_add_up() -> None:
    a, b = RNG.standard_normal((2, 500)).astype(np.float32)
    parts = [of_tensors("gradients", [("w", values)])["gradients/w"] for values in (a, b)]
    assert isinstance(parts[0], Histogram)
    assert isinstance(parts[1], Histogram)
    whole = Histogram.exponents(np.concatenate([a, b]))
    assert whole.counts.tolist() == (parts[0] + parts[1]).counts.tolist()
