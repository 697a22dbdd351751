"""A callback's run as capture sees it: opened at need, of rank 0 with numbers, of others without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medialog_core.arrays import to_scalar
from medialog_core.placing.lazy_run import LazyRun
from medialog_core.schema import Area


class Destination:
    """Brings what is captured to this rank's run.

    Args:
        runs: The callback's.
    """

    def __init__(self, runs: LazyRun) -> None:
        self._runs = runs

    @property
    def finished(self) -> bool:
        """Whether it takes no more; a run that was ended is opened again."""
        return self._runs.reach() is None

    def log(
        self,
        data: Mapping[str, Any],
        step: int | None = None,
        commit: bool | None = None,
        *,
        epoch: float | None = None,
    ) -> None:
        """Log numbers and media under their keys; above rank 0 media only."""
        run = self._runs.reach()
        if run is None:
            return
        if run.spec.rank > 0:
            data = {key: value for key, value in data.items() if to_scalar(value) is None}
        if data:
            run.log(data, step, commit, epoch=epoch)

    def state(self, area: Area, key: str, value: Any) -> None:
        """Record a fact of the run itself."""
        run = self._runs.reach()
        if run is not None:
            run.state(area, key, value)

    def count(self, name: str, n: int = 1) -> None:
        """Add to a counter of its health."""
        run = self._runs.reach()
        if run is not None:
            run.count(name, n)

    def warn_once(self, topic: str, message: str) -> None:
        """Say something the first time for a topic."""
        run = self._runs.reach()
        if run is not None:
            run.warn_once(topic, message)
