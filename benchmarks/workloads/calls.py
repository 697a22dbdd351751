"""Most workloads: the same call again and again, each with new data that was made before."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import clocks
from ..contenders import CONTENDERS, Log, Session

Measures = dict[str, float]


@dataclass(frozen=True)
class Shape:
    """How much is logged: calls, things in a call, and the side of a picture in pixels."""

    steps: int
    count: int
    side: int = 0


@dataclass(frozen=True)
class Calls:
    """A workload of calls.

    Attributes:
        name, title: What it is called, and what it is.
        item: What `total_ms` is for one of: what is counted in a call, or the `call` itself.
        kinds: Methods of a contender; the first is what it is known by.
        full, tiny: How much, when it is measured and when it is tried.
        make: Gives the data of each call.
        only: Contenders, where not all.
        after: Gives further measures from the data and those that were taken.
    """

    name: str
    title: str
    item: str
    kinds: tuple[str, ...]
    full: Shape
    tiny: Shape
    make: Callable[[Shape], Iterable[Any]]
    only: tuple[str, ...] = ()
    after: Callable[[Sequence[Any], Measures], Measures] | None = None

    def labels(self) -> Mapping[str, list[str]]:
        """Give the contenders, with the packages that each lacks; `name:kind` for further kinds."""
        return {
            name if kind == self.kinds[0] else f"{name}:{kind}": contender.missing()
            for kind in self.kinds
            for name, contender in CONTENDERS.items()
            if kind in contender.kinds and (not self.only or name in self.only)
        }

    def run(self, label: str, directory: Path, shape: Shape) -> Measures:
        """Measure one contender in this process."""
        name, _, kind = label.partition(":")
        open_session = CONTENDERS[name].load()
        batches = list(self.make(shape))
        items = shape.steps * (1 if self.item == "call" else shape.count)
        session = open_session(directory)
        measures = _measured(session, getattr(session, kind or self.kinds[0]), batches, items)
        disk = clocks.disk(directory)
        measures |= {"disk_kb": disk.nbytes / clocks.KB / shape.steps, "files": disk.files}
        if hasattr(session, "details"):
            measures |= session.details(shape.steps)
        return measures | (self.after(batches, measures) if self.after else {})


def _measured(session: Session, log: Log, batches: Sequence[Any], items: int) -> Measures:
    caller, wall = [], []
    base = clocks.resident()
    clocks.reset_peak()
    cpu_began = clocks.tree_cpu()
    for step, batch in enumerate(batches):
        began, thread_began = time.perf_counter(), time.thread_time()
        log(batch, step)
        caller.append(time.thread_time() - thread_began)
        wall.append(time.perf_counter() - began)
    finish_began = time.perf_counter()
    session.finish()
    return {
        "caller_ms": 1e3 * statistics.median(caller),
        "wall_ms": 1e3 * statistics.median(wall),
        "finish_s": time.perf_counter() - finish_began,
        "total_ms": 1e3 * (clocks.tree_cpu() - cpu_began) / items,
        "peak_mb": max(0, clocks.peak() - base) / clocks.MB,
    }
