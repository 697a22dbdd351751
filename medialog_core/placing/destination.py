"""A run as capture's destination: this rank's, opened again where it has ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..runs.run import Run
from ..schema import Area


class Destination:
    """Satisfies `capture.session.Destination` by whichever run is open.

    Args:
        run: Gives the open run; None while a rank can't know it yet, and then nothing is logged.
        changed: Changes what is logged, e.g. its keys by a prefix. It is asked after `run`.
    """

    def __init__(
        self,
        run: Callable[[], Run | None],
        changed: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda data: data,
    ) -> None:
        self._run = run
        self._changed = changed

    @property
    def finished(self) -> bool:
        """Whether it takes no more."""
        run = self._run()
        return run is None or run.finished

    def log(
        self,
        data: Mapping[str, Any],
        step: int | None = None,
        commit: bool | None = None,
        *,
        epoch: float | None = None,
    ) -> None:
        """Log numbers and media under their keys."""
        run = self._run()
        changed = {} if run is None else self._changed(data)
        if run is not None and changed:
            run.log(changed, step, commit, epoch=epoch)

    def state(self, area: Area, key: str, value: Any) -> None:
        """Record a fact of the run itself."""
        run = self._run()
        if run is not None:
            run.state(area, key, value)

    def count(self, name: str, n: int = 1) -> None:
        """Add to a counter of its health."""
        run = self._run()
        if run is not None:
            run.count(name, n)

    def warn_once(self, topic: str, message: str) -> None:
        """Say something the first time for a topic."""
        run = self._run()
        if run is not None:
            run.warn_once(topic, message)
