"""Points in a training's time, and what of it its own thread has spent in medialog.

The ratio of two trainings tells a few hundredths at best: the machine drifts by more from one process
to the next. What our own calls took, added up within one training, tells thousandths.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, NamedTuple
from unittest import mock

from .clocks import own_time, tree_cpu


class Moment(NamedTuple):
    """A point in time by three clocks, in seconds, and the seconds that were ours until then."""

    own: float
    wall: float
    cpu: float
    ours: float

    @classmethod
    def now(cls) -> Moment:
        """Read the clocks."""
        return cls(own_time(), time.perf_counter(), tree_cpu(), _ACCOUNT.seconds)


class Account:
    """Adds up how long one thread is in calls, each counted once however they nest.

    Attributes:
        seconds: Their sum so far.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._thread = threading.get_ident()
        self._began: float | None = None

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count the block."""
        with self._turned(on=True):
            yield

    @contextmanager
    def pausing(self) -> Iterator[None]:
        """Leave the block out of one that is counted."""
        with self._turned(on=False):
            yield

    @contextmanager
    def _turned(self, *, on: bool) -> Iterator[None]:
        if on == (self._began is not None) or threading.get_ident() != self._thread:
            yield
            return
        self._turn(on=on)
        try:
            yield
        finally:
            self._turn(on=not on)

    def _turn(self, *, on: bool) -> None:
        now = own_time()
        if self._began is not None:
            self.seconds += now - self._began
        self._began = now if on else None

    def counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Give a function that is counted."""

        def count(*args: Any, **options: Any) -> Any:
            with self.counting():
                return call(*args, **options)

        return count


_ACCOUNT = Account()


@contextmanager
def counting_ours() -> Iterator[None]:
    """Count in the block: looks of capture, what is logged, and the end of runs.

    What capture leaves out of its budget is left out here: compiling, and waiting for the
    training's own steps.
    """
    from medialog_core.capture.budget import Budget  # noqa: PLC0415 - others don't load it
    from medialog_core.capture.session import Session  # noqa: PLC0415
    from medialog_core.runs.run import Run  # noqa: PLC0415

    with ExitStack() as patches:
        for owner, name, around in (
            (Session, "looking", _ACCOUNT.counting),
            (Budget, "apart", _ACCOUNT.pausing),
        ):
            block = _within(around, getattr(owner, name))
            patches.enter_context(mock.patch.object(owner, name, block))
        for name in ("log", "flush", "finish"):
            call = _ACCOUNT.counted(getattr(Run, name))
            patches.enter_context(mock.patch.object(Run, name, call))
        yield


def _within(
    around: Callable[[], AbstractContextManager[None]], manager: Callable[..., Any]
) -> Callable[..., Any]:
    """Give a context manager that is entered within another."""

    @contextmanager
    def both(*args: Any, **options: Any) -> Iterator[None]:
        with around(), manager(*args, **options):
            yield

    return both
