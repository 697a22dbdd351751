"""What capture needs of a logger: told by type, for a DummyLogger answers any name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medialog_core.capture.options import Capture
from medialog_core.placing.destination import Destination
from medialog_core.runs.run import Run


class Capturing:
    """A logger whose trainings can be captured.

    Attributes:
        capture: What is captured, None for nothing.
    """

    capture: Capture | None

    @property
    def run(self) -> Run:
        """This rank's run, opened at first use."""
        raise NotImplementedError

    def connect(self, trainer: Any) -> None:
        """Log at the trainer's step from now on, and capture from it."""
        raise NotImplementedError

    def prefixed(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give what is logged, under the logger's own keys."""
        raise NotImplementedError

    @property
    def destination(self) -> Destination:
        """Its run, which is opened again where it was finalized."""
        return Destination(lambda: self.run, self.prefixed)


def capturing(loggers: list[Any]) -> list[Capturing]:
    """Give those of a trainer's loggers that capture."""
    return [each for each in loggers if isinstance(each, Capturing) and each.capture is not None]
