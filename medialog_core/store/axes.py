"""The x-axis of what was logged: which number of another key stands at its place.

In this order, and of the same rank where that has logged the axis at all, else of the lowest rank
that has:

1. the number that the same `log` call brought;
2. the last one logged at the same step;
3. with `step_sync`, that of the highest step below.

Steps and not times decide, because several processes, resumed runs and evaluations that come late
have steps in common, but no clock.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from ..schema import ScalarRow, from_number
from .repeats import age


class Place(Protocol):
    """Where something was logged: a `Row` of media or a `ScalarPoint`."""

    @property
    def step(self) -> int | None:
        """Its step; None in the summary."""

    @property
    def ts(self) -> float:
        """The time of its `log` call."""

    @property
    def rank(self) -> int:
        """Its process's rank."""


class Axis:
    """Gives x of places, from the rows of the axis' numbers.

    Args:
        rows: All of them, in any order.
        sync: Whether an earlier step's number will do.
    """

    def __init__(self, rows: Iterable[ScalarRow], *, sync: bool) -> None:
        self._sync = sync
        by_rank: defaultdict[int, list[ScalarRow]] = defaultdict(list)
        for row in sorted(rows, key=age):
            by_rank[row.rank].append(row)
        self._ranks = {rank: _OfRank(by_rank[rank]) for rank in sorted(by_rank)}

    def x(self, place: Place) -> float | None:
        """Give x of a place; None where there is none."""
        if place.step is None or not self._ranks:
            return None
        lowest = next(iter(self._ranks.values()))
        return self._ranks.get(place.rank, lowest).x(place.step, place.ts, sync=self._sync)


class _OfRank:
    """The axis as one rank logged it; later rows replace earlier ones."""

    def __init__(self, rows: list[ScalarRow]) -> None:
        self._by_call = {(row.step, row.ts): from_number(row.value) for row in rows}
        self._by_step = {row.step: from_number(row.value) for row in rows}
        self._steps = sorted(self._by_step)

    def x(self, step: int, ts: float, *, sync: bool) -> float | None:
        found = self._by_call.get((step, ts), self._by_step.get(step))
        before = bisect_right(self._steps, step)
        if found is None and sync and before:
            return self._by_step[self._steps[before - 1]]
        return found
