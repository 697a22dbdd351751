"""Tells whether anybody may be writing a run."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path

from ..errors import StoreError
from . import catalog, layout
from .reader import RunReader
from .seal import REST_SECS


def refuse_if_written(directory: Path) -> None:
    """Raise if a process may be writing the run.

    Raises:
        StoreError: The run says that it is running, or a file was changed in the last 15 minutes.
    """
    if RunReader(directory).status == "running":
        raise StoreError(
            f"{directory}: the run is being written: it gave a sign of life in the last two minutes"
        )
    newest = max(_written(directory), key=lambda path: path.stat().st_mtime, default=None)
    if newest is None:
        return
    rested = time.time() - newest.stat().st_mtime
    if rested < REST_SECS:
        raise StoreError(
            f"{directory}: the run may be being written: {newest.relative_to(directory).as_posix()} was "
            f"changed {max(0.0, rested):.0f} s ago; try again in {math.ceil((REST_SECS - rested) / 60)} min"
        )


def _written(directory: Path) -> Iterator[Path]:
    """Give the files that writers write; the sealed ones are made by others."""
    for area in layout.AREAS:
        yield from (directory / area).glob(f"[!.]*{catalog.LINES}")
    yield from (directory / layout.MEDIA).glob("[!.]*")
