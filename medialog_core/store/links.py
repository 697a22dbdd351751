"""Which bytes name which: rows name files, and the files of tables name those of their cells.

Nothing else names bytes. A table file is known by its content type, whatever the kind of its row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from ..schema import ColumnMeta, File, Row

TABLE = "application/vnd.medialog.table+json"
Place = tuple[str, int | None]
"""A file's `uri` and `offset`: what tells its bytes from all others of the run."""

_FIELDS = frozenset(File.__struct_fields__)
_NEEDED = _FIELDS - {"offset"}
_USERS_OWN = frozenset(("number", "boolean", "string", "json", "null"))
"""Columns whose cells name no bytes, whatever they look like."""
_NESTED = "nested"
"""Columns of lists and dictionaries in which media stand."""


def place(file: File) -> Place:
    """Give where its bytes are."""
    return file.uri, file.offset


def of_row(row: Row) -> Iterator[tuple[str, File]]:
    """Give role and file of all that a row names itself; the value's own file has no role."""
    if row.file is not None:
        yield "", row.file
    for extra in row.extra:
        yield extra.role, extra.file


def named_in(table: bytes) -> list[File]:
    """Give the files that a table file names, in their order, those named twice twice.

    Raises:
        msgspec.DecodeError: It is no JSON.
        UnicodeDecodeError: It is no UTF-8.
    """
    return named_in_json(msgspec.json.decode(table))


def named_in_json(value: Any) -> list[File]:
    """Give the files that a part of a table file names, as `named_in`."""
    found: list[File] = []

    def note(file: File) -> File:
        found.append(file)
        return file

    _change(value, note)
    return found


def relinked(table: bytes, moved: Mapping[Place, File]) -> bytes:
    """Give a table file that names its files where they are now."""
    value = msgspec.json.decode(table)
    return msgspec.json.encode(_change(value, lambda file: moved.get(place(file), file)))


def _change(value: Any, change: Callable[[File], File]) -> Any:
    """Give JSON with every file in it changed."""
    if isinstance(value, list):
        return [_change(item, change) for item in value]
    if not isinstance(value, dict) or _is_users_own(value):
        return value
    if _is_mixed_cell(value) and value["type"] == _NESTED:
        return {**value, "value": _change_nested(value["value"], change)}
    file = _as_file(value)
    if file is not None:
        return _replaced(value, file, change(file))
    types = _types(value)
    changed = {name: _change(item, change) for name, item in value.items() if name != "data"}
    if "data" in value:
        changed["data"] = _change_data(value["data"], types, change)
    return changed


def _change_data(data: Any, types: Mapping[str, str], change: Callable[[File], File]) -> Any:
    if not isinstance(data, dict):
        return _change(data, change)
    return {name: _change_column(cells, types.get(name), change) for name, cells in data.items()}


def _change_column(cells: Any, type: str | None, change: Callable[[File], File]) -> Any:
    if type in _USERS_OWN:
        return cells
    return (_change_nested if type == _NESTED else _change)(cells, change)


def _change_nested(value: Any, change: Callable[[File], File]) -> Any:
    """In lists and dictionaries with media, `json` is a dictionary that may have them, too."""
    if isinstance(value, list):
        return [_change_nested(item, change) for item in value]
    if not isinstance(value, dict) or value.get("type") != "json":
        return _change(value, change)
    inner = value.get("value")
    if not isinstance(inner, dict):
        return value
    return {**value, "value": {key: _change_nested(item, change) for key, item in inner.items()}}


def _replaced(value: dict[str, Any], file: File, changed: File) -> dict[str, Any]:
    """Give a file's JSON with its new place; what a later version says of it beside stays."""
    if changed is file:
        return value
    rest = {name: item for name, item in value.items() if name not in _FIELDS}
    return {**rest, **msgspec.to_builtins(changed)}


def _is_users_own(value: dict[str, Any]) -> bool:
    """Say whether this is a mixed cell that holds plain JSON."""
    return _is_mixed_cell(value) and value["type"] in _USERS_OWN


def _is_mixed_cell(value: dict[str, Any]) -> bool:
    return value.keys() == {"type", "value"} and isinstance(value["type"], str)


def _types(value: dict[str, Any]) -> dict[str, str]:
    """Give the types of the columns, if this is a table."""
    try:
        columns = msgspec.convert(value.get("columns", []), list[ColumnMeta])
    except msgspec.ValidationError:
        return {}
    return {column.name: column.type for column in columns}


def _as_file(value: dict[str, Any]) -> File | None:
    if not value.keys() >= _NEEDED:
        return None
    try:
        return msgspec.convert(value, File)
    except msgspec.ValidationError:
        return None
