"""Finds the run that a word on the command line means."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ..errors import StoreError
from ..store import layout
from ..store.project import ProjectReader, find_runs
from ..store.reader import RunReader


def add_json(command: argparse.ArgumentParser) -> None:
    """Give a command the option that all have."""
    command.add_argument("--json", action="store_true", help="write JSON for programs")


def default_folder() -> Path:
    """Give the folder that is meant when none is named: where runs were told to go, else this one.

    Below this one lies what any wrapper wrote by default: `medialog`, `logs`, `lightning_logs`.
    """
    folder = Path(os.environ.get("MEDIALOG_DIR") or "")
    return folder if folder.is_dir() else Path()


def open_named(word: str) -> RunReader:
    """Open the run of this path, or of this name or id below the default folder.

    Raises:
        StoreError: There is none.
    """
    path = Path(word)
    if (path / layout.RUN_FILE).is_file() or path.is_dir():
        return RunReader(_only_run(path))
    return ProjectReader(default_folder()).run(word)


def _only_run(path: Path) -> Path:
    found = list(find_runs(path))
    if len(found) == 1:
        return found[0]
    if not found:
        raise StoreError(f"{path}: no run is here")
    raise StoreError(
        f"{path}: {len(found)} runs are here; name one, `medialog ls {path}` lists them"
    )
