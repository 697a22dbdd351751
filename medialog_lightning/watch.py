"""One fit or validation of a trainer, handed to capture's own watch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medialog_core.capture.batch import Batch, split
from medialog_core.capture.datasets import DatasetFacts
from medialog_core.capture.options import Capture
from medialog_core.capture.session import Session
from medialog_core.capture.torch.gradients import gradients_of, local_values, named_parameters
from medialog_core.capture.watch import Tensors, Watch

from . import hooks
from .capturing import Capturing
from .steps import current_step
from .validation import Recording


class TrainerWatch:
    """Looks at a trainer from its first hook to its last.

    Args:
        trainer: A Trainer of either namespace; not kept.
        module: The LightningModule.
        loggers: Where what is captured goes: the same to each.
        capture: What to capture.
    """

    def __init__(
        self, trainer: Any, module: Any, loggers: Sequence[Capturing], capture: Capture
    ) -> None:
        self.loggers = loggers
        self._options = capture
        session = Session(capture, [each.destination for each in loggers])
        self._watch = Watch(session, capture.every_n_steps or trainer.log_every_n_steps)
        self._recording = Recording(self._watch, module)
        self._counts: dict[int, int] = {}

    def train_batch(self, trainer: Any, module: Any, batch: Any) -> None:
        """Look at a training batch before its step."""

        def taken() -> tuple[Batch, DatasetFacts]:
            loader = hooks.loader_of(trainer.train_dataloader, 0)
            return split(batch, self._options.roles), hooks.facts_for(loader, module)

        self._watch.inputs(current_step(trainer), trainer.current_epoch, taken)

    def optimizer_step(self, trainer: Any, module: Any, optimizer: Any) -> None:
        """Look at the gradients of an optimizer: unscaled, accumulated, not clipped yet."""
        places = len(trainer.optimizers)
        place = next((i for i, each in enumerate(trainer.optimizers) if each is optimizer), 0)
        count = self._counts.get(place, 0)
        self._counts[place] = count + 1
        self._watch.tensors(
            current_step(trainer),
            trainer.current_epoch,
            lambda: _tensors(trainer, module, optimizer),
            count=count,
            place=place,
            places=places,
        )

    def validation_start(self) -> None:
        """Begin a validation."""
        self._watch.validation_begin()

    def validation_batch_start(
        self, trainer: Any, module: Any, batch: Any, batch_idx: int, loader_idx: int
    ) -> None:
        """Look at a validation batch before its step."""
        if self._watch.looking_at_validation:
            with self._watch.validating():
                self._recording.start(trainer, module, batch, batch_idx, loader_idx)
            self._abandon_if_off()

    def validation_batch_end(self, trainer: Any, outputs: Any) -> None:
        """Look at what a validation step put out."""
        if self._recording.under_way:
            with self._watch.validating():
                self._recording.stop(trainer, outputs)
            self._abandon_if_off()

    def validation_end(self, trainer: Any, module: Any) -> None:
        """Log the predictions of a validation."""
        if self._watch.looking_at_validation:
            with self._watch.validating():
                self._recording.show(trainer, module)

    def end(self) -> None:
        """Take off what is still attached, and write down what it cost."""
        self._recording.abandon()
        self._watch.end()

    def _abandon_if_off(self) -> None:
        if not self._watch.looking_at_validation:
            self._recording.abandon()


def _tensors(trainer: Any, module: Any, optimizer: Any) -> Tensors:
    held = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
    parameters = [(name, p) for name, p in named_parameters(module) if id(p) in held]
    gradients = gradients_of(parameters, hooks.gradient_scale(trainer, optimizer))
    weights = ((name, local_values(p)) for name, p in parameters)
    return {"gradients": gradients.items(), "weights": weights}
