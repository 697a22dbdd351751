"""Every step of a torch optimizer in this process, told to whoever listens, before it happens.

torch's own hook for all optimizers is used: the gradients are accumulated and, behind a GradScaler,
unscaled; and no hook lies on a model or a parameter, which a compiled model would notice. The hook
stays where it is when nobody listens any more: it cannot be taken out from within an optimizer's
step, and a compiled step would be compiled again.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import torch
from torch.optim.optimizer import Optimizer, register_optimizer_step_pre_hook

Listener = Callable[[Optimizer], None]

_listeners: tuple[Listener, ...] = ()
"""Replaced as a whole: a step may be telling the former ones meanwhile."""


def listen(listener: Listener) -> Callable[[], None]:
    """Have `listener` called before each optimizer step; give what ends it.

    Of a step with a closure it is called when the closure has brought the gradients for the first
    time. A step within a step, as of an optimizer that wraps another, is not told. Nor is one that
    was compiled: nothing must be added to what was compiled.
    """
    global _listeners  # noqa: PLW0603 - the hook is the process's, so its listeners are
    _install()
    _listeners = (*_listeners, listener)

    def end() -> None:
        global _listeners  # noqa: PLW0603
        _listeners = tuple(each for each in _listeners if each is not listener)

    return end


@functools.cache
def _install() -> None:
    register_optimizer_step_pre_hook(_before_step)


def _before_step(
    optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[Any, Any]
) -> tuple[tuple[Any, ...], dict[Any, Any]] | None:
    if torch.compiler.is_compiling() or not _listeners:
        return None
    if _is_within_a_step(sys._getframe(1)):  # noqa: SLF001 - the step's own frame
        return None
    closure = args[1] if len(args) > 1 else kwargs.get("closure")
    if not callable(closure):
        _tell(optimizer)
        return None
    told = _telling(closure, optimizer)
    if len(args) > 1:
        return (args[0], told, *args[2:]), kwargs
    return args, {**kwargs, "closure": told}


def _is_within_a_step(step: FrameType) -> bool:
    """Say whether a step was called from another: torch wraps all of them in the same code."""
    caller = step.f_back
    while caller is not None and caller.f_code is not step.f_code:
        caller = caller.f_back
    return caller is not None


def _telling(closure: Callable[..., Any], optimizer: Optimizer) -> Callable[..., Any]:
    told = False

    @functools.wraps(closure)
    def with_telling(*args: Any, **kwargs: Any) -> Any:
        nonlocal told
        result = closure(*args, **kwargs)
        if not told:
            told = True
            _tell(optimizer)
        return result

    return with_telling


def _tell(optimizer: Optimizer) -> None:
    for listener in _listeners:
        listener(optimizer)
