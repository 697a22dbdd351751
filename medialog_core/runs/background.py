"""The background of a run: each value is encoded once, written to every sink, and committed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from .. import codecs
from ..payload import Entry, Record, Scalars, Sink, State
from ..sinks.fanout import open_sinks
from .forks import FirstOfKind
from .health import Health
from .lifecycle import drain
from .pending import Pending
from .spec import RunSpec
from .worker import Worker

HEARTBEAT_SECS = 30.0
_FULL = "the queue is full: items are dropped and counted"
_ENDED = "the run ended meanwhile: what another thread still logs is dropped and counted"


class _Counts:
    """What lies in the queue for the counters."""


_COUNTS = _Counts()


class Background:
    """Worker, codecs and sinks of one process.

    Args:
        spec: The run's.
        health: Told of what fails.
    """

    def __init__(self, spec: RunSpec, health: Health) -> None:
        self._spec = spec
        self._health = health
        self._beat_at = 0.0
        self._incomplete = False
        self.first_of_kind = FirstOfKind()
        self._sink: Sink | None = None if spec.disabled else _open(spec)
        self._worker = Worker(
            self._consume,
            self._commit,
            health.failed,
            capacity_bytes=spec.queue_bytes,
            on_full=spec.on_full,
        )

    @property
    def incomplete(self) -> bool:
        """Whether something that was put is lost, or not written when the end came."""
        return self._incomplete or (self._sink is not None and self._sink.lost > 0)

    @property
    def used(self) -> bool:
        """Whether anything was put."""
        return self._worker.alive

    def put(self, item: Record | Pending, nbytes: int, *, always: bool = False) -> bool:
        """Queue an item of this cost; False where it was dropped.

        When the queue is full it waits or drops, as the spec says; what is to be taken `always`
        goes in all the same.
        """
        taken = self._worker.put(item, nbytes, always=always)
        if not taken:
            self._health.warn_once("dropped", _ENDED if self._worker.closing else _FULL)
        return taken

    def put_counts(self) -> None:
        """Queue the writing of the counters as they will be once all before is encoded."""
        self._worker.put(_COUNTS, 0, always=True)

    def flush(self, timeout_secs: float | None) -> bool:
        """Wait until all that was put is committed; False after the time or a failed commit."""
        return self._worker.flush(timeout_secs)

    def wait(self, timeout_secs: float | None) -> None:
        """Wait until a `close` that is under way has written what was put."""
        drain(self._worker, timeout_secs)

    def close(self, timeout_secs: float | None) -> None:
        """Write what is left and release the sinks; what does not make it in time is counted."""
        left = drain(self._worker, timeout_secs)
        if self._worker.alive:
            self._health.count("left", left)
            self._health.warn(f"{left} items were not written in time")
            self._incomplete = True
        elif self._sink is not None:
            try:
                self._sink.close()
            except Exception as error:  # noqa: BLE001 - counted, and raised by Run.finish
                self._incomplete = True
                self._health.failed(error)

    def state(self) -> dict[str, int | float | str]:
        """Give the counters and what waits."""
        lost = self._sink.lost if self._sink is not None else 0
        error = self._health.first_error
        return {
            "queued_items": self._worker.queued_items,
            "queued_bytes": self._worker.queued_bytes,
            "waited_secs": round(self._worker.waited_secs, 3),
            **self._health.counts,
            **({"lost": lost} if lost else {}),
            **({"first_error": repr(error)} if error is not None else {}),
        }

    def reset_after_fork(self, spec: RunSpec) -> None:
        """Start empty in a child, with files of its own."""
        self._spec = spec
        self._sink = None
        self._incomplete = False
        self.first_of_kind = FirstOfKind()
        self._health.reset()
        self._worker.reset()

    def _consume(self, item: Record | Pending | _Counts) -> None:
        if isinstance(item, Pending):
            with self._named(repr(item.key)), self.first_of_kind.of(type(item.values[0])):
                self._consume_media(item)
        elif isinstance(item, _Counts):
            self._write(self._counts(time.time(), queued_items=0), "health")
        else:
            self._write(item, "numbers" if isinstance(item, Scalars) else repr(item.key))

    def _consume_media(self, item: Pending) -> None:
        of = len(item.values) if item.listed else None
        payloads = iter(codecs.encode(item.values))
        for idx in range(len(item.values)):
            # Named one by one: a broken picture must not cost the rest of its list.
            with self._named(repr(item.key)):
                payload = next(payloads)
                payload.meta.of = of
                entry = Entry(item.key, item.step, item.epoch, item.ts, item.rank, idx, payload)
                self._opened().write(entry)

    def _write(self, record: Record, name: str) -> None:
        with self._named(name):
            self._opened().write(record)

    @contextmanager
    def _named(self, name: str) -> Iterator[None]:
        """Note what is raised inside: what `name` stands for is not written, and never will be."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - counted, and raised by Run.finish
            self._incomplete = True
            self._health.failed(error, name)

    def _counts(self, now: float, **known: int) -> State:
        return State("health", "counts", {**self.state(), **known}, now, self._spec.rank)

    def _commit(self) -> None:
        sink = self._opened()
        now = time.time()
        if self._spec.owner and now - self._beat_at >= HEARTBEAT_SECS:
            self._beat_at = now
            sink.write(State("status", "heartbeat", now, now, self._spec.rank))
            sink.write(self._counts(now))
        sink.flush()

    def _opened(self) -> Sink:
        if self._sink is None:
            self._sink = _open(self._spec)
        return self._sink


def _open(spec: RunSpec) -> Sink:
    return open_sinks(spec.sinks, spec.directory, spec.id, spec.rank, durability=spec.durability)
