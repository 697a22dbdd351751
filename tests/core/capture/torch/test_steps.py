"""Every optimizer step is told once, when its gradients are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch.optim import SGD, Adam
from torch.optim.optimizer import Optimizer

from medialog_core.capture.torch.steps import listen


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """What each step was told with: the optimizer, and the sum of its first gradient."""
    told: list[Any] = []

    def hear(optimizer: Optimizer) -> None:
        gradient = optimizer.param_groups[0]["params"][0].grad
        told.append((optimizer, None if gradient is None else float(gradient.sum())))

    end = listen(hear)
    yield told
    end()


def parameter() -> Any:
    # Not typed: torch's own types of `backward` and of closures are incomplete.
    return torch.nn.Parameter(torch.ones(2))


def test_a_step_is_told_with_its_gradients(heard: list[Any]) -> None:
    p = parameter()
    optimizer = SGD([p], lr=0.1)
    for _ in range(2):
        (p * torch.tensor([1.0, 2.0])).sum().backward()
    optimizer.step()
    assert heard == [(optimizer, 6.0)]


@pytest.mark.parametrize("by_name", [False, True])
def test_a_closure_is_told_of_after_it_brought_them_and_once(
    heard: list[Any], by_name: bool
) -> None:
    p = parameter()
    optimizer: Any = torch.optim.LBFGS([p], lr=0.1, max_iter=4)
    calls = []

    def closure() -> Any:
        calls.append(1)
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    loss = optimizer.step(closure=closure) if by_name else optimizer.step(closure)
    assert loss.item() == 2.0
    assert len(calls) > 1
    assert heard == [(optimizer, 4.0)]


def test_what_a_closure_raises_reaches_the_caller_and_spoils_no_later_step(
    heard: list[Any],
) -> None:
    p = parameter()
    optimizer = SGD([p], lr=0.1)

    def broken() -> float:
        raise ValueError("of the user's")

    with pytest.raises(ValueError, match="of the user's"):
        optimizer.step(broken)
    assert heard == []
    p.sum().backward()
    optimizer.step()
    assert heard == [(optimizer, 2.0)]


class Inherited(Adam):
    def step(self, closure: Callable[[], float] | None = None) -> Any:
        return super().step(closure)


class Wrapping(SGD):
    """As ZeroRedundancyOptimizer does it: a step that takes another optimizer's."""

    def __init__(self, params: Any) -> None:
        super().__init__(params, lr=0.1)
        self.inner = Adam(self.param_groups[0]["params"])

    def step(self, closure: Any = None) -> Any:
        return self.inner.step(closure)


@pytest.mark.parametrize("kind", [Inherited, Wrapping])
def test_a_step_within_a_step_is_not_told(heard: list[Any], kind: Any) -> None:
    p = parameter()
    Adam([parameter()])  # torch hooks a class's step when its first instance is made
    optimizer = kind([p])
    p.sum().backward()
    optimizer.step()
    optimizer.step()
    assert heard == [(optimizer, 2.0), (optimizer, 2.0)]


def test_an_argument_that_is_no_closure_is_left_alone(heard: list[Any]) -> None:
    class Odd(SGD):
        def step(self, factor: Any = None) -> Any:
            return factor

    assert Odd([parameter()], lr=0.1).step(3) == 3
    assert len(heard) == 1


def test_who_stopped_listening_hears_nothing_and_others_go_on(heard: list[Any]) -> None:
    other: list[Any] = []
    end = listen(other.append)
    p = parameter()
    p.sum().backward()
    optimizer = SGD([p], lr=0.1)
    optimizer.step()
    end()
    end()
    optimizer.step()
    assert (len(other), len(heard)) == (1, 2)


def test_one_may_stop_listening_while_it_hears(heard: list[Any]) -> None:
    ends: list[Callable[[], None]] = []
    ends.append(listen(lambda _: ends[0]()))
    optimizer = SGD([parameter()], lr=0.1)
    optimizer.step()
    optimizer.step()
    assert len(heard) == 2


def test_weights_are_those_of_a_training_that_nobody_hears() -> None:
    def trained(*, listening: bool) -> Any:
        p = parameter()
        end = listen(lambda _: None) if listening else lambda: None
        optimizer = Adam([p], lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            (p * p).sum().backward()
            optimizer.step()
        end()
        return p.detach()

    assert torch.equal(trained(listening=True), trained(listening=False))
