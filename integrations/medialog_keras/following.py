"""The samples of one stage, `val`, `test` or `predict`: pinned once, predicted again each time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from medialog_core.capture.batch import Batch, is_picture
from medialog_core.capture.datasets import DatasetFacts
from medialog_core.capture.follow import Follower, Leading
from medialog_core.capture.predict import Predictions
from medialog_core.capture.showing.predictions import raw_table
from medialog_core.capture.watch import Watch

from . import caller
from .backends import Backend, taken
from .batches import Samples, leading, named, shown
from .caller import Source
from .description import with_range
from .outputs import Output, outputs_of

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")

PREDICT = "predict"
"""The stage that has no truth."""


class Following:
    """Shows what a model makes of the same samples, each time the stage is run.

    Args:
        watch: Says what is granted, and keeps errors in.
        backend: Predicts.
        model: The model.
        stage: What the keys begin with.
        given: Samples to follow; None takes the first ones that come.
    """

    def __init__(
        self,
        watch: Watch,
        backend: Backend,
        model: Any,
        stage: str,
        given: Samples | None = None,
    ) -> None:
        self._watch = watch
        self._session = watch.session
        self._options = watch.session.options
        self._backend = backend
        self._model = model
        self._stage = stage
        self._samples = given
        self._complete = given is not None
        self._in_order = False
        self._facts = DatasetFacts()
        self._first: Any = None

    def begin(self, source: Source) -> None:
        """Begin a run of the stage.

        Args:
            source: Its data.
        """
        self._watch.validation_begin()
        if self._watch.looking_at_validation:
            with self._watch.validating():
                self._facts = caller.facts(source.data)
                self._in_order = source.in_order and not self._complete

    def wants(self, batch_idx: int) -> bool:
        """Say whether a batch is to be looked at."""
        return self._watch.looking_at_validation and (batch_idx == 0 or not self._complete)

    def taken(self, args: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[Any]]:
        """Give the batches of a step, and arguments that still hold them."""
        return taken(args, self._model.steps_per_execution, self._backend)

    def batch(self, batch_idx: int, batch: Any, step: int, epoch: float | None) -> None:
        """Show the first batch's inputs, and pin samples while some are missing.

        Args:
            batch_idx: Its place.
            batch: What the model is about to be given.
            step: Training step.
            epoch: Epoch, where it is known.
        """
        with self._watch.validating():
            wanted = self._options.num_samples
            came = leading(self._backend.local(batch), wanted)
            if batch_idx == 0:
                self._first = batch if self._options.sample_fn is not None else None
                if self._options.grids:
                    inputs = shown(came, self._options.roles)[0]
                    facts = self._known(inputs.inputs)
                    self._session.log_inputs(self._stage, inputs, facts, step, epoch)
            if not self._complete:
                both = came if self._samples is None else self._samples.with_more(came)
                self._samples = both.first(wanted)
                self._complete = self._samples.size >= wanted

    def end(self, step: int, epoch: float | None) -> None:
        """End a run of the stage: show the predictions."""
        if not self._watch.looking_at_validation:
            return
        with self._watch.validating():
            self._complete = self._samples is not None
            if self._options.sample_fn is not None:
                self._user_media(step, epoch)
            elif self._options.predictions and self._samples is not None:
                self._show(self._samples, step, epoch)

    def _show(self, samples: Samples, step: int, epoch: float | None) -> None:
        predicted = self._predict(samples.x)
        if predicted is None:
            return
        batch, layout = shown(samples, self._options.roles)
        roles = self._options.roles
        outputs = outputs_of(self._model, predicted, samples.y, samples.size, layout, roles)
        for output in outputs:
            loader = self._loader(output.name, batch, output.targets or batch.targets)
            loader.follower.see(Leading(loader.follower.samples, 0), [output.evidence])
        if not outputs:
            self._loader("", batch, {} if samples.y is None else named(samples.y))
        if self._stage == PREDICT:
            self._tables(outputs, step, epoch)
        else:
            self._watch.validation.end(step, epoch, lambda _: lambda *_: [])

    def _loader(self, name: str, batch: Batch, targets: Any) -> Predictions:
        """Give what shows an output; it pins the samples when it is made."""

        def make() -> Predictions:
            position = (lambda i: i) if self._in_order else None
            kept = ("task", "ignore_index")
            roles = {key: role for key, role in self._options.roles.items() if key in kept}
            follower = Follower(0, max(batch.size, 1), roles, position)
            follower.look(0, Batch(batch.inputs, targets), lambda _: None)
            facts = self._known(batch.inputs)
            return Predictions(self._session, follower, self._stage, facts, part=name)

        return self._watch.validation.loader(name, make)

    def _tables(self, outputs: Sequence[Output], step: int, epoch: float | None) -> None:
        for output in outputs:
            loader = self._watch.validation.loader(output.name, _unmade)
            samples = loader.follower.samples
            key = "/".join(filter(None, (self._stage, "predictions", output.name)))
            table = raw_table(samples, output.evidence, loader.look)
            self._session.log_table(key, table, step, epoch)

    def _user_media(self, step: int, epoch: float | None) -> None:
        first, self._first = self._first, None
        if first is None:
            return
        whole = leading(self._backend.local(first), np.iinfo(np.int32).max)
        predicted = self._predict(whole.x)
        loader = self._loader("", shown(whole, self._options.roles)[0], {})
        self._watch.validation.sampled(loader, first, predicted, step, epoch)

    def _predict(self, x: Any) -> Any:
        """Predict inputs, or say once why not."""
        if not self._backend.alone():
            self._session.notice(
                "capture_forward", "no predictions: other devices or processes hold the model, too"
            )
            return None
        try:
            return self._backend.predict(x)
        except Exception as error:  # noqa: BLE001 - it is the user's model, which may want other inputs
            said = (
                f"no {self._stage}/predictions: the followed samples can't be given to the model by themselves: "
                f"{_reason(error)} Capture(sample_fn=...) shows what you make of a batch"
            )
            self._session.notice("capture_forward", said)
            return None

    def _known(self, pictures: Any) -> DatasetFacts:
        told = isinstance(pictures, np.ndarray) and is_picture(pictures)
        return with_range(self._facts, self._model, pictures) if told else self._facts


def _reason(error: Exception) -> str:
    """Give an error in one line, without the colours and the arguments that Keras adds."""
    plain = _COLOUR.sub("", str(error)).partition("Arguments received")[0]
    return f"{type(error).__name__}: {' '.join(plain.split())}"


def _unmade() -> Predictions:
    raise LookupError("an output is followed before it is shown")
