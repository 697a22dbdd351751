"""The trainer's step."""

from __future__ import annotations

from typing import Any


def current_step(trainer: Any) -> int:
    """Give the number of batches that led to an optimizer step: the x axis of Lightning's metrics."""
    loop = getattr(getattr(trainer, "fit_loop", None), "epoch_loop", None)
    return int(getattr(loop, "_batches_that_stepped", trainer.global_step))
