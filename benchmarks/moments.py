"""Points in a training's time, and what of it its own thread has spent in medialog.

The ratio of two trainings tells a few hundredths at best: the machine drifts by more from one process
to the next. What our own calls took, added up within one training, tells thousandths.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
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
        self._inside = False

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count the block."""
        if self._inside or threading.get_ident() != self._thread:
            yield
            return
        self._inside, began = True, own_time()
        try:
            yield
        finally:
            self.seconds += own_time() - began
            self._inside = False

    def counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Give a function that is counted."""

        def count(*args: Any, **options: Any) -> Any:
            with self.counting():
                return call(*args, **options)

        return count

    def counted_block(self, manager: Callable[..., Any]) -> Callable[..., Any]:
        """Give a context manager whose block is counted."""

        @contextmanager
        def count(*args: Any, **options: Any) -> Iterator[None]:
            with self.counting(), manager(*args, **options):
                yield

        return count


_ACCOUNT = Account()


@contextmanager
def counting_ours() -> Iterator[None]:
    """Count in the block: looks of capture, what is logged, and the end of runs."""
    from medialog_core.capture.session import Session  # noqa: PLC0415 - others don't load it
    from medialog_core.runs.run import Run  # noqa: PLC0415

    with ExitStack() as patches:
        looking = _ACCOUNT.counted_block(Session.looking)
        patches.enter_context(mock.patch.object(Session, "looking", looking))
        for name in ("log", "flush", "finish"):
            call = _ACCOUNT.counted(getattr(Run, name))
            patches.enter_context(mock.patch.object(Run, name, call))
        yield
