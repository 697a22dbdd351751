"""The end of a backward pass, and weights that move."""

from __future__ import annotations

import copy
import io
import pickle
from typing import Any

import pytest
import torch

from medialog_core.capture.torch.backward import BackwardPasses, Weights


def net() -> torch.nn.Module:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 2))


def test_a_pass_is_told_once_when_all_gradients_are_there() -> None:
    model = net()
    seen: list[int] = []
    passes = BackwardPasses(
        model.parameters(), lambda: seen.append(sum(p.grad is not None for p in model.parameters()))
    )
    for _ in range(2):
        model(torch.ones(1, 3)).sum().backward()
    assert seen == [4, 4]
    passes.remove()
    model(torch.ones(1, 3)).sum().backward()
    assert seen == [4, 4]


def test_a_pass_that_fails_keeps_the_next_from_nothing() -> None:
    model = net()
    seen: list[int] = []
    BackwardPasses(model.parameters(), lambda: seen.append(1))

    def broken(_: torch.Tensor) -> None:
        raise ValueError("of the user's")

    inputs: Any = torch.ones(1, 3, requires_grad=True)
    hook = inputs.register_hook(broken)
    with pytest.raises(ValueError, match="of the user's"):
        model(inputs).sum().backward()
    hook.remove()
    before = len(seen)
    model(inputs).sum().backward()
    assert len(seen) == before + 1


def test_frozen_parameters_are_left_alone() -> None:
    model = net()
    model[0].requires_grad_(requires_grad=False)  # type: ignore[index]
    seen: list[int] = []
    BackwardPasses(model.parameters(), lambda: seen.append(1))
    model(torch.ones(1, 3)).sum().backward()
    assert seen == [1]


def test_a_model_with_its_hooks_can_be_copied_and_saved(recwarn: pytest.WarningsRecorder) -> None:
    model = net()
    BackwardPasses(model.parameters(), lambda: None)
    torch.save(model, io.BytesIO())
    torch.save(model.state_dict(), io.BytesIO())
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):  # noqa: S301 - our own
        twin(torch.ones(1, 3)).sum().backward()
    assert [w for w in recwarn if w.category is not FutureWarning] == []  # torch 2.4's, of pickle


def test_weights_move_when_they_are_changed_by_whatever_means() -> None:
    model = net()
    parameters = list(model.parameters())
    weights = Weights()
    for _ in range(3):
        model(torch.ones(1, 3)).sum().backward()
        assert not weights.have_moved(parameters)
    for p in parameters:
        p.data -= 0.1 * p.grad  # type: ignore[operator]
    assert weights.have_moved(parameters)
    assert not weights.have_moved(parameters)


def test_weights_without_gradients_are_not_asked() -> None:
    model = net()
    weights = Weights()
    assert not weights.have_moved(list(model.parameters()))
    for p in model.parameters():
        p.data += 1
    assert not weights.have_moved(list(model.parameters()))
