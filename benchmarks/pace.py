"""How fast two loops go: pure Python, and torch operations so small that each lets go of the GIL."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from . import clocks

STRETCH = 20
"""Pieces of work, about 1 ms each, between two looks at what is fed."""
Work = Callable[[], Any]


class Pace(NamedTuple):
    """What a loop took.

    Attributes:
        secs: For one stretch, on average.
        worst: For the piece of work that took longest, by the wall clock: other processes add to it.
    """

    secs: float
    worst: float


def works() -> Mapping[str, Work]:
    """Give a piece of work of each loop."""
    return {"python": _python, "torch": _torch()}


def segment(work: Work, feed: Work, drain: Work, secs: float) -> Pace:
    """Work for a while; `feed` is called before each stretch, `drain` at the end, neither is timed."""
    taken, worst, stretches, ends = 0.0, 0.0, 0, time.perf_counter() + secs
    while not stretches or time.perf_counter() < ends:
        feed()
        began = clocks.own_time()
        worst = max(worst, _worst_of(work))
        taken += clocks.own_time() - began
        stretches += 1
    drain()
    return Pace(taken / stretches, worst)


def _worst_of(work: Work) -> float:
    """Do a stretch of work and give its longest piece."""
    worst, before = 0.0, time.perf_counter()
    for _ in range(STRETCH):
        work()
        now = time.perf_counter()
        worst, before = max(worst, now - before), now
    return worst


def _python() -> int:
    total = 0
    for i in range(15_000):
        total += i
    return total


def _torch() -> Work:
    import torch  # noqa: PLC0415 - only these workloads need it

    torch.set_num_threads(1)
    state = torch.zeros(32, 32)

    def work() -> None:
        for _ in range(250):
            state.add_(1.0)

    return work
