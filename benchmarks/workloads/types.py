"""What a value of each media type costs: its caller, the training loop beside its encoding, memory."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import medialog_core

from .. import clocks, pace
from ..contenders import missing
from ..media import SAMPLES, Sample
from .calls import Measures, Shape

_ROUNDS = 3
_SEGMENT_SECS = 1.0
_AHEAD_SECS = 0.1
"""So much encoding waits in the queue while the loop is timed, one value at least."""


class _Feeder:
    """Keeps the encoder busy with one type."""

    def __init__(self, run: medialog_core.Run, sample: Sample) -> None:
        self._run, self._sample = run, sample
        self._seed = 0

    def log(self, value: Any) -> None:
        self._run.log({"value": value})

    def next(self) -> Any:
        self._seed += 1
        return self._sample.make(self._seed)

    def feed(self, ahead: int) -> None:
        """Fill the queue to so many values."""
        for _ in range(ahead - int(self._run.health["queued_items"])):
            self.log(self._sample.wrap(self.next()))

    def drain(self) -> None:
        self._run.flush()


class Types:
    """A workload of one value a call."""

    name = "types"
    title = "one value of each type a call; a training loop beside its encoder, alone = 1"
    item = "call"
    full = Shape(steps=8, count=1)
    tiny = Shape(steps=1, count=0)

    def labels(self) -> Mapping[str, list[str]]:
        """Give the types, with the packages that each lacks."""
        needed = ("torch",)
        return {name: missing((*needed, *one.needs)) for name, one in SAMPLES.items()}

    def run(self, label: str, directory: Path, shape: Shape) -> Measures:
        """Measure one type in this process."""
        run = medialog_core.init(dir=directory)
        feeder = _Feeder(run, SAMPLES[label])
        found = _cost(feeder, SAMPLES[label], shape.steps)
        found |= _beside(feeder, found["total_ms"] / 1e3, _SEGMENT_SECS * shape.count)
        run.finish()
        return found


def _cost(feeder: _Feeder, sample: Sample, steps: int) -> Measures:
    """Measure call by call, the encoder idle: two calls first that import and warm up."""
    for _ in range(2):
        feeder.log(sample.wrap(feeder.next()))
        feeder.drain()
    caller, wall, copied, total = [], [], [], []
    base = clocks.resident()
    clocks.reset_peak()
    for _ in range(steps):
        raw = feeder.next()
        copied.append(_copy_secs(sample, raw))
        began = time.process_time(), time.thread_time(), clocks.own_time()
        feeder.log(sample.wrap(raw))
        caller.append(time.thread_time() - began[1])
        wall.append(clocks.own_time() - began[2])
        feeder.drain()
        total.append(time.process_time() - began[0])
    return {
        "caller_ms": 1e3 * statistics.median(caller),
        "wall_ms": 1e3 * statistics.median(wall),
        "copy_ms": 1e3 * statistics.median(copied),
        "total_ms": 1e3 * statistics.median(total),
        "peak_mb": max(0, clocks.peak() - base) / clocks.MB,
    }


def _beside(feeder: _Feeder, encode_secs: float, secs: float) -> Measures:
    """Measure each loop alone and with the encoder never idle, by turns; of the worst the least."""
    ahead = max(1, round(_AHEAD_SECS / encode_secs)) + 1
    found: Measures = {}
    for name, work in pace.works().items():
        rounds = [
            (
                pace.segment(work, lambda: None, feeder.drain, secs),
                pace.segment(work, lambda: feeder.feed(ahead), feeder.drain, secs),
            )
            for _ in range(_ROUNDS)
        ]
        found[f"{name}_full_x"] = statistics.median(
            full.secs / alone.secs for alone, full in rounds
        )
        found[f"{name}_stall_ms"] = 1e3 * min(full.worst for _, full in rounds)
        found[f"{name}_calm_ms"] = 1e3 * min(alone.worst for alone, _ in rounds)
    return found


def _copy_secs(sample: Sample, raw: Any) -> float:
    began = time.thread_time()
    sample.copied(raw)
    return time.thread_time() - began


TYPES = Types()
