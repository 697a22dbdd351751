"""Gradient histograms and norms are those that an independent hook counts."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional


def spied(module_of: Any, trial: Any, **methods: Any) -> Any:
    """Make a module that keeps a copy of its gradients before each optimizer step, by its own hook."""

    def keep(self: Any, _: Any) -> None:
        found = {
            name: p.grad.detach().clone()
            for name, p in self.named_parameters()
            if p.grad is not None
        }
        self.kept.append(found)

    module = module_of(trial, on_before_optimizer_step=keep, **methods)
    module.kept = []
    return module


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


def check_gradients(result: Any, every: int = 1) -> None:
    kept = result.module.kept[::every]
    steps = result.run.steps("gradients/net.1.weight")
    assert len(steps) == len(kept) > 0
    for step, gradients in zip(steps, kept, strict=True):
        for name, gradient in gradients.items():
            [histogram] = result.images(f"gradients/{name}", step)
            assert powers_in(histogram) == powers(gradient)
            assert histogram.moments.nan == int(gradient.isnan().sum())
    logged = {
        point.step: point.value for point in result.run.scalars("gradients_norm/net.1.weight")
    }
    assert list(logged) == steps
    for step, gradients in zip(steps, kept, strict=True):
        expected = float(gradients["net.1.weight"].double().norm())
        assert logged[step] == pytest.approx(expected, rel=1e-5, nan_ok=True)


@pytest.mark.parametrize(
    ("options", "every"),
    [
        ({}, 1),
        ({"log_every_n_steps": 3}, 3),
        ({"accumulate_grad_batches": 2}, 1),
        ({"gradient_clip_val": 1e-3}, 1),
    ],
)
def test_counts_are_those_of_an_independent_hook(
    options: Any, every: int, trials: Any, train: Any, module_of: Any
) -> None:
    trial = trials["classification"]()
    check_gradients(train(trial, spied(module_of, trial), **options), every)


def test_gradients_of_another_step_would_be_found(trials: Any, train: Any, module_of: Any) -> None:
    trial = trials["classification"]()
    result = train(trial, spied(module_of, trial))
    result.module.kept.insert(0, result.module.kept.pop())
    with pytest.raises(AssertionError):
        check_gradients(result)


def test_frozen_and_unused_parameters_have_none(trials: Any, train: Any, module_of: Any) -> None:
    trial = trials["segmentation"]()
    module = spied(module_of, trial)
    module.net[1].requires_grad_(requires_grad=False)
    module.unused = torch.nn.Linear(2, 2)
    result = train(trial, module)
    keys = {key for key in result.run.keys() if key.startswith("gradients/")}  # noqa: SIM118 - a method
    assert keys == {"gradients/net.3.weight", "gradients/net.3.bias"}


def test_shared_parameters_come_once(trials: Any, train: Any, module_of: Any) -> None:
    trial = trials["classification"]()
    module = spied(module_of, trial)
    module.again = module.net[1]
    keys = train(trial, module).run.keys()
    assert [key for key in keys if key.startswith("gradients/")] == [
        "gradients/net.1.bias",
        "gradients/net.1.weight",
    ]


def test_nan_is_counted_and_ends_nothing(trials: Any, train: Any, module_of: Any) -> None:
    trial = trials["classification"]()
    module = spied(
        module_of,
        trial,
        training_step=lambda self, batch, _: (
            functional.cross_entropy(self(batch[0]), batch[1]) * math.nan
        ),
    )
    result = train(trial, module)
    [histogram] = result.images("gradients/net.1.weight", 0)
    assert histogram.moments.nan == 640
    assert math.isnan(result.run.scalars("gradients_norm")[0].value)


def test_each_optimizer_shows_its_own_parameters(trials: Any, train: Any, module_of: Any) -> None:
    def step(self: Any, batch: Any, _: int) -> None:
        for optimizer in self.optimizers():
            optimizer.zero_grad()
            self.manual_backward(functional.cross_entropy(self(batch[0]), batch[1]))
            optimizer.step()

    def optimizers(self: Any) -> list[Any]:
        return [torch.optim.SGD([p], 0.01) for p in self.net.parameters()]

    trial = trials["classification"]()
    module = spied(
        module_of,
        trial,
        training_step=step,
        configure_optimizers=optimizers,
        automatic_optimization=False,
    )
    result = train(trial, module)
    assert (
        result.run.steps("gradients/net.1.weight")
        == result.run.steps("gradients/net.1.bias")
        == list(range(8))
    )
    assert {"gradients_norm/optimizer_0", "gradients_norm/optimizer_1"} <= set(
        result.run.scalar_keys()
    )
    for number, place in enumerate(("weight", "bias")):
        [histogram] = result.images(f"gradients/net.1.{place}", 2)
        assert powers_in(histogram) == powers(result.module.kept[4 + number][f"net.1.{place}"])


def test_weights_come_when_asked_for(trials: Any, train: Any, module_of: Any) -> None:
    trial = trials["classification"]()
    result = train(trial, spied(module_of, trial), tuned={"weights": True, "gradients": False})
    tensors = [key for key in result.run.keys() if key.startswith(("weights/", "gradients/"))]  # noqa: SIM118
    assert tensors == ["weights/net.1.bias", "weights/net.1.weight"]
    [histogram] = result.images("weights/net.1.weight", 0)
    assert np.sum(histogram.counts) == 640
