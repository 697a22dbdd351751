"""Tables as Markdown: their first rows, and how many there are besides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ....payload import Blob, LinkedBlob, Payload
from ....schema import ColumnMeta, JoinedTableMeta, Label, PartitionedTableMeta, TableMeta
from .markdown import captioned, file_of, plain, table
from .pictures import label_line

MAX_ROWS = 100
"""A page of TensorBoard shows no more rows of a table; the store has all of them."""

Blobs = Sequence[Blob | LinkedBlob]


class _File(msgspec.Struct):
    """The part of a table's file that is shown; columns stay JSON until they are."""

    columns: list[ColumnMeta]
    data: dict[str, msgspec.Raw]


def single(payload: Payload, meta: TableMeta) -> str:
    """Give a table; of an increment, which rows of the whole it has."""
    body = _body(payload.blobs, meta.columns, meta.nrows)
    if meta.first_row is not None and meta.nrows:
        last = meta.first_row + meta.nrows - 1
        body = f"Rows {meta.first_row:,} to {last:,} of a table that grows.\n\n{body}"
    return captioned(payload, body)


def joined(payload: Payload, meta: JoinedTableMeta) -> str:
    """Give both tables, and the columns whose equal cells belong together."""
    shapes = [meta.table1] if meta.table2 is None else [meta.table1, meta.table2]
    bodies = [
        _body([blob], shape.columns, shape.nrows)
        for blob, shape in zip(payload.blobs, shapes, strict=True)
    ]
    key1, key2 = map(plain, meta.join_key)
    names = ("this table", "itself") if meta.table2 is None else ("the first table", "the second")
    said = f"Joined: **{key1}** of {names[0]} with **{key2}** of {names[1]}."
    return captioned(payload, "\n\n".join([said, *bodies]))


def partitioned(payload: Payload, meta: PartitionedTableMeta) -> str:
    """Give the rows of all parts, one below the other."""
    said = f"{len(meta.parts):,} parts of {', '.join(f'{rows:,}' for rows in meta.parts)} rows."
    body = _body(payload.blobs, meta.columns, sum(meta.parts))
    return captioned(payload, f"{said}\n\n{body}")


def holds_only_media(column: ColumnMeta) -> bool:
    """Say whether each cell of a column is a media value, or a list of them."""
    return column.type not in _CELLS


def _body(blobs: Blobs, columns: Sequence[ColumnMeta], nrows: int) -> str:
    rows: list[tuple[str, ...]] = []
    for blob in blobs:
        if len(rows) < MAX_ROWS:
            rows += _rows(file_of(blob), MAX_ROWS - len(rows))
    body = table([column.name for column in columns], rows)
    left = nrows - len(rows)
    if left > 0:
        body += f'\n\n**{left:,} more rows are not shown here.** The store has them: `sinks=("store", ...)`.'
    return body


def _rows(data: bytes, count: int) -> Iterator[tuple[str, ...]]:
    file = msgspec.json.decode(data, type=_File)
    shown = [
        [_cell(column.type, cell) for cell in msgspec.json.decode(file.data[column.name])[:count]]
        for column in file.columns
    ]
    return zip(*shown, strict=True)


def _cell(type: str, cell: Any) -> str:
    if cell is None:
        return ""
    rule = _CELLS.get(type) or (_media_names if type.endswith("[]") else _media_name)
    return rule(cell)


def _text(value: Any) -> str:
    return _SHOWN.get(type(value), _as_json)(value)


def _mixed(cell: Any) -> str:
    return _cell(cell["type"], cell["value"]) if isinstance(cell, dict) else _text(cell)


def _nested(cell: Any) -> str:
    return _as_json(_named(cell))


def _named(value: Any) -> Any:
    """Give a nested cell with names in the place of its media."""
    if isinstance(value, list):
        return [_named(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value["type"] != "json":
        return _media_name(value["value"])
    return {key: _named(item) for key, item in value["value"].items()}


def _media_names(cells: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(map(_media_name, cells))


def _media_name(cell: Mapping[str, Any]) -> str:
    meta = cell["meta"]
    size = f" {meta['width']}×{meta['height']}" if "width" in meta and "height" in meta else ""
    said = cell.get("caption") or _label(meta.get("label"))
    return f"{cell['kind']}{size}{f' {said!r}' if said else ''}"


def _label(label: Any) -> str:
    return "" if label is None else label_line(msgspec.convert(label, Label))


def _as_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


_SHOWN: dict[type[Any], Callable[[Any], str]] = {
    str: str,
    type(None): lambda _: "",
    float: lambda x: f"{x:.6g}",
}
_CELLS: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("null", "number", "boolean", "string", "date", "datetime", "json"), _text),
    "any": _mixed,
    "nested": _nested,
}
