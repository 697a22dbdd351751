"""Loops that no optimizer of torch steps in: the end of each backward pass, and whether weights move."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch

_SAMPLED = 8


class BackwardPasses:
    """Tells of the end of each backward pass that brings gradients to parameters.

    Its hooks are on gradients' accumulation, outside of what `torch.compile` compiles.

    Args:
        parameters: Those of a model; frozen ones are left alone.
        ended: Called in the thread that ends the pass, when all gradients are there.
    """

    def __init__(self, parameters: Iterable[torch.nn.Parameter], ended: Callable[[], None]) -> None:
        self._ended = ended
        self._task = -1
        self._hooks = [
            parameter.register_post_accumulate_grad_hook(self._arrived)  # type: ignore[no-untyped-call]
            for parameter in parameters
            if parameter.requires_grad and parameter.is_leaf
        ]

    def remove(self) -> None:
        """Take the hooks off."""
        for hook in self._hooks:
            hook.remove()
        self._hooks = []

    def _arrived(self, _: torch.Tensor) -> None:
        task = torch._C._current_graph_task_id()  # noqa: SLF001 - no pass that fails ends: its number tells the next
        if task == self._task or torch.compiler.is_compiling():
            return
        self._task = task
        engine: Any = torch.autograd.Variable._execution_engine  # noqa: SLF001 - as DistributedDataParallel does
        engine.queue_callback(self._ended)


class Weights:
    """Notices that weights have changed since it last looked, by a few small parameters with gradients."""

    def __init__(self) -> None:
        self._before: list[tuple[torch.Tensor, torch.Tensor]] = []

    def have_moved(self, parameters: Sequence[torch.nn.Parameter]) -> bool:
        """Say whether they have, and remember them as they are."""
        moved = any(not torch.equal(before, now.detach()) for before, now in self._before)
        trained = sorted((p for p in parameters if p.grad is not None), key=torch.numel)
        self._before = [(p.detach().clone(), p) for p in trained[:_SAMPLED]]
        return moved
