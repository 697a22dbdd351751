"""A table's file, `application/vnd.medialog.table+json`: columns to bytes and back.

The bytes name the files of the media cells, so they are rendered once those have a place. How the
cells of a column stand in it depends on the column's type: `written` and `_read`, side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import msgspec
import numpy as np

from ..payload import Blob, LinkedBlob, Payload
from ..schema import (
    Cell,
    ColumnMeta,
    Extra,
    File,
    TableFile,
    TypedCell,
    decode_meta,
    to_number,
)
from .cells import ANY, JSON, LISTS, MEDIA, NUMBER, typed
from .columns import Column

EncodeCell = Callable[[Sequence[Any]], Iterable[Payload]]
DecodeCell = Callable[[Payload], Any]
CONTENT_TYPE = "application/vnd.medialog.table+json"
_SINGLE = frozenset(MEDIA.values())


def packed(
    columns: Sequence[Column], metas: list[ColumnMeta], encode_cell: EncodeCell
) -> LinkedBlob:
    """Give the file of these columns; the media of a column are encoded as one list."""
    payloads = [_payloads(media(column), encode_cell) for column in columns]
    blobs = chain.from_iterable(payload.blobs for payload in chain.from_iterable(payloads))
    links = [blob for blob in blobs if isinstance(blob, Blob)]  # no cell has linked ones
    nrows = len(columns[0].cells) if columns else 0

    def render(files: Sequence[File]) -> bytes:
        places = iter(files)
        data = {
            column.name: written(column, iter([_cell(payload, places) for payload in its]))
            for column, its in zip(columns, payloads, strict=True)
        }
        return msgspec.json.encode(TableFile(metas, nrows, data))

    return LinkedBlob(links, render, CONTENT_TYPE, "table.json")


def unpacked(payload: Payload, decode_cell: DecodeCell) -> list[Column]:
    """Undo `packed`."""
    [blob] = payload.blobs
    assert isinstance(blob, Blob)  # noqa: S101 - a reader makes no linked ones
    file = msgspec.json.decode(blob.data, type=TableFile)

    def value_of(cell: Any) -> Any:
        return decode_cell(_payload(msgspec.convert(cell, Cell), payload))

    return [_column(meta, file.data[meta.name], value_of) for meta in file.columns]


def media(column: Column) -> list[Any]:
    """Give the media values of a column in the order of their cells, lists of them taken apart."""
    filled = [cell for cell in column.cells if cell is not None]
    if column.type in _SINGLE:
        return filled
    if column.type in LISTS:
        return list(chain.from_iterable(filled))
    if column.type != ANY:
        return []
    lists = (cell if isinstance(cell, list) else [cell] for cell in filled)
    return [item for item in chain.from_iterable(lists) if type(item) in MEDIA]


def written(column: Column, values: Iterator[Any]) -> list[Any]:
    """Give the cells as JSON holds them; `values` stand for the media, in the order of `media`."""
    cells = column.cells
    if column.type == NUMBER:
        return _numbers(cells)
    if column.type in _SINGLE:
        return [None if cell is None else next(values) for cell in cells]
    if column.type in LISTS:
        return [None if cell is None else [next(values) for _ in cell] for cell in cells]
    if column.type == ANY:
        return [_tagged(cell, values) for cell in cells]
    return cells


def _column(meta: ColumnMeta, cells: list[Any], value_of: Callable[[Any], Any]) -> Column:
    column = Column(meta.name, meta.optional, meta.type == ANY, meta.type)
    column.cells = [None if cell is None else _read(meta.type, cell, value_of) for cell in cells]
    return column


def _read(type: str, cell: Any, value_of: Callable[[Any], Any]) -> Any:
    if type == NUMBER:
        return float(cell) if isinstance(cell, str) else cell  # a name of `to_number`
    if type in _SINGLE:
        return value_of(cell)
    if type in LISTS:
        return [value_of(item) for item in cell]
    if type == ANY and isinstance(cell, dict):
        return _read(cell["type"], cell["value"], value_of)
    return cell


def _numbers(cells: list[Any]) -> list[Any]:
    odd = np.flatnonzero(~np.isfinite(np.array(cells, np.float64)))  # None is NaN there
    if not len(odd):
        return cells
    named = cells.copy()
    for index in odd.tolist():
        if cells[index] is not None:
            named[index] = to_number(cells[index])
    return named


def _tagged(cell: Any, values: Iterator[Any]) -> Any:
    """A mixed cell: itself where JSON tells its type, else with its type beside it."""
    kind, _ = typed(cell)
    if kind in _SINGLE:
        return TypedCell(kind, next(values))
    if kind in LISTS:
        return TypedCell(kind, [next(values) for _ in cell])
    if kind == JSON:
        return TypedCell(kind, cell)
    if kind == NUMBER and isinstance(named := to_number(cell), str):
        return TypedCell(kind, named)
    return cell


def _payloads(values: list[Any], encode_cell: EncodeCell) -> list[Payload]:
    """Encode the values of each type as one list; they stay in their order."""
    payloads: dict[int, Payload] = {}
    for type_ in dict.fromkeys(map(type, values)):
        places = [i for i, value in enumerate(values) if type(value) is type_]
        payloads.update(zip(places, encode_cell([values[i] for i in places]), strict=True))
    return [payloads[i] for i in range(len(values))]


def _cell(payload: Payload, places: Iterator[File]) -> Cell:
    files = {blob.role: next(places) for blob in payload.blobs}
    own = files.pop("", None)
    extra = [Extra(role, file) for role, file in files.items()]
    return Cell(payload.meta.kind, payload.meta, own, extra, payload.caption, payload.sample_id)


def _payload(cell: Cell, table: Payload) -> Payload:
    blobs = [] if cell.file is None else [_blob("", cell.file, table)]
    blobs += [_blob(extra.role, extra.file, table) for extra in cell.extra]
    meta = decode_meta(msgspec.json.encode(cell.meta).decode())
    return Payload(meta, blobs, cell.caption, cell.sample_id, table.fetch)


def _blob(role: str, file: File, table: Payload) -> Blob:
    extension = file.uri.rsplit(".", 1)[-1]
    return Blob(lambda: table.fetch(file), file.content_type, extension, role)
