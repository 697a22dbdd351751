"""The pictures and sounds in a table's cells, which TensorBoard's text tab cannot show beside the text.

They stand under the table's tag and their column's name, in the tab of their kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from ....payload import Blob, LinkedBlob, Payload
from ....schema import Cell, ColumnMeta, File, decode_meta
from ..shown import Shown
from .tables import holds_only_media

MAX_CELLS = 25
"""So many of a column are shown."""
_TABS = {"images": "Images", "audio": "Audio"}
_ONE_OF_TWO = ("table1", "table2")
"""Roles of the files whose columns may have the same name."""


class _File(msgspec.Struct):
    """The part of a table's file that is needed; columns stay JSON until they are."""

    columns: list[ColumnMeta]
    data: dict[str, msgspec.Raw]


def beside(payload: Payload, show: Callable[[Payload], Shown]) -> dict[str, list[Shown]]:
    """Give what is shown of a table's cells, by column: the first that are pictures or sounds.

    Args:
        payload: Of a table of any kind.
        show: Gives what TensorBoard shows of one value.
    """
    found: dict[str, list[Shown]] = {}
    for blob in payload.blobs:
        if isinstance(blob, LinkedBlob) and blob.links:
            prefix = f"{blob.role}/" if blob.role in _ONE_OF_TWO else ""
            for name, cells in _columns(blob):
                known = found.setdefault(prefix + name, [])
                left = MAX_CELLS - len(known)
                known += _alike(map(show, (_payload(cell, blob.links) for cell in cells[:left])))
    return {name: shown for name, shown in found.items() if shown}


def note(columns: dict[str, list[Shown]]) -> str:
    """Say, in Markdown, in which tab what stands beside a table is."""
    tabs = sorted({_TABS[shown[0].plugin] for shown in columns.values()})
    shown = " and ".join(tabs)
    return f"Media of its cells, {MAX_CELLS} a column at most: tab {shown}." if tabs else ""


def _columns(blob: LinkedBlob) -> Iterator[tuple[str, list[Any]]]:
    """Give the media cells of the columns that hold nothing else; lists of them as their items."""
    places = [File(str(place), 0, "", "") for place in range(len(blob.links))]
    file = msgspec.json.decode(blob.render(places), type=_File)
    for column in filter(holds_only_media, file.columns):
        cells = [cell for cell in msgspec.json.decode(file.data[column.name]) if cell is not None]
        if column.type.endswith("[]"):
            cells = [item for cell in cells for item in cell]
        if cells and all(isinstance(cell, dict) and "meta" in cell for cell in cells):
            yield column.name, cells


def _payload(cell: Any, links: Sequence[Blob]) -> Payload:
    """Give the value of a cell again; the places of its files are their numbers."""
    read = msgspec.convert(cell, Cell)
    own = [] if read.file is None else [read.file]
    blobs = [links[int(file.uri)] for file in [*own, *(extra.file for extra in read.extra)]]
    meta = decode_meta(msgspec.json.encode(read.meta).decode())
    return Payload(meta, blobs, read.caption, read.sample_id)


def _alike(shown: Iterator[Shown]) -> list[Shown]:
    """Keep what one tag can hold: pictures, or sounds."""
    items = [one for one in shown if one.plugin in _TABS and one.item is not None]
    return [one for one in items if one.plugin == items[0].plugin]
