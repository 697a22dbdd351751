"""The trainer's step, for what is logged without one."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any


def step_of(trainer: Any, when_gone: Callable[[], None]) -> Callable[[], int]:
    """Give a clock that reads the trainer's step, the one its own metrics are logged at.

    Args:
        trainer: Held weakly.
        when_gone: Called when the trainer is no more.
    """
    ref = weakref.ref(trainer, lambda _: when_gone())

    def step() -> int:
        alive = ref()
        return 0 if alive is None else current_step(alive)

    return step


def current_step(trainer: Any) -> int:
    """Give the number of batches that led to an optimizer step: the x axis of Lightning's metrics."""
    loop = getattr(getattr(trainer, "fit_loop", None), "epoch_loop", None)
    return int(getattr(loop, "_batches_that_stepped", trainer.global_step))
