"""Tables that grow: of what is logged again, only the rows that are new go into the queue."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import replace

from ..media.tables.table import Mark, Table
from .pending import Pending


class Increments:
    """Queues media; of a table whose `log_mode` is "INCREMENTAL", the rows added since.

    What was logged where is noted by the table itself: so its copies know it, in other processes
    too, and a run that is resumed goes on.

    Args:
        run: What stands for the run.
        put: Queues media of a cost in bytes; False where they were dropped: the rows of a table
            come with its next increment then.
    """

    def __init__(self, run: Hashable, put: Callable[[Pending, int], bool]) -> None:
        self._run, self._queue = run, put
        self.reset()

    def reset(self) -> None:
        """Take a lock of its own; what a forked child does first."""
        self._lock = threading.RLock()  # a signal's handler may log, too

    def put(self, pending: Pending) -> None:
        """Queue what is logged, or what was added to it; nothing if nothing was."""
        table = pending.values[0]
        if not isinstance(table, Table) or table.log_mode != "INCREMENTAL":
            self._put(pending)
        elif pending.step is None:
            self._put(replace(pending, values=(table.frozen(),)))  # the summary has all of it
        else:
            with self._lock:
                self._put_increment(table, pending)

    def _put(self, pending: Pending) -> bool:
        return self._queue(pending, sum(value.nbytes for value in pending.values))

    def _put_increment(self, table: Table, pending: Pending) -> None:
        place = self._run, pending.rank, pending.key
        before = table.logged.get(place)
        rows, increments = before or Mark()
        added = table.since(Mark(rows, increments))
        if before is not None and not len(added):
            return
        table.logged[place] = Mark(rows + len(added), increments + 1)
        taken = False
        try:
            taken = self._put(replace(pending, values=(added,)))
        finally:
            if not taken:
                _restore(table, place, before)


def _restore(table: Table, place: Hashable, before: Mark | None) -> None:
    if before is None:
        del table.logged[place]
    else:
        table.logged[place] = before
