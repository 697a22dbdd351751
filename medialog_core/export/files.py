"""Plain files: a folder for each key, `<step>.<ending>` in it, and `index.csv`."""

from __future__ import annotations

import msgspec

from . import facts
from .names import Folders, as_file
from .part import Part
from .target import to_json
from .work import Work


def write(work: Work) -> None:
    """Write all files of all rows, and the index when they are all there."""
    keys = work.keys()
    folders = _folders(work, keys)
    with facts.index(work.target) as index:
        for base, row in work.rows(keys):
            folder = f"{folders.of(row.key)}/"
            made = work.parts(row, base, as_file)
            there = [part for part in made if _put(work, folder, part)]
            index.add(row, facts.paths(folder, there))


def _put(work: Work, folder: str, part: Part) -> bool:
    """Write a file; say whether it is there."""
    name = folder + part.name
    with work.noting(name):
        work.target.put(name, part.content)
    return name not in work.report.failed


def _folders(work: Work, keys: list[str]) -> Folders:
    """Give each key the folder that it had in an earlier export, or a new one, and note it."""
    path = work.target.folder / facts.KEYS
    known = msgspec.json.decode(path.read_bytes(), type=dict[str, str]) if path.exists() else {}
    folders = Folders(known, facts.ALL)
    for key in keys:
        folders.of(key)
    work.target.put(facts.KEYS, to_json(folders.by_key))
    return folders
