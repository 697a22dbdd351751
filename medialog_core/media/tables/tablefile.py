"""A table's file, `application/vnd.medialog.table+json`: columns to bytes and back.

The bytes name the files of the media cells, so they are rendered once those have a place. How the
cells of each type stand in it is told at `written.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import msgspec

from ...payload import Blob, LinkedBlob, Payload
from ...schema import Cell, ColumnMeta, Extra, File, TableFile, decode_meta
from .cells import LISTS, SINGLE
from .columns import Column
from .dtypes import Declared
from .written import media, read, written

EncodeCell = Callable[[Sequence[Any]], Iterable[Payload]]
DecodeCell = Callable[[Payload], Any]
CONTENT_TYPE = "application/vnd.medialog.table+json"
_CHUNK_CELLS, _CHUNK_BYTES, _CHUNK_MEDIA = 50_000, 2_000_000, 2_000
"""One call encodes so much: the training loop waits for the GIL no longer than that takes."""


def metas_of(columns: Sequence[Column]) -> list[ColumnMeta]:
    """Give what the file and the row say of these columns."""
    return [ColumnMeta(c.name, c.type, c.optional, dict(c.classes)) for c in columns]


def height(columns: Sequence[Column]) -> int:
    """Give the number of rows; a row that another thread is adding is not one yet."""
    return min((len(column.cells) for column in columns), default=0)


def packed(columns: Sequence[Column], encode_cell: EncodeCell, role: str = "") -> LinkedBlob:
    """Give the file of these columns; the media of a column are encoded as one list."""
    payloads = [_payloads(media(column.type, column.cells), encode_cell) for column in columns]
    blobs = chain.from_iterable(payload.blobs for payload in chain.from_iterable(payloads))
    links = [blob for blob in blobs if isinstance(blob, Blob)]  # no cell has linked ones

    def render(files: Sequence[File]) -> bytes:
        places = iter(files)
        return _rendered(columns, [iter([_cell(one, places) for one in its]) for its in payloads])

    return LinkedBlob(links, render, CONTENT_TYPE, "table.json", role)


def unpacked(blob: Blob | LinkedBlob, payload: Payload, decode_cell: DecodeCell) -> list[Column]:
    """Undo `packed`; `payload` is what the blob belongs to."""
    assert isinstance(blob, Blob)  # noqa: S101 - a reader makes no linked ones
    file = msgspec.json.decode(blob.data, type=TableFile)

    def value_of(cell: Any) -> Any:
        return decode_cell(_payload(msgspec.convert(cell, Cell), payload))

    return [_column(meta, file.data[meta.name], value_of) for meta in file.columns]


def _rendered(columns: Sequence[Column], values: Sequence[Iterator[Any]]) -> bytes:
    data = b",".join(
        _json(column.name) + b":[" + b",".join(_chunks(column, its)) + b"]"
        for column, its in zip(columns, values, strict=True)
    )
    head = _json(TableFile(metas_of(columns), height(columns), {}))
    return head.removesuffix(b"}}") + data + b"}}"


def _chunks(column: Column, values: Iterator[Any]) -> Iterator[bytes]:
    step = _step(column)
    for start in range(0, len(column.cells), step):
        cells = column.cells[start : start + step]
        yield _json(written(column.type, cells, values))[1:-1]


def _step(column: Column) -> int:
    """Give how many cells are not too many at once: fewer of long texts, lists or media."""
    if column.type in SINGLE or column.type in LISTS:
        return min(_CHUNK_CELLS, _CHUNK_MEDIA)
    each = column.nbytes // (len(column.cells) or 1) + 1
    return min(_CHUNK_CELLS, _CHUNK_BYTES // each + 1)


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value, enc_hook=str)  # of numpy.datetime64


def _column(meta: ColumnMeta, cells: list[Any], value_of: Callable[[Any], Any]) -> Column:
    column = Column(meta.name, meta.optional, declared=Declared(meta.type, meta.classes))
    column.cells = read(meta.type, cells, value_of)
    return column


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
