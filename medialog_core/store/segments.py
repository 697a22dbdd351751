"""The rows of one area: one file of JSON lines after another."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec

from . import layout
from .output import Output, Outputs

IDLE_SECS = 600.0
"""A segment that rested longer is not taken up again: it may be sealed once it rested 15 min."""
_ENCODER = msgspec.json.Encoder()


class Segments:
    """Where one writer puts rows.

    Args:
        folder: The area's folder.
        writer: The writer's name.

    Attributes:
        waiting_rows: How many rows are added but not written.
    """

    def __init__(self, folder: Path, writer: str) -> None:
        self._folder, self._writer = folder, writer
        self._outputs = Outputs()
        self._segment: Output | None = None
        self._lines = bytearray()
        self._segments = self._rows = self.waiting_rows = 0
        self._last_write = 0.0

    @property
    def waiting_bytes(self) -> int:
        """How many bytes are added but not written."""
        return len(self._lines) + self._outputs.waiting_bytes

    def add(self, row: msgspec.Struct) -> None:
        """Add a row; one that is no JSON raises here and leaves the others alone."""
        if self._segment is None or self._rows >= layout.SEGMENT_ROWS or self._rested():
            self._begin()
        self._lines += _ENCODER.encode(row)
        self._lines += b"\n"
        self._rows += 1
        self.waiting_rows += 1

    def write(self) -> int:
        """Write what waits and give the number of rows; raises `OSError`, then it still waits."""
        self._hand_over()
        self._outputs.write()
        written, self.waiting_rows = self.waiting_rows, 0
        if written:
            self._last_write = time.time()
        return written

    def sync(self) -> None:
        """Make what was written survive a loss of power."""
        self._outputs.sync()

    def finish(self) -> None:
        """End the segment; the next row begins another."""
        self._hand_over()
        if self._segment is not None:
            self._segment.finished = True
            self._segment = None

    def abandon(self) -> None:
        """Close every file as it is; give up the rows that wait."""
        self._outputs.abandon()
        self._lines.clear()
        self._segment, self.waiting_rows = None, 0

    def _rested(self) -> bool:
        return not self.waiting_rows and time.time() - self._last_write > IDLE_SECS

    def _begin(self) -> None:
        self.finish()
        name = f"{layout.stem(self._writer, self._segments)}.jsonl"
        self._segment = self._outputs.begin(self._folder / name)
        self._segments += 1
        self._rows = 0

    def _hand_over(self) -> None:
        if self._segment is not None and self._lines:
            self._segment.add(bytes(self._lines))
            self._lines.clear()
