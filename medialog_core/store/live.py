"""Reads segments of JSON lines while they grow."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

R = TypeVar("R", bound=Any)


class Tail(Generic[R]):
    """The rows of one segment so far.

    Attributes:
        by_key: The rows of each key, in the order written.
        damaged: How many whole lines are no rows; a torn last line is none of them.
        torn_bytes: How many bytes follow the last whole line.
    """

    def __init__(self, path: Path, row: type[R]) -> None:
        self._path = path
        self._decoder = msgspec.json.Decoder(row)
        self._offset = self.damaged = self.torn_bytes = 0
        self.by_key: defaultdict[str, list[R]] = defaultdict(list)

    def refresh(self) -> None:
        """Read what was added since the last time; raises `FileNotFoundError` when it is gone."""
        with self._path.open("rb") as file:
            if file.seek(0, 2) < self._offset:
                self._forget()
            file.seek(self._offset)
            data = file.read()
        whole = data.rfind(b"\n") + 1
        self._offset += whole
        self.torn_bytes = len(data) - whole
        for row in self._decode(data[:whole]):
            self.by_key[row.key].append(row)

    def _forget(self) -> None:
        self._offset = self.damaged = self.torn_bytes = 0
        self.by_key.clear()

    def _decode(self, lines: bytes) -> list[R]:
        try:
            return self._decoder.decode_lines(lines)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            rows = [self._decode_line(line) for line in lines.rstrip(b"\n").split(b"\n")]
            return [row for row in rows if row is not None]

    def _decode_line(self, line: bytes) -> R | None:
        try:
            row: R = self._decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self.damaged += 1
            return None
        return row
