"""A callback's run: where it lies, its step axis, and what capture's session brings to it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from medialog_core.arrays import to_scalar
from medialog_core.capture.options import Capture
from medialog_core.capture.session import Session
from medialog_core.payload import Sink
from medialog_core.placing import ranks
from medialog_core.placing.destination import Destination
from medialog_core.placing.lazy_run import LazyRun
from medialog_core.placing.unplaced import unplaced

from .arguments import place_of
from .steps import Steps


class Recording:
    """Opens a run when it is first needed, ends it, and opens it again.

    Args:
        log_dir: Parent of all runs, or a run's own directory.
        sinks: Where it goes.
        options: What is captured.

    Attributes:
        runs: This rank's run.
        session: Logs to it and keeps faults of capture in.
    """

    def __init__(
        self, log_dir: str | os.PathLike[str], sinks: Sequence[str | Sink], options: Capture
    ) -> None:
        spec = unplaced("default", sinks=sinks)
        place = place_of(log_dir, create=not spec.disabled)
        self.runs = LazyRun(place, spec)
        self.session = Session(options, [Destination(self.runs.reach, _of_rank)])
        self._steps: Steps | None = None

    @property
    def steps(self) -> Steps:
        """The step axis; a resumed run goes on after its last step."""
        if self._steps is None:
            run = self.runs.reach()
            self._steps = Steps(0 if run is None else run.step)
        return self._steps

    def open(self, callback: Any) -> None:
        """Open the run, and have `medialog_core.log` go to it at the callback's step.

        Raises:
            StoreError, OSError: The directory cannot be made.
        """
        first = self.steps
        self.runs.follow(callback, lambda _: first.done, lead=True)

    def configure(self, config: Mapping[str, Any]) -> None:
        """Add to the run's config, on rank 0 only."""
        run = self.runs.reach()
        if run is not None and run.spec.rank == 0:
            run.config.update(config)

    def has(self, key: str) -> bool:
        """Say whether the config of the open run has a key."""
        return self.runs.opened is not None and key in self.runs.opened.config

    def log(self, data: Mapping[str, Any], step: int, epoch: float | None) -> None:
        """Log numbers."""
        self.session.log(data, step, epoch)

    def end(self) -> None:
        """Write all out; what is logged later opens the run again."""
        with self.session.looking("health"):
            self.session.close()
        self.runs.end("finished")


def _of_rank(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give what a rank logs: numbers are rank 0's."""
    if ranks.rank() == 0:
        return data
    return {key: value for key, value in data.items() if to_scalar(value) is None}
