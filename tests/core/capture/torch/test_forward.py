"""A forward that leaves no trace, in whatever way a model is compiled."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from medialog_core.capture.samples import Sample
from medialog_core.capture.torch.forward import forward_again, is_compiled, predictor
from medialog_core.capture.torch.gradients import named_parameters

from .net import Net, X


def drawn_from() -> Any:
    state: Any = np.random.get_state()  # noqa: NPY002 - what users draw from
    return state[1].tolist()


def samples() -> list[Sample]:
    return [Sample("", X[i].numpy(), "", {}, X[i]) for i in range(3)]


def test_another_forward_predicts_as_in_evaluation() -> None:
    net = Net().train()
    net.body[1].eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    states = torch.get_rng_state(), random.getstate(), drawn_from()
    modes = [module.training for module in net.modules()]
    [seen] = forward_again(net, "", samples(), listed=False, device=torch.device("cpu"))
    assert [module.training for module in net.modules()] == modes
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert torch.equal(torch.get_rng_state(), states[0])
    assert random.getstate() == states[1]
    assert drawn_from() == states[2]
    np.testing.assert_allclose(seen.rows, net.eval()(X[:3]).detach().numpy(), rtol=1e-5, atol=1e-6)


def test_a_forward_that_counts_and_draws_leaves_no_trace() -> None:
    class Busy(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("calls", torch.zeros(()))
            self.train()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.get_buffer("calls").add_(1)
            return x.mean((2, 3)) + torch.rand(()) + random.random() + float(np.random.rand())  # noqa: NPY002, S311

    net = Busy()
    states = torch.get_rng_state(), random.getstate()
    forward_again(net, "", samples(), listed=False, device=torch.device("cpu"))
    assert float(net.get_buffer("calls")) == 0
    assert torch.equal(torch.get_rng_state(), states[0])
    assert random.getstate() == states[1]


def test_a_forward_that_fails_leaves_no_trace() -> None:
    net = Net().train()
    with pytest.raises(RuntimeError):
        forward_again(net, "head", samples(), listed=False, device=torch.device("cpu"))
    assert all(module.training for module in net.modules())


def compiled(module: nn.Module) -> Any:
    return torch.compile(module)


def test_compiled_models_are_known() -> None:
    assert not is_compiled(Net())
    assert is_compiled(nn.Sequential(compiled(Net())))
    in_place = Net()
    in_place.compile()
    assert is_compiled(in_place)


def test_a_root_without_a_forward_predicts_by_its_one_compiled_child() -> None:
    inner = Net()
    root = nn.Module()
    assert predictor(root, "") is None
    root.add_module("net", compiled(inner))
    assert predictor(root, "") is inner
    own = [f"net.{name}" for name, _ in inner.named_parameters()]
    assert [name for name, _ in named_parameters(root)] == own
