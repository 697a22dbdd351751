"""Where event files lie, what they are called, and how events get into one.

TensorBoard reads the files of one directory one after the other, in the order of their names, and
never goes back: of two that grow at the same time it shows one. So a directory has one live writer:

    <run directory>/               the process that runs, of rank 0; also when the run is resumed
    <run directory>/rank3/         rank 3 of a distributed run
    <run directory>/rank0-4711/    a child process (4711) of rank 0: forked, or spawned and logging

TensorBoard shows each as a run of its own.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from ...store import layout
from . import protos
from .records import frame

BATCH_BYTES = 8 * 1024 * 1024
"""So much is written without waiting for a flush."""
KEPT_BYTES = 64 * 1024 * 1024
"""So much is kept for another try while the disk fails; further events are given up."""
_NAME = re.compile(r"events\.out\.tfevents\.(?P<secs>\d+)\.(?P<host>.+)\.(?P<pid>\d+)\.\d+")


class EventFile:
    """An event file of this process, made at once by rank 0, by any other at its first commit.

    Args:
        directory: The run directory.
        rank: Which process of a distributed run writes.
        forked: Whether this process is a fork of the one that runs.

    Attributes:
        is_main: Whether it lies in the run directory itself.
        lost: Events that were given up.
    """

    def __init__(self, directory: Path, rank: int, *, forked: bool = False) -> None:
        self._run_directory, self._rank, self._forked = directory, rank, forked
        self.is_main = self._failing = False
        self.lost = 0
        self._fd: int | None = None
        self._pending: list[bytes] = []
        self._pending_bytes = self._committed = 0
        if not rank and not forked:  # takes the run directory before a child can
            with contextlib.suppress(OSError):
                self._open()

    def append(self, event: bytes) -> None:
        """Take one serialised event; never raises `OSError`, the next `commit` does."""
        if self._failing and self._pending_bytes > KEPT_BYTES:
            self.lost += 1
            return
        self._pending.append(frame(event))
        self._pending_bytes += len(event)
        if self._pending_bytes >= BATCH_BYTES and not self._failing:
            with contextlib.suppress(OSError):
                self.commit()

    def commit(self) -> None:
        """Write what was taken.

        Raises:
            OSError: It could not be written; it is kept, and what was committed is whole.
        """
        if not self._pending:
            return
        self._failing = True
        fd = self._open()
        try:
            self._committed = layout.write_at(fd, self._pending, self._committed)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(fd, self._committed)
            raise
        self._pending, self._pending_bytes, self._failing = [], 0, False

    def close(self) -> None:
        """Commit and close.

        Raises:
            OSError: The rest could not be written; it is given up, and counted.
        """
        try:
            self.commit()
        finally:
            self.lost += len(self._pending)
            self.abandon()

    def abandon(self) -> None:
        """Close without writing what is left: a fork's parent writes it."""
        if self._fd is not None:
            os.close(self._fd)
        self._fd, self._committed = None, 0
        self._pending, self._pending_bytes, self._failing = [], 0, False

    def _open(self) -> int:
        if self._fd is None:
            directory = choose(self._run_directory, self._rank, forked=self._forked)
            self._fd = _create(directory)
            self.is_main = directory == self._run_directory
            self._pending.insert(0, frame(protos.version_event(time.time())))
        return self._fd


def choose(directory: Path, rank: int, *, forked: bool) -> Path:
    """Give the directory, of a run directory, in which this process is the only writer."""
    usual = directory / f"rank{rank}" if rank else directory
    if forked or any(_is_live(pid) for pid in _other_writers(usual)):
        return directory / f"rank{rank}-{os.getpid()}"
    return usual


def _create(directory: Path) -> int:
    """Create a file that TensorBoard reads after all that are there."""
    secs = max([int(time.time()), *(int(match["secs"]) + 1 for match in _names(directory))])
    stem = f"events.out.tfevents.{secs:010d}.{socket.gethostname()}.{os.getpid()}"
    for uid in count():
        with contextlib.suppress(FileExistsError):
            return layout.create(directory / f"{stem}.{uid}")
    raise AssertionError  # there is no end to the numbers


def _names(directory: Path) -> Iterator[re.Match[str]]:
    with contextlib.suppress(FileNotFoundError):
        yield from filter(None, (_NAME.fullmatch(path.name) for path in directory.iterdir()))


def _other_writers(directory: Path) -> set[int]:
    here = {
        int(match["pid"]) for match in _names(directory) if match["host"] == socket.gethostname()
    }
    return here - {os.getpid()}


def _is_live(pid: int) -> bool:
    if os.name == "nt":  # signal 0 would end the process there
        return pid == os.getppid()
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
