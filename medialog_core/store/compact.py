"""Merges the sealed files of a run into one for each area, sorted by key and step."""

from __future__ import annotations

import contextlib
import hashlib
import time
from pathlib import Path

from ..errors import StoreError
from . import catalog, layout, parquet
from .alone import alone
from .seal import Progress, Report, Sealer, closed_segments, publish, temporary


def compact(directory: Path, *, progress: Progress | None = None) -> Report:
    """Seal what is closed, then merge all that is sealed.

    May be broken off at any moment and begun again: the files that went into a new one are removed
    after it is complete, and readers count each row once.

    Args:
        directory: The run directory.
        progress: Told about each segment and each area.

    Raises:
        MissingExtra: DuckDB is not installed.
        StoreError: A sealed file cannot be read, or the merged one not written; nothing is lost.
    """
    sealer = Sealer(directory, "compacting a run", progress)
    with alone(sealer.directory / layout.RUN_FILE, shared=True):
        sealer.seal(closed_segments(sealer))
        for done, area in enumerate(layout.AREAS):
            sealer.tell(f"merging {area}", done, len(layout.AREAS))
            _merge(sealer, area)
        sealer.sweep()
    return sealer.report


def _merge(sealer: Sealer, area: str) -> None:
    begun_ns = time.time_ns()
    found = sealer.look(area)
    if len(found.sealed) < 2:  # noqa: PLR2004 - one file is merged already
        return
    stems = sorted(found.stems)
    # Named by what it holds: two who compact at once write the same file.
    digest = hashlib.sha256("\n".join(stems).encode()).hexdigest()[:12]
    target = sealer.directory / area / f"{catalog.COMPACTED}{digest}{catalog.SEALED}"
    grown = [lines for lines in found.live if lines.stem in found.stems]
    with contextlib.ExitStack() as stack:
        path = stack.enter_context(temporary(target))
        try:
            # Lines that were added behind a sealing: the new file is later than they are.
            added = [stack.enter_context(sealer.in_parquet(lines)) for lines in grown]
            sources = [*found.sealed, *added]
            rows = parquet.merge(sealer.connection, sources, area, path, stems)
            expected = parquet.count(sealer.connection, sources)
        except Exception as error:
            raise StoreError(f"{target.parent}: cannot be compacted: {error}") from error
        if rows != expected:
            raise StoreError(
                f"{target.parent}: merging {expected} rows gave {rows}; nothing was changed"
            )
        publish(path, target, begun_ns)
    sealer.report.compacted += [sealer.name(path) for path in found.sealed]
