"""The runs below a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..errors import StoreError
from ..payload import Payload
from . import layout
from .reader import RunReader

_DEPTH = 6


class ProjectReader:
    """Finds runs by name or id; a run is a folder with a `run.json`.

    Args:
        path: The project's folder, or one above several projects.
        decode: As for `RunReader`.

    Raises:
        StoreError: There is no such folder.
    """

    def __init__(self, path: str | Path, decode: Callable[[Payload], Any] | None = None) -> None:
        self.path = Path(path).absolute()
        self._decode = decode
        if not self.path.is_dir():
            raise StoreError(f"{self.path}: there is no such folder")

    def runs(self) -> list[RunReader]:
        """Give the runs, the newest first; what cannot be read is left to `medialog doctor`."""
        readable = [run for run in map(self._open, find_runs(self.path)) if run is not None]
        return sorted(readable, key=lambda run: run.info.created, reverse=True)

    def run(self, name: str) -> RunReader:
        """Give the run of this id (`project/id` too), name or folder; the newest of several.

        Raises:
            StoreError: There is none.
        """
        runs = self.runs()
        for run in runs:
            if name in (run.id, run.name, run.path.name, f"{run.project}/{run.id}"):
                return run
        raise StoreError(f"{self.path}: no run {name!r} is here, only {[run.name for run in runs]}")

    def __iter__(self) -> Iterator[RunReader]:
        return iter(self.runs())

    def _open(self, path: Path) -> RunReader | None:
        try:
            return RunReader(path, self._decode)
        except StoreError:
            return None


def find_runs(folder: Path, depth: int = _DEPTH) -> Iterator[Path]:
    """Give the run directories in `folder`, itself included, down to `depth` levels."""
    if (folder / layout.RUN_FILE).is_file():
        yield folder
    elif depth:
        for child in _subfolders(folder):
            yield from find_runs(child, depth - 1)


def _subfolders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            found = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return [Path(path) for path in sorted(found) if not Path(path).name.startswith(".")]
