"""Examines a run directory: is every byte there that a row names, and is it the right one?"""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from ..errors import MedialogError, StoreError
from ..schema import KINDS, File, Row, ScalarRow, StateRow
from . import files, layout, links
from .area import Area
from .seal import Progress

Level = Literal["error", "warning", "note"]
_MANY_SEGMENTS = 64
EXTRAS = {"duckdb": "parquet", "isal": "fast", "tensorboard": "tensorboard"}
"""Package to the extra that brings it."""


@dataclass(frozen=True)
class Finding:
    """Something found.

    Attributes:
        level: `error`: data is damaged; `warning`: nothing is lost, something is to be done;
            `note`: good to know.
        where: A path relative to the run, or its name.
        what: What is wrong.
        advice: What to do about it.
    """

    level: Level
    where: str
    what: str
    advice: str


def examine(directory: Path, progress: Progress | None = None) -> list[Finding]:
    """Examine a run, changing nothing.

    Args:
        directory: The run directory.
        progress: Told about each file that is read.
    """
    found: list[Finding] = []
    for check in (_run_file, _lines, _kinds, _left_overs, _segments):
        found += check(directory)
    return found + list(_bytes(directory, progress))


def missing_extras() -> list[Finding]:
    """Say which extras are not installed."""
    return [
        Finding("note", package, "is not installed", f"pip install 'medialog[{extra}]'")
        for package, extra in EXTRAS.items()
        if importlib.util.find_spec(package) is None
    ]


def _run_file(directory: Path) -> Iterator[Finding]:
    try:
        layout.read_run(directory)
    except StoreError as error:
        advice = "write one: docs/format.md says what it holds; the rows are not affected"
        yield Finding("error", layout.RUN_FILE, str(error), advice)


def _lines(directory: Path) -> Iterator[Finding]:
    for name, row in ((layout.ITEMS, Row), (layout.SCALARS, ScalarRow), (layout.STATE, StateRow)):
        area: Area[Row | ScalarRow | StateRow] = Area(directory, name, row)
        try:
            area.distinct("key", {})
        except MedialogError as error:
            yield Finding("error", name, str(error), "restore it from a copy, or install the extra")
            continue
        for path, damaged, torn_bytes in area.damages():
            where = path.relative_to(directory).as_posix()
            if damaged:
                what = f"{damaged} lines cannot be read"
                yield Finding("error", where, what, "the other lines are read; nothing to do")
            if torn_bytes:
                what = f"the last line is cut short ({torn_bytes} bytes)"
                advice = "its writer is at it or was killed there; readers drop it, nothing to do"
                yield Finding("note", where, what, advice)


def _kinds(directory: Path) -> Iterator[Finding]:
    for kind in sorted(_items(directory, lambda items: items.distinct("kind", {})) - KINDS):
        advice = "pip install -U medialog shows it; it is kept as it is"
        yield Finding("note", layout.ITEMS, f"kind {kind!r} is not known to this version", advice)


def _left_overs(directory: Path) -> Iterator[Finding]:
    for area in layout.AREAS:
        for path in sorted((directory / area).glob(f".*{layout.TEMPORARY}")):
            what = f"left over from work that was broken off ({path.stat().st_size} bytes)"
            where = path.relative_to(directory).as_posix()
            yield Finding("warning", where, what, "medialog compact removes it an hour later")
    for path in sorted(directory.glob(layout.STAGED)):
        what = "left over from a `medialog gc` that was broken off"
        yield Finding("warning", path.name, what, f"medialog gc {directory}")


def _segments(directory: Path) -> Iterator[Finding]:
    for area in layout.AREAS:
        count = len(list((directory / area).glob("*-*.*")))
        if count > _MANY_SEGMENTS:
            advice = f"medialog compact {directory}"
            yield Finding("warning", area, f"{count} files: reading gets slower", advice)


def _bytes(directory: Path, progress: Progress | None) -> Iterator[Finding]:
    """Compare what rows name with what is there, in the order of the bytes."""
    places: dict[File, str] = {}
    for row in _items(directory, lambda items: items.select({})):
        for file in _files(directory, row):
            places.setdefault(file, row.key)
    ordered = sorted(places, key=lambda file: (file.uri, file.offset or 0))
    for done, file in enumerate(ordered):
        if progress is not None:
            progress(f"reading {file.uri}", done, len(ordered))
        what = files.wrong(directory, file)
        if what is not None:
            advice = f"restore it from a copy: media under {places[file]!r} needs it"
            yield Finding("error", file.uri, what, advice)


def _files(directory: Path, row: Row) -> Iterator[File]:
    """Give the files of a row, and those that the cells of its tables name."""
    named = [file for _, file in links.of_row(row)]
    while named:
        file = named.pop()
        yield file
        if file.content_type == links.TABLE and files.wrong(directory, file) is None:
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                named += links.named_in(files.read(directory, file))


def _items(directory: Path, ask: Callable[[Area[Row]], Any]) -> Any:
    """Ask the items something; of an area that cannot be read `_lines` tells."""
    try:
        return ask(Area(directory, layout.ITEMS, Row))
    except MedialogError:
        return set()
