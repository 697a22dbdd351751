"""Which files of an area hold its rows: the one place that knows what replaces what.

A Parquet file replaces the JSON lines of its stem, a compacted file the stems that it names. JSON
lines that were changed after their sealing are read beside what replaced them; rows are unique by
`id`. A sealed file therefore carries its source's time of change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LINES, SEALED = ".jsonl", ".parquet"
COMPACTED = "c-"
Replaces = Callable[[Path], frozenset[str]]
"""Gives the stems that a compacted file names."""


@dataclass(frozen=True)
class Catalog:
    """The files of an area.

    Attributes:
        live: JSON lines to be read.
        sealed: Parquet files to be read.
        covered: JSON lines that a Parquet file holds whole.
        superseded: Parquet files that a compacted one holds.
        stems: The stems whose rows `sealed` holds, those that were compacted included.
    """

    live: tuple[Path, ...]
    sealed: tuple[Path, ...]
    covered: tuple[Path, ...]
    superseded: tuple[Path, ...]
    stems: frozenset[str]


def look(folder: Path, replaces: Replaces) -> Catalog:
    """Look at a folder, which need not exist; raises `FileNotFoundError` if a file vanishes."""
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    parquet = [path for path in paths if path.suffix == SEALED]
    lines = [path for path in paths if path.suffix == LINES]
    holder = {old: path for path in parquet if is_compacted(path) for old in replaces(path)}
    sealed = [path for path in parquet if path.stem not in holder]
    holder |= {path.stem: path for path in sealed}
    covered = {
        path for path in lines if path.stem in holder and not _newer(path, holder[path.stem])
    }
    return Catalog(
        live=tuple(path for path in lines if path not in covered),
        sealed=tuple(sealed),
        covered=tuple(sorted(covered)),
        superseded=tuple(path for path in parquet if path not in sealed),
        stems=frozenset(holder),
    )


def is_compacted(path: Path) -> bool:
    """Say whether a Parquet file is a compacted one."""
    return path.name.startswith(COMPACTED)


def _newer(lines: Path, sealed: Path) -> bool:
    return lines.stat().st_mtime_ns > sealed.stat().st_mtime_ns
