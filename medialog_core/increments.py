"""Tables that grow: of what is logged again, only the rows that are new go into the queue."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import replace

from .media.table import Mark, Table
from .pending import Pending


class Increments:
    """Replaces a table whose `log_mode` is "INCREMENTAL" by the rows added since.

    What was logged where is noted by the table itself: so its copies know it, in other processes
    too, and a run that is resumed goes on.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal's handler may log, too

    def put(self, pending: Pending, place: Hashable, put: Callable[[Pending], bool]) -> None:
        """Queue what is logged, or of a table that grows what was added; nothing if nothing was.

        Args:
            pending: What is logged.
            place: What stands for its run, rank and key.
            put: Queues it; False where it was dropped: its rows come with the next increment.
        """
        table = pending.values[0]
        if not isinstance(table, Table) or table.log_mode != "INCREMENTAL" or pending.listed:
            put(pending)
        elif pending.step is None:
            put(replace(pending, values=(table.frozen(),)))  # the summary has all of it
        else:
            with self._lock:
                self._put_increment(table, pending, place, put)

    def _put_increment(
        self, table: Table, pending: Pending, place: Hashable, put: Callable[[Pending], bool]
    ) -> None:
        before = table.logged.get(place)
        added = table.since(before or Mark())
        if before is not None and not len(added):
            return
        rows, increments = before or Mark()
        table.logged[place] = Mark(rows + len(added), increments + 1)
        taken = False
        try:
            taken = put(replace(pending, values=(added,)))
        finally:
            if not taken:
                _restore(table, place, before)


def _restore(table: Table, place: Hashable, before: Mark | None) -> None:
    if before is None:
        del table.logged[place]
    else:
        table.logged[place] = before
