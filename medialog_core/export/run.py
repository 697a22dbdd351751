"""Exports a run: begins, does the work in one of three formats, says how far it came."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..errors import InvalidInput, MedialogError, StoreError
from ..store.reader import RunReader
from ..store.seal import Progress
from ..store.source import Source
from . import datasets, files, shards
from .selection import Selection
from .target import Target
from .work import Report, Work

FORMATS: dict[str, Callable[[Work], None]] = {
    "files": files.write,
    "webdataset": shards.write,
    "parquet": datasets.write,
}
SHARD_MB = 256


def export(
    run: RunReader,
    to: Path,
    *,
    format: str = "files",
    selection: Selection | None = None,
    shard_mb: int = SHARD_MB,
    progress: Progress | None = None,
) -> Report:
    """Export the media of a run; nothing is decoded or encoded.

    May be broken off at any moment and begun again: what is there and right is not written again.
    Of a run that is being written, what is committed is exported.

    Args:
        run: The run.
        to: A new folder, or one that holds the beginning of this export.
        format: One of `FORMATS`.
        selection: What is wanted; all that is shown if None.
        shard_mb: About how many MB a tar shard or a Parquet file gets.
        progress: Told about each row.

    Raises:
        InvalidInput: An argument is none of what it may be.
        MissingExtra: DuckDB is not installed, and the run is sealed or the format is Parquet.
        StoreError: `to` holds something else, or could not be written to the end.
    """
    if format not in FORMATS:
        raise InvalidInput(f"format: expected one of {list(FORMATS)}, got {format!r}")
    if shard_mb < 1:
        raise InvalidInput(f"shard_mb: expected 1 or more, got {shard_mb!r}")
    selection = selection or Selection()
    options = {"format": format, **selection.as_json()}
    with Source(run.path) as source:
        target = Target(Path(to).absolute(), source)
        work = Work(run, source, target, selection, shard_mb * 1_000_000, progress)
        with target.opened(run, options):
            _do(work, FORMATS[format])
    return _counted(work)


def _do(work: Work, write: Callable[[Work], None]) -> None:
    try:
        work.facts()
        write(work)
    except MedialogError:
        raise
    except OSError as error:
        done = _counted(work)
        raise StoreError(
            f"{work.target.folder}: {error}. {done.rows} rows are exported, {done.written} files written "
            f"({done.bytes} bytes) and {done.skipped} were there; the same command goes on from there"
        ) from error


def _counted(work: Work) -> Report:
    work.report.written, work.report.skipped = work.target.written, work.target.skipped
    work.report.bytes = work.target.nbytes
    return work.report
