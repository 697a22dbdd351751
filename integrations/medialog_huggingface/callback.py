"""The Trainer's callback: its events, handed on to a run and a watch."""

from __future__ import annotations

import logging
import os
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from medialog_core.arrays import describe
from medialog_core.capture.options import Capture, chosen_capture
from medialog_core.errors import MissingExtra, WrongType
from medialog_core.payload import Sink
from medialog_core.placing.destination import Destination
from medialog_core.placing.lazy_run import LazyRun
from medialog_core.placing.unplaced import unplaced
from medialog_core.runs.arguments import (
    mapping_of,
    project_of,
)
from medialog_core.runs.run import Run
from medialog_core.runs.spec import Durability
from medialog_core.runs.worker import OnFull

try:
    from transformers.trainer_callback import TrainerCallback
except ImportError as error:
    raise MissingExtra("MediaCallback", "huggingface") from error

from . import logs as logging_of
from .claims import Claims
from .event import Event
from .place import run_of
from .registering import register
from .watch import TrainerWatch


class MediaCallback(TrainerCallback):  # type: ignore[misc]  # transformers is not looked into
    """Logs a Trainer's numbers and captures its media: `report_to="medialog"`, or `callbacks=[...]`.

    The run lies in `<output_dir>/medialog/<run_name>`; a training that goes on from a checkpoint goes
    on in it. Media come from every rank, numbers and config from rank 0. A trial of a
    hyper-parameter search is a run of its own.

    Where a Trainer has several, the last that was there when it was made acts alone: so one that is
    given explicitly wins over `report_to`'s.

    Args:
        capture: What is captured without a line of code: True for what `Capture()` says, a
            `Capture` to tune it, False for nothing.
        log_dir: Parent of the run's folder; None is `$MEDIALOG_DIR/<project>` where that is set,
            else `<output_dir>/medialog`.
        project: Kept with the run; `$MEDIALOG_PROJECT` where absent.
        sinks: `store`, `tensorboard`, both, or objects that satisfy `medialog_core.payload.Sink`.
        config: Kept with the run, beside the model's and the training's.
        tags: Kept with the run.
        notes: Kept with the run.
        group: Kept with the run.
        job_type: Kept with the run.
        strict: Raise a failed write at the next call; `$MEDIALOG_STRICT` where absent.
        on_full: When the queue is full: `wait`, or `drop`, counted in `run.health`.
        queue_bytes: Bound of raw input that waits for the encoder, 64 MiB by default.
        durability: `fsync` syncs every commit.

    Raises:
        InvalidInput: An argument has a value that it cannot have.
        WrongType: An argument is of the wrong type.
    """

    def __init__(
        self,
        capture: bool | Capture = True,
        *,
        log_dir: str | os.PathLike[str] | None = None,
        project: str | None = None,
        sinks: Sequence[str | Sink] = ("store",),
        config: Mapping[str, Any] | None = None,
        tags: Sequence[str] | None = None,
        notes: str | None = None,
        group: str | None = None,
        job_type: str | None = None,
        strict: bool | None = None,
        on_full: OnFull = "wait",
        queue_bytes: int | None = None,
        durability: Durability | None = None,
    ) -> None:
        super().__init__()
        if log_dir is not None and not isinstance(log_dir, str | os.PathLike):
            raise WrongType(f"log_dir: expected a path or None, got {describe(log_dir)}")
        self._capture = chosen_capture(capture)
        self._log_dir = log_dir
        self._spec = unplaced(
            project_of(project),
            sinks=sinks,
            config=mapping_of(config),
            tags=tags,
            notes=notes,
            group=group,
            job_type=job_type,
            strict=strict,
            on_full=on_full,
            queue_bytes=queue_bytes,
            durability=durability,
        )
        if self._spec.disabled:
            self._capture = None
        self._run: LazyRun | None = None
        self._watch: TrainerWatch | None = None
        self._followed: weakref.ref[Any] | None = None
        self._stage: Literal["before", "training", "after"] = "before"

    # --- what the Trainer calls -------------------------------------------------------------------

    def on_init_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        """Act for this Trainer, unless another callback is still to come."""
        _claims.take(control, self)

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Begin a run, and lie in wait."""
        if not self._acts(control):
            logging.getLogger("medialog").warning("%s", _IDLE)
            return
        event = Event.of(args, state, given)
        self._begin(resumed=state.global_step > 0, trial=state.is_hyper_param_search)
        run = self._reached(event)
        if run is not None and state.is_world_process_zero:
            captured = self._capture is not None and self._capture.gradients
            run.config.update(logging_of.config_of(event, gradients=captured))
        watch = self._watching(event)
        if watch is not None:
            watch.train_begin(event)

    def on_step_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Look at the inputs of the step, if they are due."""
        if self._watch is not None and self._acts(control):
            self._watch.step_begin(Event.of(args, state, given))

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Look at the gradients, if they are due."""
        if self._watch is not None and self._acts(control):
            self._watch.optimizer_step(Event.of(args, state, given))

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Log the inputs that were looked at."""
        if self._watch is not None and self._acts(control):
            self._watch.step_end(Event.of(args, state, given))

    def on_prediction_step(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """End a step of an evaluation."""
        if self._watch is not None and self._acts(control):
            self._watch.prediction_step(Event.of(args, state, given))

    def on_evaluate(
        self, args: Any, state: Any, control: Any, metrics: Any = None, **given: Any
    ) -> None:
        """Log the predictions of an evaluation."""
        if self._acts(control):
            self._evaluated(Event.of(args, state, given), metrics or {})

    def on_predict(
        self, args: Any, state: Any, control: Any, metrics: Any = None, **given: Any
    ) -> None:
        """Log the numbers and the predictions of `predict`, of which the Trainer logs none."""
        if self._acts(control):
            event = Event.of(args, state, given)
            self._log(event, metrics or {})
            self._evaluated(event, metrics or {})

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **given: Any) -> None:
        """Log what the Trainer logs."""
        if self._acts(control):
            self._log(Event.of(args, state, given), logs or {})

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        """End: what is logged later, e.g. of an evaluation, opens the run again."""
        if self._acts(control):
            self._stage = "after"
            if self._watch is not None:
                self._watch.train_end()
            self._end("finished")

    # --- inside -----------------------------------------------------------------------------------

    def _acts(self, control: Any) -> bool:
        return _claims.holder(control, self) is self

    def _begin(self, *, resumed: bool, trial: bool) -> None:
        """Begin a training: no run holds two, but one that goes on from a checkpoint."""
        if (self._stage != "before" and not resumed) or trial:
            self._end("failed" if self._stage == "training" else "finished")
            self._run = self._watch = None
        self._stage = "training"

    def _log(self, event: Event, data: Mapping[str, Any]) -> None:
        run = self._reached(event) if event.state.is_world_process_zero else None
        if run is not None:
            logging_of.log(run, data, event)

    def _evaluated(self, event: Event, metrics: Mapping[str, Any]) -> None:
        watch = self._watching(event)
        if watch is not None:
            watch.evaluated(event, metrics)
        if self._stage != "training":
            self._end("finished")

    def _reached(self, event: Event) -> Run | None:
        """Give the open run, which follows the Trainer's step; None where this rank can't know it yet."""
        if self._run is None:
            self._run = run_of(self._spec, self._log_dir, event.args, event.state)
            self._followed = None
        if self._followed is None or self._followed() is not event.state:
            self._followed = weakref.ref(event.state)
            self._run.follow(event.state, _step, lead=True)
        return self._run.reach()

    def _watching(self, event: Event) -> TrainerWatch | None:
        if self._watch is None and self._capture is not None and self._reached(event) is not None:
            run = self._run
            if run is not None:
                self._watch = TrainerWatch(event, Destination(run.get), self._capture)
        return self._watch

    def _end(self, status: str) -> None:
        if self._run is not None:
            self._run.end(status)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_run": None, "_watch": None, "_followed": None, "_stage": "before"}


_claims = Claims()
_IDLE = "this Trainer has several of medialog's callbacks: the one that was given last captures, this one rests"


def _step(state: Any) -> int:
    return int(state.global_step)


register()
