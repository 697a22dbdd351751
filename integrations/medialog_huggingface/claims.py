"""Which of several callbacks acts for a Trainer."""

from __future__ import annotations

import weakref
from typing import Any


class Claims:
    """Who acts, by the `TrainerControl` that each Trainer has one of, which can be no dictionary's key."""

    def __init__(self) -> None:
        self._holders: dict[int, weakref.ref[Any]] = {}

    def take(self, control: Any, callback: Any) -> None:
        """Have `callback` act."""
        if id(control) not in self._holders:
            weakref.finalize(control, self._holders.pop, id(control), None).atexit = False
        self._holders[id(control)] = weakref.ref(callback)

    def holder(self, control: Any, callback: Any) -> Any:
        """Give who acts: `callback`, if nobody does yet."""
        holder = self._holders.get(id(control))
        acting = None if holder is None else holder()
        if acting is None:
            self.take(control, callback)
            return callback
        return acting
