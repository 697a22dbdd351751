"""Files that one writer alone writes, from their beginning on."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from . import layout


class Output:
    """A file whose content waits in memory until `write`; made when the first byte is written.

    Attributes:
        end: How long the file will be once everything waiting is written.
        waiting_bytes: How much waits.
        finished: Nothing is added any more; `Outputs.write` closes it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.end = self.waiting_bytes = 0
        self.finished = False
        self._waiting: list[bytes] = []
        self._written = 0
        self._fd: int | None = None

    def add(self, *buffers: bytes) -> None:
        """Let `buffers` wait, one after another."""
        size = sum(map(len, buffers))
        self._waiting += buffers
        self.waiting_bytes += size
        self.end += size

    def write(self) -> None:
        """Write what waits.

        Raises:
            OSError: The file is cut back to what was committed before; everything still waits.
        """
        if not self._waiting:
            return
        if self._fd is None:
            self._fd = layout.create(self.path)
        try:
            self._written = layout.write_at(self._fd, self._waiting, self._written)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, self._written)
            raise
        self._waiting.clear()
        self.waiting_bytes = 0

    def sync(self) -> None:
        """Make what was written survive a loss of power."""
        if self._fd is not None:
            layout.sync(self._fd)

    def close(self) -> None:
        """Give the descriptor back; what still waits is gone."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


class Outputs:
    """The files that are open, in the order they were begun."""

    def __init__(self) -> None:
        self._open: list[Output] = []

    @property
    def waiting_bytes(self) -> int:
        """How much waits in all of them."""
        return sum(output.waiting_bytes for output in self._open)

    def begin(self, path: Path) -> Output:
        """Begin a file."""
        output = Output(path)
        self._open.append(output)
        return output

    def write(self) -> None:
        """Write what waits and close what is finished; raises the first `OSError`."""
        for output in tuple(self._open):
            output.write()
            if output.finished:
                output.sync()
                output.close()
                self._open.remove(output)

    def sync(self) -> None:
        """Make all that was written survive a loss of power."""
        for output in self._open:
            output.sync()

    def abandon(self) -> None:
        """Close every file as it is."""
        for output in self._open:
            output.close()
        self._open.clear()
