"""What the numbers of a run that is being written come to: the part of its summary that nobody sets."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from ..errors import MedialogError
from ..schema import Metric
from ..store.definitions import Aggregate, find, has_summary, outcome, statistics
from ..store.reader import RunReader
from .spec import RunSpec

Recall = Callable[[list[str]], Mapping[str, Aggregate]]
_SETTLE_SECS = 30.0
"""How long to wait for the disk before numbers are read back."""


class Readable(Protocol):
    """What reading back needs of a run."""

    spec: RunSpec

    def settle(self, timeout_secs: float) -> bool:
        """Commit what was logged so far."""


def recall(run: Readable, keys: list[str]) -> dict[str, Aggregate]:
    """Read back what this rank's numbers came to; nothing where there is no store."""
    run.settle(_SETTLE_SECS)
    with contextlib.suppress(MedialogError):
        reader = RunReader(run.spec.directory)
        return {key: reader.aggregate(key, run.spec.rank) for key in keys}
    return {}


class Statistics(dict[str, float]):
    """What a metric asks for of its numbers: `run.summary.loss.min` is `run.summary["loss"]["min"]`."""

    def __getattr__(self, name: str) -> float:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no {name!r}; there is {sorted(self)}") from None


class Numbers(Mapping[str, Any]):
    """What the numbers of a run come to so far: the part of its summary that nobody sets.

    Args:
        last: The last number of each key, from a run that is resumed.
        metrics: Its definitions.
        recall: Gives what the numbers of keys came to that were logged before their statistics
            were asked for; of a key that it lacks the last number counts.

    Attributes:
        metrics: The definitions, by name.
    """

    def __init__(
        self, last: Mapping[str, float], metrics: Mapping[str, Metric], recall: Recall
    ) -> None:
        self.metrics = dict(metrics)
        self._last = dict(last)
        self._recall = recall
        self._aggregates: dict[str, Aggregate | None] = {}
        self.reset_lock()
        self._review()

    def define(self, metric: Metric) -> None:
        """Take a definition, also of what was logged already."""
        self.metrics = {**self.metrics, metric.name: metric}
        self._review()

    def take(self, scalars: Mapping[str, float]) -> None:
        """Take the numbers of a call."""
        if self._counting:
            with self._lock:
                for key, value in scalars.items():
                    aggregate = self._aggregate(key)
                    if aggregate is not None:
                        aggregate.add(value)
        self._last.update(scalars)

    def reset_lock(self) -> None:
        """Forget who held the lock; what a forked child does first."""
        self._lock = threading.RLock()  # a signal's handler may log, too

    def __getitem__(self, key: str) -> Any:
        metric, last = find(self.metrics, key), self._last[key]
        if not has_summary(metric):
            raise KeyError(key)
        found = outcome(metric, last, lambda: self._aggregates.get(key) or Aggregate([last]))
        return Statistics(found) if isinstance(found, dict) else found

    def __iter__(self) -> Iterator[str]:
        # A list at once: another thread may log meanwhile.
        return iter([k for k in list(self._last) if has_summary(find(self.metrics, k))])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _aggregate(self, key: str) -> Aggregate | None:
        if key not in self._aggregates:
            asked = statistics(find(self.metrics, key))
            self._aggregates[key] = Aggregate() if asked else None
        return self._aggregates[key]

    def _review(self) -> None:
        self._counting = any(map(statistics, self.metrics.values()))
        known = {key: found for key, found in self._aggregates.items() if found is not None}
        missed = [
            key
            for key in list(self._last)
            if key not in known and statistics(find(self.metrics, key))
        ]
        found = self._recall(missed) if missed else {}
        with self._lock:
            past = {key: found.get(key) or Aggregate([self._last[key]]) for key in missed}
            self._aggregates = {**known, **past}
