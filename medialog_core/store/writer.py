"""The store's way in: one writer a process, committing in the background thread of its run.

A record waits in memory until a commit: at 50 rows, 8 MiB, or `flush`, which the worker calls
about once a second. A commit writes the bytes first, then the rows that name them. What is
committed survives the process being killed; what survives a loss of power is what was synced:
every 30 s and at the end, or at every commit with `durability="fsync"` and on network file systems.

When the disk fails, nothing that was committed suffers: the batch is kept and tried again at the
next `flush`. What is kept is bounded; beyond it the newest records are given up and counted.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Literal

from ..payload import Entry, Record, Scalars, State
from . import layout, rows
from .mounts import is_network
from .packs import Packs
from .segments import Segments

Durability = Literal["fsync"]

COMMIT_ROWS = 50
COMMIT_BYTES = 8 * 1024 * 1024
KEPT_BYTES = 64 * 1024 * 1024
"""How much is kept for another try while the disk fails."""
SYNC_SECS = 30.0


class StoreWriter:
    """A sink that writes a run directory.

    Args:
        directory: The run directory; its `run.json` is made by `layout.make_run`.
        run: The run's id.
        rank: Which process of a distributed run this is.
        durability: "fsync" syncs at every commit.

    Attributes:
        id: The writer's name, new for every process: files and row ids begin with it.
        committed: Rows that are committed.
        retries: How often a batch that had failed was tried again.
        lost: Rows that were given up.
        error: Why the last commit failed; None when it did not.
    """

    def __init__(
        self, directory: Path, run: str, rank: int, *, durability: Durability | None = None
    ) -> None:
        self._directory, self._run, self._rank = Path(directory).absolute(), run, rank
        self._sync_always = durability == "fsync" or is_network(self._directory)
        self.committed = self.retries = self.lost = 0
        self._begin()

    def write(self, record: Record) -> None:
        """Take one record; never raises `OSError`, the next `flush` does."""
        self._leave_parent()
        if self._full():
            self.lost += _rows_in(record)
            return
        try:
            self._TAKE[type(record)](self, record)
        except _NoRoom:
            self.lost += _rows_in(record)
        if self.error is None and self._due():
            self._attempt(self._commit)

    def flush(self) -> None:
        """Commit what waits.

        Raises:
            OSError: It could not be written; it still waits.
        """
        self._leave_parent()
        if self.error is not None:
            self.retries += 1
        self._attempt(self._commit)
        if self.error is not None:
            raise self.error

    def close(self) -> None:
        """Commit what waits, end the files and let go of them.

        A writer of many rows seals them, if that takes no longer than a few seconds.

        Raises:
            OSError: It could not be written; it is lost, and counted.
        """
        self._leave_parent()
        for part in self._parts:
            part.finish()
        self._sync_next = 0.0
        try:
            self.flush()
        finally:
            self._abandon()
        if self.committed >= layout.SEGMENT_ROWS:
            from .seal import seal_at_end  # noqa: PLC0415 - only long runs need it

            seal_at_end(self._directory, self.id)

    def _begin(self) -> None:
        self._pid = os.getpid()
        self.id = layout.new_writer(self._rank)
        self.error: OSError | None = None
        self._ids = (f"{self.id}-{seq:09d}" for seq in itertools.count())
        self._packs = Packs(self._directory, self.id, self._relieve)
        self._areas = {name: Segments(self._directory / name, self.id) for name in layout.AREAS}
        self._parts: tuple[Packs | Segments, ...] = (self._packs, *self._areas.values())
        self._sync_next = time.monotonic() + SYNC_SECS

    def _leave_parent(self) -> None:
        """Become a writer of one's own in a forked child: the parent writes what waited there."""
        if os.getpid() != self._pid:
            for part in self._parts:
                part.abandon()
            self.committed = self.retries = self.lost = 0
            self._begin()

    def _take_entry(self, entry: Entry) -> None:
        row = rows.item_row(entry, self._run, self._ids, self._packs.place)
        self._areas[layout.ITEMS].add(row)

    def _take_scalars(self, record: Scalars) -> None:
        area = self._areas[layout.SCALARS]
        for row in rows.scalar_rows(record, self._run, self._ids):
            area.add(row)

    def _take_state(self, record: State) -> None:
        self._areas[layout.STATE].add(rows.state_row(record, self._run, self._ids))

    _TAKE: ClassVar[dict[type[Any], Callable[[Any, Any], None]]] = {
        Entry: _take_entry,
        Scalars: _take_scalars,
        State: _take_state,
    }

    def _waiting_bytes(self) -> int:
        return sum(part.waiting_bytes for part in self._parts)

    def _due(self) -> bool:
        waiting_rows = sum(area.waiting_rows for area in self._areas.values())
        return waiting_rows >= COMMIT_ROWS or self._waiting_bytes() >= COMMIT_BYTES

    def _full(self) -> bool:
        return self.error is not None and self._waiting_bytes() > KEPT_BYTES

    def _relieve(self) -> None:
        """Between two blobs of one record: write them where they are many, the rows come later."""
        if self._full():
            raise _NoRoom
        if self.error is None and self._packs.waiting_bytes >= COMMIT_BYTES:
            self._attempt(self._packs.write)

    def _attempt(self, step: Callable[[], None]) -> None:
        try:
            step()
        except OSError as error:
            self.error = error
        else:
            self.error = None

    def _commit(self) -> None:
        sync = self._sync_always or time.monotonic() >= self._sync_next
        self._packs.write()
        if sync:
            self._packs.sync()
        for area in self._areas.values():
            self.committed += area.write()
            if sync:
                area.sync()
        if sync:
            self._sync_next = time.monotonic() + SYNC_SECS

    def _abandon(self) -> None:
        self.lost += sum(area.waiting_rows for area in self._areas.values())
        for part in self._parts:
            part.abandon()


class _NoRoom(Exception):
    """A record is given up."""


def _rows_in(record: Record) -> int:
    return len(record.values) if isinstance(record, Scalars) else 1
