"""This rank's run: opened when it is first needed, opened again where it has ended."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .. import current
from ..errors import NotStarted
from ..runs.lifecycle import say
from ..runs.opening import start
from ..runs.run import Run
from ..runs.spec import RunSpec
from . import ranks
from .place import Place


class LazyRun:
    """Opens a `Run` at a `Place`, as often as it takes; pickles without what is open.

    Args:
        place: Where the run lies.
        spec: What the run is, but for directory, id, name and rank.

    Attributes:
        opened: The run that was last opened.
    """

    opened: Run | None
    _clock: Callable[[], int] | None
    _ended: bool
    _too_early: int

    def __init__(self, place: Place, spec: RunSpec) -> None:
        self.place = place
        self._spec = spec
        self._said = False
        self._reset()

    def get(self) -> Run:
        """Give the open run.

        Raises:
            NotStarted: This rank doesn't know yet where rank 0 has put the run.
            StoreError, OSError: The directory cannot be made.
        """
        rank = ranks.rank()
        if self.opened is None or self.opened.finished or self.opened.spec.rank != rank:
            self.opened = self._open(rank)
        if self._ended:
            self._set_status("running")
        return self.opened

    def reach(self) -> Run | None:
        """Give the open run; None, counted and said once, where `get` raises `NotStarted`."""
        try:
            return self.get()
        except NotStarted as error:
            if not self._too_early:
                logging.getLogger("medialog").warning("%s", error)
            self._too_early += 1
            return None

    def follow(self, trainer: Any, step_of: Callable[[Any], int], *, lead: bool) -> None:
        """Take the trainer's step where a call states none.

        Args:
            trainer: Held weakly.
            step_of: Gives its step, the one that its own metrics are logged at.
            lead: Whether `medialog_core.log` goes to this run too, unless the user has one of theirs.
        """
        self._clock = _clock(trainer, step_of, when_gone=_unfollow(weakref.ref(self)))
        run = self.reach()
        if run is None:
            return
        run.step_source = self._clock
        before = current.active()
        if lead and (before is None or before.step_source is not None):
            current.activate(run)

    def end(self, status: str) -> None:
        """Write all out and note the status, `finished` or `failed`; what is logged later reopens it.

        A finished run stays open for those who hold it; a failed one is closed, lest the process's
        exit call it finished.
        """
        if self.opened is None or self.opened.finished:
            return
        if status == "failed":
            self.opened.finish(status, quiet=True)
        else:
            self._set_status(status)
            self.opened.flush()

    def _open(self, rank: int) -> Run:
        path, run_id = self._where(rank)
        owner = rank == 0
        spec = replace(
            self._spec,
            directory=path,
            id=run_id,
            name=path.name,
            rank=rank,
            owner=owner,
            config=self._spec.config if owner else {},
        )
        run = start(spec)
        run.step_source = self._clock
        if self._too_early:
            run.count("logged_too_early", self._too_early)
        weakref.finalize(self, _finish_later, run).atexit = False
        self._ended = False
        self._say(run)
        return run

    def _where(self, rank: int) -> tuple[Any, str]:
        found = self.place.decide() if rank == 0 or self._spec.disabled else self.place.find()
        if found is None:
            raise NotStarted(
                f"rank {rank} logs before it knows where rank 0 has put the run, and this is not kept (further "
                "calls are counted): log once the trainer has set up, e.g. in LightningModule.setup"
            )
        return found

    def _say(self, run: Run) -> None:
        if run.spec.rank == 0 and not (self._said or self._spec.disabled):
            say(f"run {run.name} in {run.dir}")
        self._said = True

    def _set_status(self, status: str) -> None:
        self._ended = status != "running"
        if self.opened is not None and self.opened.spec.owner:
            self.opened.note_status(status)

    def _reset(self) -> None:
        self.opened = None
        self._clock = None
        self._ended = False
        self._too_early = 0

    def __getstate__(self) -> dict[str, Any]:
        return {"place": self.place, "_spec": self._spec, "_said": self._said}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._reset()


def _clock(
    trainer: Any, step_of: Callable[[Any], int], when_gone: Callable[[], None]
) -> Callable[[], int]:
    ref = weakref.ref(trainer, lambda _: when_gone())

    def step() -> int:
        alive = ref()
        return 0 if alive is None else step_of(alive)

    return step


def _unfollow(ref: weakref.ref[LazyRun]) -> Callable[[], None]:
    def unfollow() -> None:
        lazy = ref()
        if lazy is not None:
            lazy._clock = None  # noqa: SLF001 - this module's own
            if lazy.opened is not None:
                lazy.opened.step_source = None

    return unfollow


def _finish_later(run: Run) -> None:
    # The collector may call this in the run's own worker, which can't wait for itself.
    if not run.finished:
        threading.Thread(target=run.finish, kwargs={"quiet": True}, name="medialog-finish").start()
