"""What a Trainer tells a callback at each event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from medialog_core.capture.datasets import DatasetFacts

from . import facts, processors


@dataclass(frozen=True)
class Event:
    """A Trainer's event.

    Attributes:
        args: `TrainingArguments`.
        state: `TrainerState`.
        model: The model, not wrapped (but by FSDP).
        processor: What the Trainer calls `processing_class`; may be None.
        optimizer: accelerate's, around the real one; None before a training.
        train_loader, eval_loader: The loaders last used; None before.
    """

    args: Any
    state: Any
    model: Any
    processor: Any
    optimizer: Any
    train_loader: Any
    eval_loader: Any

    @classmethod
    def of(cls, args: Any, state: Any, given: Mapping[str, Any]) -> Event:
        """Make one of an event's arguments and keywords."""
        names = "model", "processing_class", "optimizer", "train_dataloader", "eval_dataloader"
        return cls(args, state, *(given.get(name) for name in names))

    @property
    def place(self) -> tuple[int, float | None]:
        """Step and epoch, as the Trainer's own logs have them."""
        return self.state.global_step, self.state.epoch

    @property
    def known(self) -> facts.ModelFacts:
        """What the model says of its keywords and its loss."""
        return facts.of_model(self.model, self.args)

    def shown(self, loader: Any, outputs: int | None = None) -> DatasetFacts:
        """Say how a loader's data is shown, of a model that gives so many scores."""
        dataset = getattr(loader, "dataset", None)
        return processors.shown(self.model, self.processor, dataset, self.known, outputs)
