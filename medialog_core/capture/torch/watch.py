"""A torch model that is watched in a plain loop: histograms of its gradients and weights."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.parameter import is_lazy
from torch.optim.optimizer import Optimizer

from ..histograms import of_tensors
from ..options import Capture
from ..session import Destination, Session
from .backward import BackwardPasses, Weights
from .gradients import gradients_of, local_values, named_parameters
from .steps import listen

_GRADIENTS, _WEIGHTS = "gradients", "weights"

_Named = list[tuple[str, torch.nn.Parameter]]


def is_model(value: object) -> bool:
    """Say whether `value` is what can be watched."""
    return isinstance(value, torch.nn.Module)


@dataclass
class _Turns:
    """The steps of one optimizer, or the backward passes of a loop that has none."""

    every: int
    count: int = 0
    number: int | None = None

    def due(self) -> bool:
        """Count a step; say whether it is the first or an n-th one after."""
        self.count += 1
        return (self.count - 1) % self.every == 0


class TorchWatch:
    """Logs a model's gradients and weights at the first and every n-th step of an optimizer.

    What an optimizer does not hold is not its affair: of several, each shows its own parameters.
    Where weights move although no optimizer of torch steps, each backward pass counts as a step,
    from the second on. No error leaves it; the first one turns it off.

    Args:
        model: Held weakly.
        graph: Put before the parameters' names, e.g. `graph_1`; empty for nothing.
        gradients, weights: What to look at.
        every: Distance in steps.
        run: Where it goes, at the run's current step.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        graph: str,
        *,
        gradients: bool,
        weights: bool,
        every: int,
        run: Destination,
    ) -> None:
        self._model = weakref.ref(model, lambda _: self._let_go())
        self._name = f"watch({type(model).__name__})"
        self._graph = [graph] if graph else []
        self._gradients, self._weights, self._every = gradients, weights, every
        self._run = run
        self._session = Session(Capture(), [run])
        self._looked = False
        self._optimizers: weakref.WeakKeyDictionary[Optimizer, _Turns]
        self._optimizers = weakref.WeakKeyDictionary()
        self._by_hand: _Turns | None = None
        self._moving: Weights | None = Weights()
        self._passes: BackwardPasses | None = None
        self._unlisten = listen(self._steps)
        with self._session.looking(f"backward passes of {self._name}"):
            trained = filter(_has_values, model.parameters())
            self._passes = BackwardPasses(trained, self._pass_ended)

    def close(self) -> None:
        """Take all hooks off; say so if nothing was ever seen."""
        self._let_go()
        if not self._looked and self._session.active(self._name):
            self._session.notice(
                "watch_saw_nothing",
                f"{self._name} saw no optimizer step, and no backward pass after which weights moved",
            )

    def _let_go(self) -> None:
        self._unlisten()
        self._ignore_passes()

    def _ignore_passes(self) -> None:
        if self._passes is not None:
            self._passes.remove()
        self._passes = self._by_hand = self._moving = None

    # --- when -------------------------------------------------------------------------------------

    def _steps(self, optimizer: Optimizer) -> None:
        model = self._alive()
        if model is not None:
            with self._session.looking(self._name):
                self._step(model, optimizer)

    def _step(self, model: torch.nn.Module, optimizer: Optimizer) -> None:
        turns = self._optimizers.setdefault(optimizer, _Turns(self._every))
        if not turns.due():
            return
        held = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
        mine = [(name, p) for name, p in named_parameters(model) if id(p) in held]
        if not mine:
            return
        self._ignore_passes()
        if turns.number is None:
            turns.number = sum(each.number is not None for each in self._optimizers.values())
        self._look(model, mine, turns.number, _scale(optimizer))

    def _pass_ended(self) -> None:
        model = self._alive()
        if model is not None:
            with self._session.looking(self._name):
                self._pass(model)

    def _pass(self, model: torch.nn.Module) -> None:
        if self._moving is not None and self._moving.have_moved(list(model.parameters())):
            self._by_hand, self._moving = _Turns(self._every), None
        if self._by_hand is not None and self._by_hand.due():
            self._look(model, list(named_parameters(model)), 0, 1.0)

    def _alive(self) -> torch.nn.Module | None:
        on = self._session.active(self._name) and not self._run.finished
        return self._model() if on else None

    # --- at what ----------------------------------------------------------------------------------

    def _look(self, model: torch.nn.Module, trained: _Named, number: int, scale: float) -> None:
        if _is_capturing(trained):
            return
        every = list(named_parameters(model))
        data: dict[str, Any] = {}
        if self._gradients:
            found = gradients_of(trained, scale)
            part = sum(p.grad is not None for _, p in every) > len(found)
            data |= self._shown(_GRADIENTS, found.items(), [f"optimizer_{number}"] if part else [])
        if self._weights and number == 0:
            data |= self._shown(_WEIGHTS, _values(every), [])
        if data:
            self._looked = True
            self._run.log(data, commit=False)

    def _shown(
        self, area: str, tensors: Iterable[tuple[str, torch.Tensor]], part: list[str]
    ) -> dict[str, Any]:
        named = (("/".join([*self._graph, name]), tensor) for name, tensor in tensors)
        data: dict[str, Any] = of_tensors(area, named)
        total = f"{area}_norm"
        if total in data:
            data["/".join([total, *self._graph, *part])] = data.pop(total)
        return data


def _values(parameters: _Named) -> Iterator[tuple[str, torch.Tensor]]:
    for name, parameter in parameters:
        if _has_values(parameter):
            yield name, local_values(parameter)


def _has_values(parameter: Any) -> bool:
    return not (is_lazy(parameter) or parameter.is_meta)


def _scale(optimizer: Optimizer) -> float:
    """Give what the gradients are still multiplied with: fused optimizers take a GradScaler's out."""
    scale = getattr(optimizer, "grad_scale", None)
    return 1.0 if scale is None else float(scale)


def _is_capturing(parameters: _Named) -> bool:
    """Say whether a CUDA graph is being recorded, in which nothing may be read."""
    on_cuda = any(parameter.is_cuda for _, parameter in parameters)
    return on_cuda and torch.cuda.is_current_stream_capturing()
