"""A run's end, however it comes: exit, SIGTERM, a forked child, a worker of multiprocessing.

Every hook holds the run weakly and goes when the run is finished; there is no state here.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import platform
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable
from multiprocessing import util
from types import FrameType
from typing import Any, Protocol

from ._version import __version__
from .worker import Worker

TERM_SECS = 10.0
PROGRESS_AFTER_SECS = 2.0


class Ending(Protocol):
    """What a run must be able to do."""

    def finish(
        self, status: str = ..., *, timeout_secs: float | None = ..., quiet: bool = ...
    ) -> None:
        """Write what is left."""

    def reset_after_fork(self) -> None:
        """Become a child's own handle."""


def nothing() -> None:
    """Undo no hooks."""


def guard(run: Ending) -> Callable[[], None]:
    """Make sure that `run` is drained when the process ends; give what undoes it."""
    ref = weakref.ref(run)

    def at_exit() -> None:
        alive = ref()
        if alive is not None:
            alive.finish("failed" if _died() else "finished", quiet=True)

    def in_child() -> None:
        alive = ref()
        if alive is not None:
            alive.reset_after_fork()

    atexit.register(at_exit)
    # A child of multiprocessing skips atexit and clears the finalizers that it inherits.
    util.register_after_fork(run, lambda _: util.Finalize(None, at_exit, exitpriority=100))
    if multiprocessing.parent_process() is not None:
        util.Finalize(None, at_exit, exitpriority=100)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=in_child)
    undo_signal = _on_term(ref)

    def undo() -> None:
        atexit.unregister(at_exit)
        undo_signal()

    return undo


def drain(worker: Worker, timeout_secs: float | None) -> int:
    """Close the worker, saying after 2 s how much is left; give how many items were left."""
    began = time.monotonic()
    left = worker.close(
        PROGRESS_AFTER_SECS if timeout_secs is None else min(PROGRESS_AFTER_SECS, timeout_secs)
    )
    while (
        left and (timeout_secs is None or time.monotonic() - began < timeout_secs) and worker.alive
    ):
        say(f"writing what was logged: {left} items left ({worker.queued_bytes / 1e6:.0f} MB)")
        left = worker.close(PROGRESS_AFTER_SECS)
    return left


def say(message: str) -> None:
    """Print a line for people, unless MEDIALOG_SILENT is set."""
    if os.environ.get("MEDIALOG_SILENT", "") in ("", "0"):
        print(f"medialog: {message}", file=sys.stderr, flush=True)  # noqa: T201


def launch() -> dict[str, Any]:
    """Say how this process was started, for `run.json`."""
    return {
        "argv": sys.argv,
        "host": platform.node(),
        "medialog": __version__,
        "os": platform.platform(),
        "pid": os.getpid(),
        "python": platform.python_version(),
    }


def _died() -> bool:
    """Say whether a script ends by an exception; a notebook's last one means nothing."""
    return hasattr(sys, "last_value") and not hasattr(sys, "ps1") and "IPython" not in sys.modules


def _on_term(ref: weakref.ref[Ending]) -> Callable[[], None]:
    if threading.current_thread() is not threading.main_thread():
        return nothing
    before = signal.getsignal(signal.SIGTERM)
    if before is None:  # installed from C: not ours to chain
        return nothing
    owner = os.getpid()

    def handler(number: int, frame: FrameType | None) -> None:
        run = ref()
        if run is not None and os.getpid() == owner:
            run.finish("killed", timeout_secs=TERM_SECS, quiet=True)
        _hand_on(before, number, frame)

    def undo() -> None:
        in_main = threading.current_thread() is threading.main_thread()
        if in_main and signal.getsignal(signal.SIGTERM) is handler:
            signal.signal(signal.SIGTERM, before)

    signal.signal(signal.SIGTERM, handler)
    return undo


def _hand_on(before: Any, number: int, frame: FrameType | None) -> None:
    if callable(before):
        before(number, frame)
    elif before == signal.SIG_DFL:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
