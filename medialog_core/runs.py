"""A run: where `log` begins. The only place that knows worker, codecs and sinks together.

In the caller: check, coerce raw values (media values took their snapshot when they were made), put
into the queue. In the background: encode each value once, write it to every sink, commit.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from . import codecs, lifecycle
from .arrays import describe
from .coerce import SKIP, coerce
from .errors import InvalidInput, MedialogError, RunFailed, WrongType
from .mappings import Recorded, Summary, to_json
from .payload import Entry, Record, Scalars, Sink, State
from .pending import Pending, Steps, flatten
from .schema import Area
from .sinks.fanout import open_sinks
from .spec import RunSpec
from .worker import Worker

logger = logging.getLogger("medialog")

HEARTBEAT_SECS = 30.0
_SCALAR_BYTES = 64


class Run:
    """Takes what is logged, from any thread, fork or spawned child, and brings it to the sinks.

    Made by `medialog_core.init` or by a framework's logger; a context manager that finishes the run
    as `failed` when an exception leaves it.

    Args:
        spec: Where and what the run is; `spec.owner` is false for a handle in a child process,
            which never ends its parent's run.
        first_step: The step of the first `log` without one.
        config, summary: What a resumed run already holds.
    """

    def __init__(
        self,
        spec: RunSpec,
        *,
        first_step: int = 0,
        config: Mapping[str, Any] | None = None,
        summary: Mapping[str, Any] | None = None,
    ) -> None:
        self.spec = spec
        self.step_source: Callable[[], int] | None = None
        self._steps = Steps(first_step)
        self._last: dict[str, float] = {}
        self._counts: dict[str, int] = {}
        self._warned: set[str] = set()
        self._first_error: BaseException | None = None
        self._finished = False
        self._sink: Sink | None = None
        self._beat_at = 0.0
        self._worker = Worker(
            self._consume, self._commit, self._failed, capacity_bytes=spec.queue_bytes, on_full=spec.on_full
        )
        self.config = Recorded(config or {}, self._set_config)
        self.summary = Summary(summary or {}, self._set_summary, self._last)
        self._unguard = lifecycle.guard(self) if not spec.disabled else lifecycle.nothing
        if not spec.disabled:
            self._open_sink()
        if spec.owner:
            self.state("status", "state", "running")
        self.config.update(spec.config)

    # --- what a user calls ------------------------------------------------------------------------

    @property
    def id(self) -> str:
        """The run's identifier, unique in its project."""
        return self.spec.id

    @property
    def name(self) -> str:
        """The run's name for people."""
        return self.spec.name

    @property
    def project(self) -> str:
        """The project's name."""
        return self.spec.project

    @property
    def dir(self) -> Path:
        """The run's directory."""
        return self.spec.directory

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
        lost = self._sink.lost if self._sink is not None else 0
        error = {"first_error": repr(self._first_error)} if self._first_error is not None else {}
        return {
            "queued_items": self._worker.queued_items,
            "queued_bytes": self._worker.queued_bytes,
            "waited_secs": self._worker.waited_secs,
            **self._counts,
            **({"lost": lost} if lost else {}),
            **error,
        }

    def log(
        self, data: Mapping[str, Any], step: int | None = None, commit: bool | None = None, *, epoch: float | None = None
    ) -> None:
        """Log numbers and media under their keys.

        Args:
            data: Key to value. Nested dictionaries become `a/b` keys. A value is a number, a media
                value, a list of media of one type, or raw: PIL images and image-like arrays become
                `Image`, other arrays `Histogram` (a scalar if they have one element), strings
                `Text`, data frames `Table`; None is skipped and counted.
            step: Training step, in any order; without it one after the highest, or with an active
                framework logger the trainer's step.
            commit: False stays on the step for the next call.
            epoch: Written beside the step.

        Raises:
            WrongType: `data` is no dictionary, a key no string, a value of no known type.
            InvalidInput: A value that cannot be logged, or the run is finished.
        """
        if self._finished:
            raise InvalidInput(f"log: run {self.id!r} is finished; call init() for a new one")
        scalars, media = self._sort(data)
        place = self._steps.take(step, commit, self.step_source)
        if self.spec.disabled:
            return
        self._raise_if_strict()
        now = time.time()
        self._last.update(scalars)
        if scalars:
            self._put(Scalars(scalars, place, epoch, now, self.spec.rank), _SCALAR_BYTES * len(scalars))
        for key, values, listed in media:
            self._put_media(Pending(key, place, epoch, now, self.spec.rank, values, listed))

    def flush(self, timeout_secs: float | None = None) -> bool:
        """Wait until all that was logged is on the disk; False after the time or a failed write."""
        done = self._worker.flush(timeout_secs)
        self._raise_if_strict()
        return done

    def finish(self, status: str = "finished", *, timeout_secs: float | None = None, quiet: bool = False) -> None:
        """Write what is left and end the run; a second call does nothing.

        Args:
            status: `finished`, `failed` or `killed`; a handle in a child process writes none.
            timeout_secs: How long to write; what is left then is said.
            quiet: Do not raise.

        Raises:
            RunFailed: Something did not reach the disk; the first failure is its cause.
        """
        if self._finished:
            return
        if self.spec.owner:
            self._put_state("health", "counts", self.health)
            self._put_state("status", "state", status)
        self._finished = True
        self._unguard()
        left = lifecycle.drain(self._worker, timeout_secs)
        if self._worker.alive:
            self.count("left", left)
            logger.warning("run %s: %d items were not written in time", self.id, left)
        elif self._sink is not None:
            self._close_sink()
        if self._first_error is not None and not quiet:
            raise RunFailed(f"run {self.id!r}: not all was written: {self.health}") from self._first_error

    def __enter__(self) -> Run:
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

    def count(self, name: str, n: int = 1) -> None:
        """Add to a counter of `health`."""
        self._counts[name] = self._counts.get(name, 0) + n

    def warn_once(self, topic: str, message: str) -> None:
        """Say `message` the first time for this topic; count it every time."""
        self.count(topic)
        if topic not in self._warned:
            self._warned.add(topic)
            logger.warning("run %s: %s", self.id, message)

    def reset_after_fork(self) -> None:
        """Become the child's own handle: an empty queue, new files, and no power to end the run."""
        self.spec = self.spec.for_child()
        self._sink = None
        self._steps = Steps(self._steps.next)
        self._worker.reset()

    # --- in the caller ----------------------------------------------------------------------------

    def _sort(self, data: Mapping[str, Any]) -> tuple[dict[str, float], list[tuple[str, tuple[Any, ...], bool]]]:
        if not isinstance(data, Mapping):
            raise WrongType(f"log: expected a dictionary of key to value, got {describe(data)}")
        scalars: dict[str, float] = {}
        media: list[tuple[str, tuple[Any, ...], bool]] = []
        for key, value in flatten(data):
            coerced = coerce(key, value)
            if isinstance(coerced, float | int):
                scalars[key] = coerced
            elif isinstance(coerced, list):
                media.append((key, tuple(coerced), True))
            elif coerced is SKIP:
                self.warn_once("skipped_none", f"{key!r} was None and skipped; further ones are only counted")
            else:
                media.append((key, (coerced,), False))
        return scalars, media

    def _put(self, item: Record | Pending, nbytes: int) -> None:
        if not self._worker.put(item, nbytes):
            self.warn_once("dropped", "the queue is full and on_full='drop': items are dropped and counted")

    def _put_media(self, pending: Pending) -> None:
        self._put(pending, sum(value.nbytes for value in pending.values))

    def _put_state(self, area: Area, key: str, value: Any) -> None:
        if not (self.spec.disabled or self._finished):
            self._put(State(area, key, value, time.time(), self.spec.rank), _SCALAR_BYTES)

    def _set_config(self, key: str, value: Any) -> None:
        if type(value) in codecs.MEDIA:
            raise WrongType(f"config[{key!r}]: media cannot be part of the config; log it, or put it in the summary")
        self.state("config", key, value)

    def _set_summary(self, key: str, value: Any) -> None:
        if type(value) in codecs.MEDIA and not self.spec.disabled:
            self._put_media(Pending(key, None, None, time.time(), self.spec.rank, (value,), listed=False))
        else:
            self.state("summary", key, value)

    def _raise_if_strict(self) -> None:
        if self.spec.strict and self._first_error is not None:
            raise RunFailed(f"run {self.id!r}: a write failed, and strict=True") from self._first_error

    # --- in the background ------------------------------------------------------------------------

    def _open_sink(self) -> Sink:
        if self._sink is None:
            self._sink = open_sinks(
                self.spec.sinks, self.spec.directory, self.spec.id, self.spec.rank, durability=self.spec.durability
            )
        return self._sink

    def _consume(self, item: Record | Pending) -> None:
        sink = self._open_sink()
        if not isinstance(item, Pending):
            sink.write(item)
            return
        for idx, payload in enumerate(codecs.encode(item.values)):
            payload.meta.of = len(item.values) if item.listed else None
            sink.write(Entry(item.key, item.step, item.epoch, item.ts, item.rank, idx, payload))

    def _commit(self) -> None:
        sink = self._open_sink()
        now = time.time()
        if self.spec.owner and now - self._beat_at >= HEARTBEAT_SECS:
            self._beat_at = now
            sink.write(State("status", "heartbeat", now, now, self.spec.rank))
            sink.write(State("health", "counts", self.health, now, self.spec.rank))
        sink.flush()

    def _close_sink(self) -> None:
        try:
            self._open_sink().close()
        except (OSError, MedialogError) as error:
            self._failed(error)

    def _failed(self, error: BaseException) -> None:
        if self._first_error is None:
            self._first_error = error
        if isinstance(error, OSError):
            self.warn_once("write_errors", f"a write failed and is tried again: {error}")
        else:
            self.count("encode_errors")
            logger.warning("run %s: something could not be encoded", self.id, exc_info=error)


def _reopen(spec: RunSpec, first_step: int) -> Run:
    return Run(spec, first_step=first_step)
