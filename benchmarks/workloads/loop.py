"""How much a training loop is slowed by the encoder in the background.

Two loops: pure Python, and torch operations so small that each lets go of the GIL. Each runs in
turn alone, with the encoder busy for a tenth of the time, and with the encoder never idle. Only the
loop's own work is timed, not the calls that log: what those cost is measured elsewhere.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .. import clocks, pace
from ..contenders import CONTENDERS
from ..data import Pixels, photo_like
from .calls import Measures, Shape

_DUTY = 0.1
_SEGMENT_SECS = 1.0
_BATCH, _SIDE = 16, 224
_AHEAD_BYTES = 8 * _BATCH * _SIDE * _SIDE * 3


class _Feeder:
    """Logs new pictures when they are due."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._images: list[Pixels] = photo_like(_BATCH, _SIDE, seed=0)
        self._step = 0
        self.log()
        self.drain()
        cpu = clocks.tree_cpu() - time.thread_time()
        self.log()
        self.drain()
        self._period = (clocks.tree_cpu() - time.thread_time() - cpu) / _DUTY
        self._due = 0.0

    def log(self) -> None:
        for image in self._images:
            np.add(image, 1, out=image)  # another picture: a repeat would not be encoded
        self._session.images(self._images, self._step)
        self._step += 1

    def rest(self) -> None:
        """Leave the encoder idle."""

    def tenth(self) -> None:
        """Keep the encoder busy for a tenth of the time."""
        if time.perf_counter() >= self._due:
            self.log()
            self._due = time.perf_counter() + self._period

    def saturate(self) -> None:
        """Keep the encoder busy."""
        while self._session.run.health["queued_bytes"] < _AHEAD_BYTES:
            self.log()

    def drain(self) -> None:
        self._session.run.flush()


class Loop:
    """A workload of two loops."""

    name = "loop"
    title = "a training loop beside the encoder: time of its steps, alone = 1"
    item = "call"
    full = Shape(steps=5, count=1)
    tiny = Shape(steps=1, count=0)

    def labels(self) -> Mapping[str, list[str]]:
        """Give the contenders, with the packages that each lacks."""
        return {
            name: [*CONTENDERS[name].missing(), *CONTENDERS["tensorboard"].missing()]
            for name in ("medialog", "medialog[fast]")
        }

    def run(self, label: str, directory: Path, shape: Shape) -> Measures:
        """Measure both loops."""
        session: Any = CONTENDERS[label].load()(directory)
        feeder = _Feeder(session)
        secs = _SEGMENT_SECS * shape.count
        found: Measures = {}
        for name, work in pace.works().items():
            rounds = [_round(work, feeder, secs) for _ in range(shape.steps)]
            found[f"{name}_tenth_x"] = statistics.median(
                tenth / alone for alone, tenth, _ in rounds
            )
            found[f"{name}_full_x"] = statistics.median(full / alone for alone, _, full in rounds)
        session.finish()
        return found


def _round(work: pace.Work, feeder: _Feeder, secs: float) -> tuple[float, ...]:
    feeds = (feeder.rest, feeder.tenth, feeder.saturate)
    return tuple(pace.segment(work, feed, feeder.drain, secs).secs for feed in feeds)


LOOP = Loop()
