"""Counts which bytes of a run are named, by rows and by the tables that rows name."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from ..errors import StoreError
from ..schema import File, Row
from . import files, layout, links, repeats, tar
from .area import Area
from .links import Place
from .seal import Progress


@dataclass
class Census:
    """What is named in a run.

    Attributes:
        named: The files by their place.
        tables: Of each table file, the places that it names.
        hidden: The ids of the rows that a later call replaced and that do not count.
        rows: How many rows count.
    """

    named: dict[Place, File] = field(default_factory=dict)
    tables: dict[Place, list[Place]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    rows: int = 0

    def bytes_by_uri(self) -> dict[str, int]:
        """Give for each file how many bytes of it are named, with what a pack has around them."""
        sizes: dict[str, int] = {}
        for file in self.named.values():
            size = file.size if file.offset is None else tar.member_size(file.size)
            sizes[file.uri] = sizes.get(file.uri, 0) + size
        return sizes


def take(
    directory: Path, *, drop_history: bool = False, progress: Progress | None = None
) -> Census:
    """Read every row, key by key, and every table.

    Args:
        directory: The run directory.
        drop_history: Rows that a later call at the same key, step and rank replaced don't count.
        progress: Told about each key.

    Raises:
        StoreError: A row or a table cannot be read, so that it is not known what it names.
    """
    census = Census()
    area = Area(directory, layout.ITEMS, Row)
    keys = sorted(area.distinct("key", {}))
    for done, key in enumerate(keys):
        if progress is not None:
            progress(f"reading rows of {key}", done, len(keys))
        rows = area.copies({"key": key})
        counted = _visible(rows, census) if drop_history else rows
        census.rows += len(counted)
        for row in counted:
            _note(census, directory, row)
    _refuse_damage(directory, area)
    return census


def _visible(rows: list[Row], census: Census) -> list[Row]:
    once = list({row.id: row for row in rows}.values())
    shown = {row.id for row in repeats.visible(once)}
    census.hidden |= {row.id for row in once} - shown
    return [row for row in rows if row.id in shown]


def _note(census: Census, directory: Path, row: Row) -> None:
    waiting = [file for _, file in links.of_row(row)]
    while waiting:
        file = waiting.pop()
        place = links.place(file)
        if place in census.named:
            continue
        census.named[place] = file
        if file.content_type == links.TABLE:
            named = _named_by(directory, file, row)
            census.tables[place] = [links.place(link) for link in named]
            waiting += named


def _named_by(directory: Path, table: File, row: Row) -> list[File]:
    what = files.wrong(directory, table)
    if what is None:
        try:
            return links.named_in(files.read(directory, table))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            what = str(error)
    raise StoreError(
        f"{table.uri}: {what}. It is a table under {row.key!r}, and what its cells name is not known: "
        "nothing was changed. `medialog doctor` lists what is damaged"
    )


def _refuse_damage(directory: Path, area: Area[Row]) -> None:
    for path, lines, _torn_bytes in area.damages():
        if lines:
            raise StoreError(
                f"{path.relative_to(directory)}: {lines} lines cannot be read, and what they name is "
                "not known: nothing was changed. `medialog doctor` lists what is damaged"
            )
