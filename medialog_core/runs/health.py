"""What went wrong in a run, and how often: warned of once, counted always."""

from __future__ import annotations

import logging
import threading

logger = logging.getLogger("medialog")


class Health:
    """Counters of one process, and the first failure.

    Args:
        run: The run's id, for messages.
    """

    def __init__(self, run: str) -> None:
        self._run = run
        self.reset()

    def reset(self) -> None:
        """Begin anew; what a forked child does first."""
        # A signal's handler may count while the thread that it interrupted counts.
        self._lock = threading.RLock()
        self._warned: set[str] = set()
        self.counts: dict[str, int] = {}
        self.first_error: BaseException | None = None

    def count(self, name: str, n: int = 1) -> None:
        """Add to a counter."""
        with self._lock:
            self.counts[name] = self.counts.get(name, 0) + n

    def warn_once(self, topic: str, message: str, error: BaseException | None = None) -> None:
        """Say `message` the first time for this topic; count it every time."""
        self.count(topic)
        if topic not in self._warned:
            self._warned.add(topic)
            self.warn(message, error)

    def warn(self, message: str, error: BaseException | None = None) -> None:
        """Say `message`, with a traceback where there is an error."""
        logger.warning("run %s: %s", self._run, message, exc_info=error)

    def failed(self, error: BaseException, what: str = "something") -> None:
        """Note a failure of the background: of the disk, or of an encoder with `what`."""
        if self.first_error is None:
            self.first_error = error
        if isinstance(error, OSError):
            self.warn_once("write_errors", f"a write failed and is tried again: {error}")
        else:
            message = f"{what} could not be encoded; further errors are only counted"
            self.warn_once("encode_errors", message, error)
