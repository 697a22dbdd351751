"""Gradient histograms and norms are those that a callback of the test's own counts."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import pytest
import torch
from transformers import TrainerCallback

from .trials import TRIALS

WEIGHT = "classifier.weight"


class Keeper(TrainerCallback):  # type: ignore[misc]  # transformers is not looked into
    """Keeps a copy of the gradients, and of the weights, before each optimizer step."""

    def __init__(self) -> None:
        self.gradients: list[dict[str, torch.Tensor]] = []
        self.weights: list[dict[str, torch.Tensor]] = []

    def on_pre_optimizer_step(self, *_: Any, model: Any, **__: Any) -> None:
        parameters = dict(model.named_parameters())
        self.weights.append({name: p.detach().clone() for name, p in parameters.items()})
        self.gradients.append(
            {name: p.grad.clone() for name, p in parameters.items() if p.grad is not None}
        )


def powers(values: torch.Tensor) -> dict[tuple[int, int], int]:
    """Count values by sign and binary exponent, one at a time."""
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for value in values.flatten().tolist():
        if math.isfinite(value) and value:
            counts[int(math.copysign(1, value)), math.frexp(value)[1] - 1] += 1
    return dict(counts)


def powers_in(histogram: Any) -> dict[tuple[int, int], int]:
    """Give a stored histogram in the same form."""
    meta = histogram.to_meta()
    return {
        (sign, first + i): count
        for sign, (first, counts) in ((-1, meta.exponent.neg), (1, meta.exponent.pos))
        for i, count in enumerate(counts)
        if count
    }


def kept_and_trained(train: Any, **options: Any) -> tuple[Keeper, Any]:
    keeper = Keeper()
    result = train(TRIALS["classification"](), also=[keeper], **options)
    return keeper, result


def check(result: Any, area: str, kept: list[Any], steps: list[int]) -> None:
    assert len(kept) > 0
    for name in kept[0]:
        assert result.run.steps(f"{area}/{name}") == steps
    for step in steps:
        for name, values in kept[step - 1].items():
            [histogram] = result.loaded(f"{area}/{name}", step)
            assert powers_in(histogram) == powers(values)
    norms = {point.step: point.value for point in result.run.scalars(f"{area}_norm")}
    for step in steps:
        every = torch.cat([values.flatten() for values in kept[step - 1].values()])
        assert norms[step] == pytest.approx(float(every.double().norm()), rel=1e-5)


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        ({"max_grad_norm": 0.0}, [1, 2, 3, 4]),
        ({"logging_steps": 2}, [1, 3]),
        ({"gradient_accumulation_steps": 2}, [1, 2, 3, 4]),
        ({"max_grad_norm": 1e-3}, [1, 2, 3, 4]),
    ],
)
def test_counts_are_those_of_an_independent_callback(
    options: Any, steps: list[int], train: Any
) -> None:
    keeper, result = kept_and_trained(train, **options)
    check(result, "gradients", keeper.gradients, steps)


def test_gradients_of_another_step_would_be_found(train: Any) -> None:
    keeper, result = kept_and_trained(train)
    keeper.gradients.insert(0, keeper.gradients.pop())
    with pytest.raises(AssertionError):
        check(result, "gradients", keeper.gradients, [1, 2, 3, 4])


def test_they_are_clipped_and_the_config_says_so(train: Any) -> None:
    _, result = kept_and_trained(train, max_grad_norm=0.01)
    clipped = {point.step: point.value for point in result.run.scalars("gradients_norm")}
    whole = {point.step: point.value for point in result.run.scalars("train/grad_norm")}
    assert list(clipped) == list(whole) == [1, 2, 3, 4]
    assert all(value == pytest.approx(0.01, rel=1e-3) for value in clipped.values())
    assert all(value > 0.01 for value in whole.values())
    assert "max_grad_norm=0.01" in result.run.config["medialog/gradients"]


def test_the_config_speaks_of_no_clipping_where_there_is_none(train: Any) -> None:
    _, result = kept_and_trained(train, max_grad_norm=0.0)
    assert "medialog/gradients" not in result.run.config


def test_weights_come_when_asked_for(train: Any) -> None:
    keeper, result = kept_and_trained(train, tuned={"weights": True, "gradients": False})
    check(result, "weights", keeper.weights, [1, 2, 3, 4])
    assert not [key for key in result.run.keys() if key.startswith("gradients")]  # noqa: SIM118 - a method


def test_frozen_parameters_have_none(train: Any) -> None:
    trial = TRIALS["classification"]()
    model = trial.model()
    model.vit.requires_grad_(requires_grad=False)
    result = train(trial, trainer={"model": model})
    keys = {key for key in result.run.keys() if key.startswith("gradients/")}  # noqa: SIM118 - a method
    assert keys == {"gradients/classifier.weight", "gradients/classifier.bias"}
