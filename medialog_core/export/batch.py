"""The rows of one Parquet file: which columns they have, and what Hugging Face's datasets calls them."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from ..schema import Row, from_number
from .part import Part

COLUMNS = {
    "id": "VARCHAR",
    "key": "VARCHAR",
    "step": "BIGINT",
    "epoch": "DOUBLE",
    "ts": "DOUBLE",
    "rank": "INTEGER",
    "idx": "INTEGER",
    "kind": "VARCHAR",
    "sample_id": "VARCHAR",
    "caption": "VARCHAR",
    "width": "INTEGER",
    "height": "INTEGER",
    "meta": "VARCHAR",
}
"""Columns that are those of a row, with DuckDB's types."""
FILE = {
    "role": "VARCHAR",
    "bytes": "BLOB",
    "path": "VARCHAR",
    "content_type": "VARCHAR",
    "checksum": "VARCHAR",
}
"""What is said of a file."""
_DECODED = {"image": "Image", "audio": "Audio"}
"""Kinds whose files datasets decodes."""
_TYPES = {
    "VARCHAR": "string",
    "BIGINT": "int64",
    "INTEGER": "int32",
    "DOUBLE": "float64",
    "BLOB": "binary",
}


class Batch:
    """The rows of one kind that go into one file.

    Attributes:
        rows: Each with its files, whose names are paths.
        nbytes: How large they are, about.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.rows: list[tuple[Row, list[Part]]] = []
        self.nbytes = 0

    @property
    def column(self) -> str:
        """The name of the column of the rows' own files."""
        return self.kind if self.kind in _DECODED else "file"

    def add(self, row: Row, made: list[Part]) -> None:
        """Add a row with its files."""
        self.rows.append((row, made))
        self.nbytes += len(row.meta) + sum(part.size for part in made)

    def fingerprint(self) -> str:
        """Give a hash of all that is in it."""
        said = [
            (values(row), [(part.role, part.name, part.checksum) for part in made])
            for row, made in self.rows
        ]
        return hashlib.sha256(msgspec.json.encode(said)).hexdigest()

    def features(self) -> str:
        """Give what datasets reads from the key `huggingface` of a Parquet file's metadata."""
        file = _values(("content_type", "checksum"))
        decoded = {"_type": _DECODED.get(self.kind)}
        own = decoded if self.kind in _DECODED else _values(("bytes", "path"))
        features = {**_values(COLUMNS), **file, self.column: own, "extra": [_values(FILE)]}
        return msgspec.json.encode({"info": {"features": features}}).decode()


def values(row: Row) -> tuple[Any, ...]:
    """Give the columns of a row."""
    found = {name: getattr(row, name) for name in COLUMNS}
    if row.epoch is not None:
        found["epoch"] = from_number(row.epoch)
    return tuple(found.values())


def _values(names: Any) -> dict[str, Any]:
    kinds = COLUMNS | FILE
    return {name: {"dtype": _TYPES[kinds[name]], "_type": "Value"} for name in names}
