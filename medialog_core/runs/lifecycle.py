"""A run's end, however it comes: exit, SIGTERM, a forked child, a worker of multiprocessing.

Every hook goes when the run is finished, but those for forks, which hold it weakly.
"""

from __future__ import annotations

import atexit
import contextlib
import math
import multiprocessing
import operator
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

from .._version import __version__
from ..arrays import describe
from ..errors import InvalidInput, WrongType
from .exits import ExitWatch
from .worker import Worker

TERM_SECS = 10.0
PROGRESS_AFTER_SECS = 2.0
PROGRESS_AT_LEAST_EVERY_SECS = 30.0
STATUSES = ("finished", "failed", "killed")
"""How a run ends."""


class Ending(Protocol):
    """What a run must be able to do."""

    def finish(
        self,
        exit_code: int | str | None = ...,
        quiet: bool | None = ...,
        *,
        timeout_secs: float | None = ...,
    ) -> None:
        """Write what is left and end."""

    def settle(self, timeout_secs: float) -> bool:
        """Write what is left and go on."""

    def before_fork(self) -> None:
        """Let nothing be in the works that would be broken in the child."""

    def after_fork(self) -> None:
        """Go on in the parent."""

    def reset_after_fork(self) -> None:
        """Become a child's own handle."""


def nothing() -> None:
    """Undo no hooks."""


def guard(run: Ending) -> Callable[[], None]:
    """Make sure that `run` is drained when the process ends; give what undoes it.

    Until then the run is held here, so that one which nobody refers to any more loses nothing.
    """
    ref = weakref.ref(run)
    on_term = _OnTerm(ref)
    on_exit = ExitWatch()
    finalizers: list[util.Finalize] = []

    def at_exit(run: Ending) -> None:
        status = "killed" if on_term.came else "failed" if on_exit.failed else "finished"
        run.finish(status, quiet=True)

    def of_alive(name: str) -> Callable[[], None]:
        def call() -> None:
            alive = ref()
            if alive is not None:
                getattr(alive, name)()

        return call

    def finalize(run: Ending) -> None:
        finalizers.append(util.Finalize(None, at_exit, (run,), exitpriority=100))

    atexit.register(at_exit, run)
    # A child of multiprocessing skips atexit and clears the finalizers that it inherits.
    util.register_after_fork(run, finalize)
    if multiprocessing.parent_process() is not None:
        finalize(run)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=of_alive("before_fork"),
            after_in_parent=of_alive("after_fork"),
            after_in_child=of_alive("reset_after_fork"),
        )
    on_term.install()
    on_exit.install()

    def undo() -> None:
        atexit.unregister(at_exit)
        for finalizer in finalizers:
            finalizer.cancel()
        on_term.remove()
        on_exit.remove()

    return undo


def status_of(exit_code: Any, status: str | None) -> str:
    """Give the status that `finish` was told, as such or as W&B's exit code.

    Raises:
        WrongType: The code is no whole number.
        InvalidInput: There is no such status, or both were given.
    """
    if exit_code is not None and status is not None:
        raise InvalidInput(
            f"finish: expected exit_code or status, got {exit_code!r} and {status!r}"
        )
    said = exit_code if status is None else status
    if said is None:
        return "finished"
    if not isinstance(said, str):
        return "failed" if _code(said) else "finished"
    if said not in STATUSES:
        raise InvalidInput(f"status: expected one of {STATUSES}, got {said!r}")
    return said


def drain(worker: Worker, timeout_secs: float | None) -> int:
    """Close the worker, saying after 2 s, then ever less often, how much is left; give how many items were left."""
    end = time.monotonic() + (math.inf if timeout_secs is None else timeout_secs)
    pause = PROGRESS_AFTER_SECS
    left = worker.close(min(pause, end - time.monotonic()))
    while left and worker.alive and time.monotonic() < end:
        say(f"writing what was logged: {left} items left ({worker.queued_bytes / 1e6:.0f} MB)")
        pause = min(2 * pause, PROGRESS_AT_LEAST_EVERY_SECS)
        left = worker.close(min(pause, end - time.monotonic()))
    return left


def say(message: str) -> None:
    """Print a line for people, unless MEDIALOG_SILENT is set."""
    if os.environ.get("MEDIALOG_SILENT", "") not in ("", "0"):
        return
    # It may be closed, or a signal may have interrupted a write to it.
    with contextlib.suppress(OSError, ValueError, RuntimeError):
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


def _code(value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise WrongType(
            "finish: exit_code: expected a whole number (0 is a success) or one of "
            f"{STATUSES}, got {describe(value)}"
        )
    return operator.index(value)


class _OnTerm:
    """What SIGTERM does to a run, in this process or in a child that inherited the handler.

    Where the signal ends the process, the run is drained and ended first. Where a handler of the
    user's or of a framework's decides what happens (it was there before, or calls this one), what
    was logged is committed and the run stays open: the training may go on to its next checkpoint.
    """

    def __init__(self, ref: weakref.ref[Ending]) -> None:
        self.came = False
        self._ref = ref
        self.before: Any = None

    def install(self) -> None:
        """Take the signal, if this is the main thread."""
        if threading.current_thread() is threading.main_thread():
            self.before = signal.getsignal(signal.SIGTERM)
            if self.before is not None:  # None was installed from C: not ours to chain
                signal.signal(signal.SIGTERM, self)

    def remove(self) -> None:
        """Give the signal back, unless somebody took it meanwhile."""
        in_main = threading.current_thread() is threading.main_thread()
        installed: Any = signal.getsignal(signal.SIGTERM)
        if in_main and installed is self:
            signal.signal(signal.SIGTERM, self.before)

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.came = True
        last = _end_of_chain(signal.getsignal(number))
        run = self._ref()
        if run is not None and last == signal.SIG_DFL:
            run.finish("killed", timeout_secs=TERM_SECS, quiet=True)
        elif run is not None:
            run.settle(TERM_SECS)
        if callable(self.before):
            self.before(number, frame)
        elif last == signal.SIG_DFL:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)


def _end_of_chain(handler: Any) -> Any:
    """Give the first handler that is not ours, from the one that is installed."""
    while isinstance(handler, _OnTerm):
        handler = handler.before
    return handler
