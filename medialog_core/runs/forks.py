"""What a fork must not interrupt: an import, whose lock the child would find held, by nobody, for ever.

The background imports what it needs for a type when it encodes the first value of it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_SECS = 2.0
"""A fork waits no longer: a video may take a while, and its import is over by then."""


class FirstOfKind:
    """Keeps forks out while the first value of a type is encoded."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # the thread itself may fork, in a sink of the user's
        self._known: set[type] = set()
        self._waited: set[int] = set()

    @contextmanager
    def of(self, kind: type) -> Iterator[None]:
        """Encode a value of this type inside."""
        if kind in self._known:
            yield
            return
        with self._lock:
            yield
        self._known.add(kind)

    def wait(self) -> None:
        """Before a fork: wait for the end of what is under way, and let nothing begin."""
        if self._lock.acquire(timeout=PATIENCE_SECS):
            self._waited.add(threading.get_ident())

    def go_on(self) -> None:
        """After it, in the parent."""
        if threading.get_ident() in self._waited:
            self._waited.remove(threading.get_ident())
            self._lock.release()
