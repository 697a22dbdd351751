"""One export at work: where it reads, where it writes, how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..errors import StoreError
from ..schema import Row
from ..store.reader import RunReader
from ..store.seal import Progress
from ..store.source import Source
from . import facts
from .names import Names, Style
from .part import Part
from .parts import parts
from .selection import Selection, named
from .target import Target


@dataclass
class Report:
    """What was exported.

    Attributes:
        rows: How many rows of media.
        written, skipped: How many files were written, and how many were there already.
        bytes: How many bytes were written.
        failed: What could not be exported, and why: bytes that are missing or damaged.
    """

    rows: int = 0
    written: int = 0
    skipped: int = 0
    bytes: int = 0
    failed: dict[str, str] = field(default_factory=dict)


@dataclass
class Work:
    """What the formats share.

    Attributes:
        run: The run.
        source: Its bytes.
        target: The folder.
        selection: What is wanted.
        shard_bytes: How large a shard gets.
        progress: Told about each row.
        report: What was done so far.
    """

    run: RunReader
    source: Source
    target: Target
    selection: Selection
    shard_bytes: int
    progress: Progress | None = None
    report: Report = field(default_factory=Report)

    def keys(self) -> list[str]:
        """Give the keys that are wanted."""
        return self.selection.media_keys(self.run)

    def rows(self, keys: list[str]) -> Iterator[tuple[str, Row]]:
        """Give every row that is wanted with what its names begin with, key by key."""
        for nth, key in enumerate(keys, 1):
            rows = self.selection.rows(self.run, key)
            for done, (base, row) in enumerate(named(rows)):
                if self.progress is not None:
                    self.progress(f"key {nth} of {len(keys)}: {key}", done, len(rows))
                yield base, row
                self.report.rows += 1

    def parts(self, row: Row, base: str, style: Style, *, always_json: bool = False) -> list[Part]:
        """Give the files of a row; of one that cannot be read, none."""
        with self.noting(f"{row.key!r}, step {row.step}, {row.kind} {row.id}"):
            return parts(row, Names(base, style), self.source, always_json=always_json)
        return []

    @contextmanager
    def noting(self, what: str) -> Iterator[None]:
        """Note that `what` failed, if the run's bytes are missing or damaged, and go on."""
        try:
            yield
        except StoreError as error:
            self.report.failed[what] = str(error)

    def facts(self) -> None:
        """Write what every export holds beside the media."""
        facts.write(self.target, self.run, self.selection)
