"""A run: where `log` begins.

In the caller: check, coerce raw values (media values took their snapshot when they were made), put
into the queue. The rest happens in the background.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from ..errors import RunFailed, WrongType
from ..payload import Scalars, State
from ..schema import Area, Metric
from . import lifecycle
from .background import Background
from .coerce import coerce, holds_media, is_media
from .health import Health
from .increments import Increments
from .mappings import Recorded, Summary, to_json
from .methods import RunMethods
from .metrics import Numbers, recall
from .pending import Pending, Steps, to_epoch
from .sorting import sort
from .spec import RunSpec
from .watching import Watches

_SCALAR_BYTES = 64
_SKIPPED = "was None or empty and skipped; further ones are only counted"


class Run(RunMethods):
    """Takes what is logged, from any thread, fork or spawned child, and brings it to the sinks.

    Made by `medialog_core.init` or by a framework's logger; a context manager that finishes the run
    as `failed` when an exception leaves it.

    Args:
        spec: Where and what the run is; `spec.owner` is false for a handle in a child process,
            which never ends its parent's run.
        first_step: The step of the first `log` without one.
        config, summary, last, metrics: What a resumed run already holds; `last` are the last
            numbers of its keys.
        resumed: Whether it goes on with what was there.
    """

    def __init__(
        self,
        spec: RunSpec,
        *,
        first_step: int = 0,
        config: Mapping[str, Any] | None = None,
        summary: Mapping[str, Any] | None = None,
        last: Mapping[str, float] | None = None,
        metrics: Mapping[str, Metric] | None = None,
        resumed: bool = False,
    ) -> None:
        self.spec = spec
        self._first_step = first_step
        self._resumed = resumed
        self.step_source: Callable[[], int] | None = None
        self._steps = Steps(first_step)
        self._finished = False
        self._ending = threading.Lock()
        self._health = Health(spec.id)
        self._background = Background(spec, self._health)
        self._increments = Increments((spec.id, spec.created), self._background.put)
        self.config = Recorded(config or {}, self._set_config)
        self._numbers = Numbers(last or {}, metrics or {}, partial(recall, self))
        self.summary = Summary(summary or {}, self._set_summary, self._numbers)
        self._watches = Watches(self)
        self._unguard = lifecycle.guard(self) if not spec.disabled else lifecycle.nothing
        if spec.owner:
            self.state("status", "state", "running")
        self._take_config(spec.config)

    # --- what a user calls ------------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        """Whether `finish` was called."""
        return self._finished

    @property
    def step(self) -> int:
        """The step that the next `log` without one goes to."""
        return self._steps.peek(self.step_source)

    @property
    def health(self) -> dict[str, int | float | str]:
        """What waits and what went wrong: counters, `queued_items`, `queued_bytes`, `first_error`."""
        return self._background.state()

    def log(
        self,
        data: Mapping[str, Any],
        step: int | None = None,
        commit: bool | None = None,
        *,
        epoch: float | None = None,
    ) -> None:
        """Log numbers and media under their keys.

        Args:
            data: Key to value. Nested dictionaries become `a/b` keys. A value is a number, a media
                value, a list of media of one type, or raw: PIL images, matplotlib figures and
                image-like arrays become `Image`, other arrays `Histogram` (a scalar if they have
                one element), strings `Text`, data frames `Table`, Plotly figures `Plotly`, rdkit
                molecules `Molecule`; None is skipped and counted.
            step: Training step, in any order; without it one after the highest, or with an active
                framework logger the trainer's step.
            commit: False stays on the step for the next call.
            epoch: Written beside the step.

        Raises:
            WrongType: `data` is no dictionary, a key no string, a value of no known type.
            InvalidInput: A value that cannot be logged, or the run is finished.
        """
        self._check_open("log")
        scalars, media, skipped = sort(data)
        epoch = to_epoch(epoch)
        for key in skipped:
            self.warn_once("skipped_none", f"{key!r} {_SKIPPED}")
        place = self._steps.take(step, commit, self.step_source)
        self._numbers.take(scalars)
        if self.spec.disabled:
            return
        self._raise_if_strict()
        now = time.time()
        if scalars:
            record = Scalars(scalars, place, epoch, now, self.spec.rank)
            self._background.put(record, _SCALAR_BYTES * len(scalars))
        for key, values, listed in media:
            self._increments.put(Pending(key, place, epoch, now, self.spec.rank, values, listed))

    def flush(self, timeout_secs: float | None = None) -> bool:
        """Wait until all that was logged is on the disk; False after the time or a failed write."""
        done = self._background.flush(timeout_secs)
        self._raise_if_strict()
        return done

    def finish(
        self,
        exit_code: int | str | None = None,
        quiet: bool | None = None,
        *,
        status: str | None = None,
        timeout_secs: float | None = None,
    ) -> None:
        """Write what is left and end the run; a second call does nothing.

        Args:
            exit_code: W&B's: 0 is `finished`, any other number `failed`. A status is taken too.
            quiet: Do not raise.
            status: `finished` (the default), `failed` or `killed`; a handle in a child process
                writes none.
            timeout_secs: How long to write; what is left then is said.

        Raises:
            WrongType: `exit_code` is no whole number.
            InvalidInput: There is no such status, or both were given.
            RunFailed: Something did not reach the disk; the first failure is its cause.
        """
        status = lifecycle.status_of(exit_code, status)
        if not self._ending.acquire(blocking=False):
            # Another thread is at it, or a signal interrupted it: what waits must not be lost.
            self._background.wait(timeout_secs)
            return
        self._watches.close()
        if self.spec.owner:
            self.note_status(status)
        elif self._background.used:
            self._background.put_counts()
        self._finished = True
        self._background.close(timeout_secs)
        self._unguard()
        if self._background.incomplete and not quiet:
            raise RunFailed(
                f"run {self.id!r}: not all was written: {self.health}"
            ) from self._health.first_error

    def __enter__(self) -> Run:  # noqa: PYI034 - Self is in typing from 3.11 on
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.finish("finished" if kind is None else "failed", quiet=kind is not None)

    def __reduce__(self) -> tuple[Any, ...]:
        return _reopen, (self.spec.for_child(), self._steps.next)

    def __repr__(self) -> str:
        return f"Run(id={self.id!r}, name={self.name!r}, dir={str(self.dir)!r})"

    # --- what wrappers call -----------------------------------------------------------------------

    def state(self, area: Area, key: str, value: Any) -> None:
        """Record a fact of the run itself; `value` becomes JSON, what JSON lacks by its `repr`."""
        self._put_state(area, key, to_json(value))

    def note_status(self, status: str) -> None:
        """Write the status, and the health once all before is encoded; the run stays open."""
        self._put_state("status", "state", status)
        if not (self.spec.disabled or self._finished):
            self._background.put_counts()

    def count(self, name: str, n: int = 1) -> None:
        """Add to a counter of `health`."""
        self._health.count(name, n)

    def warn_once(self, topic: str, message: str) -> None:
        """Say `message` the first time for this topic; count it every time."""
        self._health.warn_once(topic, message)

    def settle(self, timeout_secs: float) -> bool:
        """Commit what was logged so far, as `flush`, but never raise."""
        return self._background.flush(timeout_secs)

    def before_fork(self) -> None:
        """Wait while the background may import something; the child could never import it."""
        self._background.first_of_kind.wait()

    def after_fork(self) -> None:
        """Go on."""
        self._background.first_of_kind.go_on()

    def reset_after_fork(self) -> None:
        """Become the child's own handle: an empty queue, new files, and no power to end the run."""
        self.spec = self.spec.for_child()
        self._steps = Steps(self._steps.next)
        self._increments.reset()
        self._numbers.reset_lock()
        self._background.reset_after_fork(self.spec)

    # --- in the caller ----------------------------------------------------------------------------

    def _put_state(self, area: Area, key: str, value: Any) -> None:
        if not (self.spec.disabled or self._finished):
            record = State(area, key, value, time.time(), self.spec.rank)
            self._background.put(record, _SCALAR_BYTES, always=True)

    def _take_config(self, config: Mapping[str, Any]) -> None:
        try:
            self.config.update(config)
        except BaseException:
            self.finish("failed", quiet=True)
            raise

    def _set_config(self, key: str, value: Any) -> None:
        self._check_open(f"config[{key!r}]")
        if holds_media(value):
            raise WrongType(
                f"config[{key!r}]: media cannot be part of the config; log it, or put it in the summary"
            )
        self.state("config", key, value)

    def _set_summary(self, key: str, value: Any) -> None:
        self._check_open(f"summary[{key!r}]")
        listed = isinstance(value, list | tuple) and len(value) > 0
        if not all(is_media(item) for item in (value if listed else [value])):
            if holds_media(value):
                raise WrongType(
                    f"summary[{key!r}]: media among other things cannot be kept; give them keys of their own"
                )
            self.state("summary", key, value)
        elif not self.spec.disabled:
            coerced = coerce(key, value)
            values = tuple(coerced) if isinstance(coerced, list) else (coerced,)
            self._increments.put(
                Pending(key, None, None, time.time(), self.spec.rank, values, listed)
            )

    def _raise_if_strict(self) -> None:
        if self.spec.strict and self._health.first_error is not None:
            raise RunFailed(
                f"run {self.id!r}: a write failed, and strict=True"
            ) from self._health.first_error


_handles: WeakValueDictionary[tuple[Path, str, int], Run] = WeakValueDictionary()
"""This process's own for runs of others: a pool's worker gets one with every task."""


def _reopen(spec: RunSpec, first_step: int) -> Run:
    place = spec.directory, spec.id, spec.rank
    handle = _handles.get(place)
    if handle is None or handle.finished:
        handle = _handles[place] = Run(spec)
    handle._steps.reach(first_step)  # noqa: SLF001 - this module's own
    return handle
