"""An evaluation's inputs and predictions: what was seen of them, read again where nothing was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import torch

from medialog_core.capture.batch import Batch, rows
from medialog_core.capture.follow import Follower, Forward
from medialog_core.capture.options import Role
from medialog_core.capture.predict import Predictions
from medialog_core.capture.samples import Sample, as_input, digest_of
from medialog_core.capture.tasks.evidence import Evidence
from medialog_core.capture.torch.forward import can_run_eagerly, forward_again, untouched
from medialog_core.capture.torch.rows import leading
from medialog_core.capture.watch import Watch

from . import generating, trainers
from .answers import batch_of, fitted, of_call, scores_in
from .dataset import first_batches, order_of, read_again
from .event import Event
from .facts import ModelFacts, takes
from .forward import Call, call_of


class Showing:
    """Shows evaluations: the same samples of each data set, from the first to the last.

    Args:
        watch: Follows the samples.

    Attributes:
        forwards: Whether the call of the model that is under way is one of ours.
    """

    def __init__(self, watch: Watch) -> None:
        self.forwards = False
        self._session = watch.session
        self._options = watch.session.options
        self._validation = watch.validation
        self._stages: list[str] = []

    def show(self, event: Event, seen: Sequence[Call], stage: str) -> None:
        """Log what an evaluation was given and what the model predicted.

        Args:
            event: The end of the evaluation.
            seen: The calls that were seen of its first steps; none where no hook lay on the model.
            stage: `val`, `val/<name>`, `test` or another.
        """
        known = event.known
        order = order_of(event.eval_loader, len(seen))
        calls = seen
        if not seen:
            calls, order = self._forwarded(event, known, stage)
        if not calls:
            return
        predictions = self._validation.loader(
            stage, lambda: self._predictions(event, stage, calls, order)
        )
        fresh = not predictions.follower.samples
        for i, call in enumerate(calls):
            parts = batch_of(call.rows, known, self._options.roles)
            if fresh and not parts.targets and i < len(order):
                parts = self._with_targets(event, known, parts, order[i])
            native = call.native(_left_out(known))
            leads = self._validation.batch(predictions, i, parts, native, *event.place)
            if leads is not None:
                count = len(leads.samples)
                predictions.follower.see(leads, of_call(event.model, call, count, parts, known))
        if calls[0].whole is not None:
            self._validation.sampled(predictions, *calls[0].whole, *event.place)
        self._validation.end(*event.place, lambda _: self._forward(event, known), only=stage)
        self._generate(event, known, predictions)

    def _generate(self, event: Event, known: ModelFacts, predictions: Predictions) -> None:
        samples, facts = predictions.follower.samples, predictions.facts
        if not (samples and generating.wanted(event, facts) and _may_forward(event)):
            return
        if self._session.active(generating.AREA):
            with self._session.looking(generating.AREA), self._ours():
                table = generating.generated(event, known, samples, facts, predictions.look)
                key = f"{predictions.stage}/{generating.AREA}"
                self._session.log_table(key, table, *event.place)

    def _predictions(
        self, event: Event, stage: str, calls: Sequence[Call], order: Sequence[Sequence[int]]
    ) -> Predictions:
        places = list(chain.from_iterable(order))
        told = [len(each) for each in order] == [call.size for call in calls]
        position: Callable[[int], int] | None = places.__getitem__ if told else None
        number = len(self._stages)
        self._stages.append(stage)
        roles = dict(self._options.roles)
        follower = Follower(number, self._options.num_samples, roles, position)
        shown = event.shown(event.eval_loader, scores_in(calls[0]))
        return Predictions(self._session, follower, stage, shown)

    def _forwarded(
        self, event: Event, known: ModelFacts, stage: str
    ) -> tuple[list[Call], list[list[int]]]:
        """Read the first batches and have the model predict them, where no call of it was seen."""
        order = first_batches(event.eval_loader, self._options.num_samples)
        if not order or not _may_forward(event):
            self._session.notice(f"capture_unseen/{stage}", _unseen(stage, bool(order)))
            return [], []
        calls = [self._forwarded_batch(event, known, places) for places in order]
        seen = [call for call in calls if call is not None]
        return (seen, order) if len(seen) == len(order) else ([], [])

    def _forwarded_batch(
        self, event: Event, known: ModelFacts, places: Sequence[int]
    ) -> Call | None:
        model, count = event.model, self._options.num_samples
        device = trainers.device_of(model)
        batch = read_again(event.eval_loader, places, device)
        left_out = _left_out(known)
        given = {
            name: value
            for name, value in batch.items()
            if name not in left_out and takes(model, name, any_name=True)
        }
        with self._ours(), untouched(model, device), torch.no_grad():
            output = model(**given)
        whole = self._options.sample_fn is not None
        return call_of(model, (), batch, output, main=known.input, count=count, whole=whole)

    def _with_targets(
        self, event: Event, known: ModelFacts, parts: Batch, places: Sequence[int]
    ) -> Batch:
        """Read the labels that the loss was given in the model's place, if the inputs are the same."""
        batch = read_again(event.eval_loader, places, torch.device("cpu"))
        again = batch_of(batch, known, self._options.roles)
        if again.inputs is None or not _same(parts.inputs, again.inputs):
            self._session.notice("capture_labels", _UNLABELLED)
            return parts
        return Batch(parts.inputs, {n: leading(v, parts.size) for n, v in again.targets.items()})

    def _forward(self, event: Event, known: ModelFacts) -> Forward:
        def forward(path: Role, samples: Sequence[Sample]) -> list[Evidence]:
            if not _may_forward(event):
                return []
            model, device = event.model, trainers.device_of(event.model)
            try:
                with self._ours():
                    again = forward_again(model, str(path), samples, listed=False, device=device)
            except Exception as error:  # noqa: BLE001 - it is the user's forward, which may want other inputs
                said = f"samples can't be predicted again: {type(error).__name__}: {error}"
                self._session.notice("capture_forward", said)
                return []
            return list(fitted(model, again, known))

        return forward

    @contextmanager
    def _ours(self) -> Iterator[None]:
        self.forwards = True
        try:
            yield
        finally:
            self.forwards = False


def _may_forward(event: Event) -> bool:
    return trainers.may_forward(event.args, event.model) and can_run_eagerly(event.model)


def _left_out(known: ModelFacts) -> tuple[str, ...]:
    """Say what no call of ours is given: labels, unless the decoder is fed with them or they are inputs."""
    return () if known.takes_labels else tuple(n for n in known.labels if n != known.input)


def _same(one: Any, other: Any) -> bool:
    given, again = rows(one, len(one)), rows(other, len(one))
    return [digest_of(as_input(r)) for r in given] == [digest_of(as_input(r)) for r in again]


_UNLABELLED = (
    "labels were taken out of the evaluation's batches before the model saw them, and the data set, read "
    "again, gives other inputs (random transforms?): there is no truth to show"
)


def _unseen(stage: str, read: bool) -> str:
    why = (
        "other ranks hold parts of the model, so that it can't be called for some samples alone"
        if read
        else "its data set has no fixed order in which samples could be read again"
    )
    return f"no {stage}/predictions: this evaluation was not seen, since it is no part of a training, and {why}"
