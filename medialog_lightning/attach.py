"""The second way for the capture callback into a trainer, besides the entry point."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .namespaces import namespace_of


def trainer_of(module: Any) -> Any:
    """Give the trainer a LightningModule is attached to, or None."""
    trainer = getattr(module, "_trainer", None)
    return trainer if namespace_of(trainer) is not None else None


def attach_callback(trainer: Any) -> None:
    """Insert the capture callback before the first checkpoint callback, unless one of ours is there.

    The entry point has done so already in most trainings; it can't where the logger was set after
    the trainer was made, or where the package's metadata is missing.
    """
    from .callback import MediaCallbackMixin, auto_callback  # noqa: PLC0415 - imports torch

    namespace = namespace_of(trainer)
    if namespace is None or any(
        isinstance(callback, MediaCallbackMixin) for callback in trainer.callbacks
    ):
        return
    checkpoint = import_module(f"{namespace}.callbacks").Checkpoint
    places = (i for i, callback in enumerate(trainer.callbacks) if isinstance(callback, checkpoint))
    trainer.callbacks.insert(next(places, len(trainer.callbacks)), auto_callback(namespace))
