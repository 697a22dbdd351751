"""A run as capture's destination, opened again where it has ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..runs.run import Run
from ..schema import Area


class Destination:
    """Satisfies `capture.session.Destination` by whichever run is open.

    Args:
        run: Gives the open run.
        keys: Changes the keys of what is logged, e.g. by a prefix.
    """

    def __init__(
        self,
        run: Callable[[], Run],
        keys: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda data: data,
    ) -> None:
        self._run = run
        self._keys = keys

    @property
    def finished(self) -> bool:
        """Whether it takes no more."""
        return self._run().finished

    def log(
        self,
        data: Mapping[str, Any],
        step: int | None = None,
        commit: bool | None = None,
        *,
        epoch: float | None = None,
    ) -> None:
        """Log numbers and media under their keys."""
        self._run().log(self._keys(data), step, commit, epoch=epoch)

    def state(self, area: Area, key: str, value: Any) -> None:
        """Record a fact of the run itself."""
        self._run().state(area, key, value)

    def count(self, name: str, n: int = 1) -> None:
        """Add to a counter of its health."""
        self._run().count(name, n)

    def warn_once(self, topic: str, message: str) -> None:
        """Say something the first time for a topic."""
        self._run().warn_once(topic, message)
