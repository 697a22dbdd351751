"""Turns segments that nobody writes any more into Parquet.

Never in the training thread: it takes seconds. Each step ends in a rename, so that it can be broken
off at any moment and begun again; what is replaced stays until its replacement is complete.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import MissingExtra
from . import catalog, layout, parquet
from .catalog import Catalog
from .reader import RunReader

Progress = Callable[[str, int, int], None]
"""Called with what is done now, how many steps are behind it and how many there are."""

REST_SECS = 900.0
"""A segment that rested so long is closed: its writer begins another (`segments.IDLE_SECS`)."""
GRACE_SECS = 60.0
"""How long JSON lines stay beside their Parquet, for those who read them now."""
AT_END_SECS = 5.0
"""How long the end of a run may wait for its sealing."""
_ONE_SEGMENT_SECS = 10.0
"""How long at most one segment takes: 5,000 rows, on a disk that is slow."""
LEFT_OVER_SECS = 3600.0
"""A temporary file of this age belongs to nobody."""


@dataclass
class Report:
    """What was done, as paths relative to the run.

    Attributes:
        sealed: Segments that became Parquet.
        compacted: Files that went into one.
        removed: Files that were removed.
        waiting: JSON lines that were sealed and stay a while, for those who may be using them.
        kept: Segments that stay as they are, and why.
    """

    sealed: list[str] = field(default_factory=list)
    compacted: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)


class Sealer:
    """One piece of work on one run directory, of which it keeps the report.

    Args:
        directory: The run directory.
        feature: What needs DuckDB, for the error when it is missing.
        progress: Told about each step.

    Raises:
        MissingExtra: DuckDB is not installed.
    """

    def __init__(self, directory: Path, feature: str, progress: Progress | None = None) -> None:
        self.directory = Path(directory).absolute()
        self.connection = parquet.connect(feature)
        self.report = Report()
        self._progress = progress

    def tell(self, what: str, done: int, total: int) -> None:
        """Report progress."""
        if self._progress is not None:
            self._progress(what, done, total)

    def look(self, area: str) -> Catalog:
        """Look at an area."""
        return catalog.look(
            self.directory / area, lambda path: parquet.replaced(self.connection, path)
        )

    def name(self, path: Path) -> str:
        """Give a path as the report has it."""
        return path.relative_to(self.directory).as_posix()

    def seal(self, paths: list[Path]) -> None:
        """Seal segments, one by one."""
        for done, path in enumerate(paths):
            self.tell(f"sealing {self.name(path)}", done, len(paths))
            try:
                self._seal(path)
            except Exception as error:  # noqa: BLE001 - DuckDB's: the lines stay, and the report says why
                self.report.kept[self.name(path)] = str(error)
            else:
                self.report.sealed.append(self.name(path))

    def sweep(self) -> None:
        """Remove what was replaced, and what broken-off work left behind."""
        for area in layout.AREAS:
            found = self.look(area)
            closed = set(_closed([*found.covered, *found.live], set()))
            removable = [path for path in found.covered if path in closed and _old(path, found)]
            for path in (*removable, *found.superseded, *_left_over(self.directory / area)):
                path.unlink(missing_ok=True)
                self.report.removed.append(self.name(path))
            self.report.waiting += [self.name(p) for p in found.covered if p not in removable]

    @contextlib.contextmanager
    def in_parquet(self, path: Path) -> Iterator[Path]:
        """Give the whole lines of a segment as a Parquet file that no reader looks at.

        Raises:
            ValueError: Not every line gave a row.
        """
        data = path.read_bytes()
        whole = data.rfind(b"\n") + 1
        with contextlib.ExitStack() as stack:
            source = path
            if whole < len(data):
                source = stack.enter_context(temporary(path))
                source.write_bytes(data[:whole])
            target = stack.enter_context(temporary(path))
            rows = parquet.copy_lines(self.connection, source, path.parent.name, target)
            lines = data.count(b"\n")
            if rows != lines:
                raise ValueError(f"{self.name(path)}: {lines} lines gave {rows} rows")
            yield target

    def _seal(self, path: Path) -> None:
        changed_ns = path.stat().st_mtime_ns
        with self.in_parquet(path) as target:
            publish(target, path.with_suffix(catalog.SEALED), changed_ns)


def seal(directory: Path, *, writer: str | None = None, progress: Progress | None = None) -> Report:
    """Seal the closed segments of a run, and remove JSON lines that were sealed before.

    Closed are all segments of a run that is not running, and of a running one those that rested
    for 15 min or have a successor. JSON lines go at the earliest 60 s after their sealing, and
    when nobody can be writing them.

    Args:
        directory: The run directory.
        writer: This writer has ended: all its segments are closed.
        progress: Told about each segment.

    Raises:
        MissingExtra: DuckDB is not installed.
    """
    sealer = Sealer(directory, "sealing a run", progress)
    sealer.seal(closed_segments(sealer, writer))
    sealer.sweep()
    return sealer.report


def seal_at_end(directory: Path, writer: str, within_secs: float = AT_END_SECS) -> bool:
    """Seal what an ended writer has written, segment by segment, and stop after `within_secs`.

    What it leaves undone is done by `medialog compact`; that holds too where DuckDB is missing. The
    segment that it is at is awaited, within reason: DuckDB at work when the interpreter ends
    crashes the process.

    Returns:
        Whether it was done in time.
    """
    late = threading.Event()

    def stop_when_late(_what: str, _done: int, _total: int) -> None:
        if late.is_set():
            raise _Late

    def work() -> None:
        with contextlib.suppress(MissingExtra, OSError, _Late):
            seal(directory, writer=writer, progress=stop_when_late)

    thread = threading.Thread(target=work, name="medialog-seal", daemon=True)
    with contextlib.suppress(RuntimeError):  # some Pythons start no thread while they end
        thread.start()
        thread.join(within_secs)
        late.set()
        done_in_time = not thread.is_alive()
        thread.join(_ONE_SEGMENT_SECS)
        return done_in_time
    return False


class _Late(Exception):
    """There is no time for the next segment."""


def closed_segments(sealer: Sealer, writer: str | None = None) -> list[Path]:
    """Give the segments that nobody writes any more and that are not sealed."""
    ended = RunReader(sealer.directory).status in ("finished", "failed", "killed")
    found = [sealer.look(area) for area in layout.AREAS]
    return [
        path
        for area in found
        for path in (area.live if ended else _closed(area.live, {writer}))
        if not _held_by_compacted(path, area)
    ]


@contextlib.contextmanager
def temporary(beside: Path) -> Iterator[Path]:
    """Give a name in the same folder that no reader looks at; what is left there is removed."""
    path = beside.with_name(f".{beside.stem}-{secrets.token_hex(4)}{layout.TEMPORARY}")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def publish(path: Path, target: Path, changed_ns: int) -> None:
    """Give a whole file its name, safe from a loss of power, as changed at `changed_ns`."""
    os.utime(path, ns=(changed_ns, changed_ns))
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    path.replace(target)


def _closed(paths: list[Path] | tuple[Path, ...], ended_writers: set[str | None]) -> list[Path]:
    last = {_writer(path): path for path in sorted(paths)}
    return [
        path
        for path in paths
        if path != last[_writer(path)] or _writer(path) in ended_writers or _rested(path)
    ]


def _writer(path: Path) -> str:
    return path.stem.rpartition("-")[0]


def _rested(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > REST_SECS


def _old(lines: Path, found: Catalog) -> bool:
    """Say whether what replaced `lines` has been there for a while."""
    twin = lines.with_suffix(catalog.SEALED)
    holders = (
        [twin] if twin in found.sealed else [p for p in found.sealed if catalog.is_compacted(p)]
    )
    return all(time.time() - path.stat().st_ctime > GRACE_SECS for path in holders)


def _held_by_compacted(path: Path, found: Catalog) -> bool:
    """A stem that was compacted cannot be sealed again: its lines are read as they are."""
    return path.stem in found.stems and path.with_suffix(catalog.SEALED) not in found.sealed


def _left_over(folder: Path) -> list[Path]:
    found = folder.glob(f".*{layout.TEMPORARY}")
    return [path for path in found if time.time() - path.stat().st_mtime > LEFT_OVER_SECS]
