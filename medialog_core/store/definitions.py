"""Definitions of metrics: which one a key has, and what its numbers come to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ..schema import Goal, Metric

STATISTICS = ("min", "max", "mean", "best", "first", "last")
"""Words of `Metric.summary` that make the summary of a key an object, a number for each."""
NONE = "none"
"""The word that keeps a key out of the summary."""


def from_state(state: Mapping[str, Any]) -> dict[str, Metric]:
    """Give the definitions that the state area `metric` holds, by name."""
    return {name: msgspec.convert(value, Metric) for name, value in state.items()}


def find(metrics: Mapping[str, Metric], key: str) -> Metric | None:
    """Give the definition of a key: its own, else of the longest glob that it begins with."""
    if key in metrics or not metrics:
        return metrics.get(key)
    fitting = [name for name in metrics if name.endswith("*") and key.startswith(name[:-1])]
    return metrics[max(fitting, key=len)] if fitting else None


def axis(metrics: Mapping[str, Metric], key: str) -> str | None:
    """Give the key that is the x-axis of another; None for the step, and of an axis itself."""
    metric = find(metrics, key)
    return None if metric is None or metric.step_metric == key else metric.step_metric


def statistics(metric: Metric | None) -> tuple[str, ...]:
    """Give which statistics the summary holds of a metric; none where it is the last number."""
    return () if metric is None else tuple(word for word in metric.summary if word in STATISTICS)


def outcome(metric: Metric | None, last: float, aggregate: Callable[[], Aggregate]) -> Any:
    """Give what the summary holds of a key: its last number, or an object of statistics."""
    words = statistics(metric)
    return aggregate().give(words, metric.goal) if metric is not None and words else last


def has_summary(metric: Metric | None) -> bool:
    """Say whether a metric is part of the summary."""
    return metric is None or NONE not in metric.summary


class Aggregate:
    """What the numbers of a key come to, one by one in the order they were logged.

    NaN is no extreme and no part of the mean, unless there is nothing else.
    """

    __slots__ = ("_count", "_first", "_last", "_max", "_min", "_total")

    def __init__(self, values: Iterable[float] = ()) -> None:
        self._count = 0
        self._total = 0.0
        self._first: float | None = None
        self._last = self._min = self._max = math.nan
        for value in values:
            self.add(value)

    def add(self, value: float) -> None:
        """Take the next number."""
        self._first = value if self._first is None else self._first
        self._last = value
        if math.isnan(value):
            return
        self._min = min(self._min, value) if self._count else value
        self._max = max(self._max, value) if self._count else value
        self._total += value
        self._count += 1

    def give(self, words: Sequence[str], goal: Goal | None) -> dict[str, float]:
        """Give the statistics that `words` name, in their order."""
        return {word: self._one(word, goal) for word in words}

    def _one(self, word: str, goal: Goal | None) -> float:
        found = {
            "min": self._min,
            "max": self._max,
            "mean": self._total / self._count if self._count else math.nan,
            "first": math.nan if self._first is None else self._first,
            "last": self._last,
        }
        return found[goal or "min"] if word == "best" else found[word]
