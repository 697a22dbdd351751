"""The way back: a run from the disk, with its media decoded."""

from __future__ import annotations

import os
from pathlib import Path

from . import codecs
from .store.project import ProjectReader
from .store.reader import RunReader

__all__ = ["ProjectReader", "RunReader", "open_project", "open_run"]


def open_run(path: str | os.PathLike[str]) -> RunReader:
    """Open a run directory for reading; it may still be written.

    Raises:
        StoreError: There is no run.
    """
    return RunReader(Path(path), decode=codecs.decode)


def open_project(path: str | os.PathLike[str]) -> ProjectReader:
    """Open a folder of runs for reading.

    Raises:
        StoreError: There is no such folder.
    """
    return ProjectReader(Path(path), decode=codecs.decode)
