"""Gradients by parameter name."""

from __future__ import annotations

import torch
from torch import nn

from medialog_core.capture.torch.gradients import gradients_of


def test_gradients_are_dense_unscaled_and_once() -> None:
    table = nn.Embedding(10, 4, sparse=True)
    shared, frozen = nn.Linear(4, 4), nn.Linear(4, 4)
    frozen.requires_grad_(requires_grad=False)
    (shared(shared(table(torch.tensor([1, 1, 3])))).sum() * 8).backward()
    parameters = [
        ("table", table.weight),
        ("a", shared.weight),
        ("b", shared.weight),
        ("frozen", frozen.weight),
    ]
    found = gradients_of(parameters, scale=8.0)
    assert list(found) == ["table", "a"]
    assert found["table"].shape == (2, 4)
    assert shared.weight.grad is not None
    assert torch.equal(found["a"], shared.weight.grad / 8)
