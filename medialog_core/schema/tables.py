"""The file of a table."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from .metas import ColumnMeta
from .rows import Extra, File


class Cell(Struct, omit_defaults=True):
    """A media value in a table: what its row would hold; `meta` is an object here, no string."""

    kind: str
    meta: Any
    file: File | None = None
    extra: list[Extra] = []
    caption: str | None = None
    sample_id: str | None = None


class TypedCell(Struct):
    """A cell of an `any` column, which says itself what it is."""

    type: str
    value: Any


class TableFile(Struct):
    """`application/vnd.medialog.table+json`: the cells by column; an empty cell is null."""

    columns: list[ColumnMeta]
    nrows: int
    data: dict[str, list[Any]]
