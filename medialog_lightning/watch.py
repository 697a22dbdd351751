"""One fit or validation as capture sees it: when to look, at what, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medialog_core.capture.batch import split
from medialog_core.capture.budget import GRACE_SECS, Cadence
from medialog_core.capture.histograms import of_tensors
from medialog_core.capture.options import Capture
from medialog_core.capture.session import Session
from medialog_core.capture.torch_gradients import gradients_of, local_values, named_parameters

from . import hooks
from .logger import MediaLogger
from .steps import current_step
from .validation import Validation

GRIDS = "train/inputs"
GRADIENTS = "gradients"
PREDICTIONS = "val/predictions"


class Watch:
    """Looks at a training from its first hook to its last.

    Args:
        trainer: A Trainer of either namespace; not kept.
        module: The LightningModule.
        loggers: Where what is captured goes: the same to each.
        capture: What to capture.
    """

    def __init__(
        self, trainer: Any, module: Any, loggers: Sequence[MediaLogger], capture: Capture
    ) -> None:
        self.loggers = loggers
        self._options = capture
        self._session = Session(capture, [hooks.Destination(each) for each in loggers])
        self._every = max(capture.every_n_steps or trainer.log_every_n_steps, 1)
        self._grids = Cadence(self._every)
        self._optimizers: dict[int, tuple[Cadence, int]] = {}
        self._validation = Validation(self._session, module)
        self._looks_now = False

    def train_batch(self, trainer: Any, module: Any, batch: Any) -> None:
        """Look at a training batch before its step."""
        step = current_step(trainer)
        if not self._options.grids or not self._grids.due(step):
            return
        self._grids.done(step)
        if self._wants(GRIDS):
            with self._session.looking(GRIDS):
                loader = hooks.loader_of(trainer.train_dataloader, 0)
                facts = hooks.facts_for(loader, module)
                self._session.log_inputs(
                    "train", split(batch, self._options.roles), facts, step, trainer.current_epoch
                )

    def optimizer_step(self, trainer: Any, module: Any, optimizer: Any) -> None:
        """Look at the gradients of an optimizer: unscaled, accumulated, not clipped yet."""
        place = next((i for i, each in enumerate(trainer.optimizers) if each is optimizer), 0)
        cadence, count = self._optimizers.get(place, (Cadence(self._every), 0))
        self._optimizers[place] = cadence, count + 1
        if not (self._options.gradients or self._options.weights) or not cadence.due(count):
            return
        cadence.done(count)
        if self._wants(f"{GRADIENTS}/{place}"):
            with self._session.looking(f"{GRADIENTS}/{place}"):
                data = self._tensors(trainer, module, optimizer)
                if len(trainer.optimizers) > 1 and f"{GRADIENTS}_norm" in data:
                    data[f"{GRADIENTS}_norm/optimizer_{place}"] = data.pop(f"{GRADIENTS}_norm")
                self._session.log(data, current_step(trainer), trainer.current_epoch)

    def validation_start(self) -> None:
        """Decide whether to look at this validation."""
        self._looks_now = (self._options.predictions or self._options.grids) and self._wants(
            PREDICTIONS, GRACE_SECS
        )
        if self._looks_now:
            self._validation.begin()

    def validation_batch_start(
        self, trainer: Any, module: Any, batch: Any, batch_idx: int, loader_idx: int
    ) -> None:
        """Look at a validation batch before its step."""
        if self._looks_now and self._session.active(PREDICTIONS):
            with self._session.looking(PREDICTIONS):
                self._validation.batch_start(trainer, module, batch, batch_idx, loader_idx)
            self._abandon_if_off()

    def validation_batch_end(self, trainer: Any, outputs: Any) -> None:
        """Look at what a validation step put out."""
        if self._validation.watching:
            with self._session.looking(PREDICTIONS):
                self._validation.batch_end(trainer, outputs)
            self._abandon_if_off()

    def validation_end(self, trainer: Any, module: Any) -> None:
        """Log the predictions of a validation."""
        if self._looks_now and self._session.active(PREDICTIONS) and self._options.predictions:
            with self._session.looking(PREDICTIONS):
                self._validation.end(trainer, module)

    def end(self) -> None:
        """Take off what is still attached, and write down what it cost."""
        self._validation.abandon()
        with self._session.looking("health"):
            self._session.close()

    def _wants(self, what: str, grace_secs: float = 0.0) -> bool:
        return self._session.active(what) and self._session.budget.grants(what, grace_secs)

    def _abandon_if_off(self) -> None:
        if not self._session.active(PREDICTIONS):
            self._validation.abandon()

    def _tensors(self, trainer: Any, module: Any, optimizer: Any) -> dict[str, Any]:
        held = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
        parameters = [(name, p) for name, p in named_parameters(module) if id(p) in held]
        data: dict[str, Any] = {}
        if self._options.gradients:
            gradients = gradients_of(parameters, hooks.gradient_scale(trainer, optimizer))
            data |= of_tensors(GRADIENTS, gradients.items())
        if self._options.weights:
            data |= of_tensors("weights", ((name, local_values(p)) for name, p in parameters))
        return data
