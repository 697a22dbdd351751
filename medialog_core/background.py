"""The background of a run: each value is encoded once, written to every sink, and committed."""

from __future__ import annotations

import time

from . import codecs
from .health import Health
from .lifecycle import drain
from .payload import Entry, Record, Sink, State
from .pending import Pending
from .sinks.fanout import open_sinks
from .spec import RunSpec
from .worker import Worker

HEARTBEAT_SECS = 30.0


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
        self._sink: Sink | None = None if spec.disabled else _open(spec)
        self._worker = Worker(
            self._consume,
            self._commit,
            health.failed,
            capacity_bytes=spec.queue_bytes,
            on_full=spec.on_full,
        )

    def put(self, item: Record | Pending, nbytes: int) -> None:
        """Queue an item of this cost; waits or drops when the queue is full, as the spec says."""
        if not self._worker.put(item, nbytes):
            self._health.warn_once(
                "dropped", "the queue is full and on_full='drop': items are dropped and counted"
            )

    def flush(self, timeout_secs: float | None) -> bool:
        """Wait until all that was put is committed; False after the time or a failed commit."""
        return self._worker.flush(timeout_secs)

    def close(self, timeout_secs: float | None) -> None:
        """Write what is left and release the sinks; what does not make it in time is counted."""
        left = drain(self._worker, timeout_secs)
        if self._worker.alive:
            self._health.count("left", left)
            self._health.warn(f"{left} items were not written in time")
        elif self._sink is not None:
            try:
                self._sink.close()
            except Exception as error:  # noqa: BLE001 - counted, and raised by Run.finish
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
        self._worker.reset()

    def _consume(self, item: Record | Pending) -> None:
        if not isinstance(item, Pending):
            self._opened().write(item)
            return
        of = len(item.values) if item.listed else None
        for idx, payload in enumerate(codecs.encode(item.values)):
            payload.meta.of = of
            self._write(Entry(item.key, item.step, item.epoch, item.ts, item.rank, idx, payload))

    def _write(self, entry: Entry) -> None:
        try:
            self._opened().write(entry)
        except Exception as error:  # noqa: BLE001 - one broken picture must not cost the rest of its list
            self._health.failed(error)

    def _commit(self) -> None:
        sink = self._opened()
        now = time.time()
        if self._spec.owner and now - self._beat_at >= HEARTBEAT_SECS:
            self._beat_at = now
            sink.write(State("status", "heartbeat", now, now, self._spec.rank))
            sink.write(State("health", "counts", self.state(), now, self._spec.rank))
        sink.flush()

    def _opened(self) -> Sink:
        if self._sink is None:
            self._sink = _open(self._spec)
        return self._sink


def _open(spec: RunSpec) -> Sink:
    return open_sinks(spec.sinks, spec.directory, spec.id, spec.rank, durability=spec.durability)
