"""A table for people: its plain columns as CSV, in which media cells are the names of their files."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import msgspec

from ..errors import StoreError
from ..schema import Cell, File, TableFile
from ..store import links
from ..store.source import Source
from . import names
from .lines import Lines
from .names import Names
from .part import Part, needs_json

_COLUMN_LENGTH, _ROLE_LENGTH = 40, 30


def table(file: File, tail: str, given: Names, source: Source) -> Iterator[Part]:
    """Give what becomes of a table file beside itself.

    Args:
        file: The table file; of one that is no plain table, the files that it names are given.
        tail: What the table's own name has behind the row's.
        given: Gives the names.
        source: The run's bytes.

    Raises:
        StoreError: It cannot be read.
    """
    value = _read(file, source)
    try:
        plain = msgspec.convert(value, TableFile)
    except msgspec.ValidationError:
        yield from _linked(value, tail, given, source)
        return
    made = _Cells(tail, given, source)
    text = io.StringIO()
    made.write(plain, text)
    yield from made.files
    name = given.give(tail, "csv")
    yield Part(_role(tail, "csv"), name, text.getvalue().encode("utf-8", "replace"), "text/csv")


class _Cells:
    """Writes the cells of one table and collects the files of those that are media."""

    def __init__(self, tail: str, given: Names, source: Source) -> None:
        self._tail, self._given, self._source = tail, given, source
        self.files: list[Part] = []

    def write(self, plain: TableFile, text: io.StringIO) -> None:
        lines = Lines(text)
        lines.add([column.name for column in plain.columns])
        columns = [self._column(column.name, column.type, plain) for column in plain.columns]
        for cells in zip(*columns, strict=True):
            lines.add(cells)

    def _column(self, name: str, type_: str, plain: TableFile) -> list[str]:
        stem = names.safe(name, _COLUMN_LENGTH)
        if self._tail:
            stem = f"{self._tail}_{stem}"
        cells = plain.data.get(name, [None] * plain.nrows)
        return [self._written(type_, cell, f"{stem}_{row:06d}") for row, cell in enumerate(cells)]

    def _written(self, type_: str, cell: Any, stem: str) -> str:
        if cell is None:
            return ""
        if type_ == "any":
            return self._mixed(cell, stem)
        if type_ == "nested":
            return _json(self._nested(cell, stem, count()))
        return _PLAIN[type_](cell) if type_ in _PLAIN else self._media(cell, stem)

    def _mixed(self, cell: Any, stem: str) -> str:
        if isinstance(cell, dict):
            return self._written(cell["type"], cell["value"], stem)
        return cell if isinstance(cell, str) else _json(cell)

    def _nested(self, value: Any, stem: str, places: Iterator[int]) -> Any:
        """Give lists and dictionaries with the names of files in the place of their media."""
        if isinstance(value, list):
            return [self._nested(item, stem, places) for item in value]
        if not isinstance(value, dict):
            return value
        if value["type"] != "json":
            return self._media(value["value"], f"{stem}_{next(places):03d}")
        return {key: self._nested(item, stem, places) for key, item in value["value"].items()}

    def _media(self, cell: Any, stem: str) -> str:
        if isinstance(cell, list):
            return _json([self._media(one, f"{stem}_{i:03d}") for i, one in enumerate(cell)])
        try:
            return self._one(msgspec.convert(cell, Cell), stem)
        except msgspec.ValidationError:  # of a later version
            return _json(cell)

    def _one(self, cell: Cell, stem: str) -> str:
        """Give a text as it is, else the name of the first file of it."""
        if cell.file is None and cell.kind == "text":
            return str(cell.meta["text"])
        before = len(self.files)
        files = [("", cell.file)] if cell.file is not None else []
        files += [(extra.role, extra.file) for extra in cell.extra]
        for role, file in files:
            self._add(role, file, stem)
        fields = cell.meta if isinstance(cell.meta, dict) else ()
        if not files or cell.caption is not None or needs_json(cell.kind, fields):
            said = {"kind": cell.kind, "caption": cell.caption, "sample_id": cell.sample_id}
            content = msgspec.json.encode({**said, "meta": cell.meta})
            name = self._given.give(stem, "json", cell=True)
            self.files.append(Part(_role("cell", stem, "json"), name, content, "application/json"))
        return self.files[before].name

    def _add(self, role: str, file: File, stem: str) -> None:
        tail = f"{stem}_{names.role(role, _ROLE_LENGTH)}" if role else stem
        name = self._given.give(tail, self._source.extension(file), cell=True)
        self.files.append(Part(_role("cell", stem, role), name, file, file.content_type))
        if file.content_type == links.TABLE:
            self.files += table(file, tail, self._given, self._source)


def _linked(value: Any, tail: str, given: Names, source: Source) -> Iterator[Part]:
    """Give the files that JSON of another shape names, and what becomes of tables among them."""
    found = {links.place(file): file for file in links.named_in_json(value)}
    for nth, file in enumerate(found.values()):
        stem = f"{tail}_{nth:06d}" if tail else f"part_{nth:06d}"
        name = given.give(stem, source.extension(file), cell=True)
        yield Part(_role("cell", stem), name, file, file.content_type)
        if file.content_type == links.TABLE:
            yield from table(file, stem, given, source)


def _read(table: File, source: Source) -> Any:
    try:
        return msgspec.json.decode(b"".join(source.checked(table)))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError(f"{table.uri}: the table cannot be read: {error}") from error


def _role(*words: str) -> str:
    return ":".join(word for word in words if word)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


_PLAIN: dict[str, Callable[[Any], str]] = {
    "number": lambda cell: cell if isinstance(cell, str) else _json(cell),
    "boolean": _json,
    "string": str,
    "date": str,
    "datetime": str,
    "json": _json,
    "null": _json,
}
"""How the cells of plain columns are written; all other columns hold media."""
