"""Writes one Parquet file of rows with their bytes, through DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..store.parquet import globs, literal
from .batch import COLUMNS, FILE, Batch, values
from .part import Part

_FINGERPRINT = "medialog.fingerprint"
"""Key-value metadata: a hash of all that the file holds."""
_LOADED_BYTES = 16 * 1024 * 1024
_GROUP_ROWS = 10_000
_EXTRAS = {"nth": "INTEGER", "place": "INTEGER", **FILE}
_ROWS = {"nth": "INTEGER", **COLUMNS, **FILE}
Content = tuple[Part, bytes | None]
"""A file with its bytes; None where they cannot be read."""


def write(connection: Any, batch: Batch, files: Iterator[list[Content]], path: Path) -> None:
    """Write a batch.

    Args:
        connection: DuckDB.
        batch: The rows.
        files: The files of each row, in the order of the rows.
        path: The file to be written.
    """
    for name, columns in (("batch", _ROWS), ("extras", _EXTRAS)):
        spelt = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({spelt})")
    _load(connection, batch, files)
    facts = {_FINGERPRINT: batch.fingerprint(), "huggingface": batch.features()}
    said = ", ".join(f"{literal(name)}: {literal(value)}" for name, value in facts.items())
    options = f"COMPRESSION zstd, ROW_GROUP_SIZE {_GROUP_ROWS}, KV_METADATA {{{said}}}"
    copy = f"COPY ({_query(batch)}) TO {literal(str(path))} (FORMAT parquet, {options})"
    connection.execute(copy)
    connection.execute("DROP TABLE batch; DROP TABLE extras")


def is_whole(connection: Any, batch: Batch, path: Path) -> bool:
    """Say whether a file holds this batch, with every byte as it should be."""
    import duckdb  # noqa: PLC0415 - an extra, and here it is installed

    found = [globs([path])[0]]
    fingerprint = "SELECT value FROM parquet_kv_metadata(?) WHERE key = ?::BLOB"
    files = f"checksum, {batch.column}.bytes AS bytes", "unnest(extra, max_depth := 2)"
    wrong = [
        f"SELECT count(*) FROM (SELECT {what} FROM read_parquet(?)) "  # noqa: S608 - names are ours
        "WHERE checksum != 'SHA-256:' || sha256(bytes)"
        for what in files
    ]
    try:
        said = connection.execute(fingerprint, [*found, _FINGERPRINT]).fetchone()
        if said is None or said[0] != batch.fingerprint().encode():
            return False
        return all(connection.execute(query, found).fetchone() == (0,) for query in wrong)
    except duckdb.Error:  # no Parquet, or cut short
        return False


def _query(batch: Batch) -> str:
    extra = ", ".join(f'"{name}" := "{name}"' for name in FILE)
    return f"""
        SELECT {", ".join(COLUMNS)}, content_type, checksum,
            CASE WHEN path IS NOT NULL THEN struct_pack(bytes := bytes, path := path) END AS {batch.column},
            coalesce(extra, []) AS extra
        FROM batch LEFT JOIN (
            SELECT nth, list(struct_pack({extra}) ORDER BY place) AS extra FROM extras GROUP BY nth
        ) USING (nth) ORDER BY nth"""  # noqa: S608 - names are ours


def _load(connection: Any, batch: Batch, files: Iterator[list[Content]]) -> None:
    """Bring the rows into DuckDB, a few at a time."""
    rows: list[Sequence[Any]] = []
    extras: list[Sequence[Any]] = []
    waiting = 0
    for nth, ((row, _), contents) in enumerate(zip(batch.rows, files, strict=True)):
        own = [content for content in contents if not content[0].role]
        rows.append((nth, *values(row), *(_file(own[0]) if own else [None] * len(FILE))))
        others = [content for content in contents if content[0].role]
        extras += [(nth, place, *_file(content)) for place, content in enumerate(others)]
        waiting += sum(part.size for part, _ in contents)
        if waiting >= _LOADED_BYTES:
            _insert(connection, rows, extras)
            waiting = 0
    _insert(connection, rows, extras)


def _insert(connection: Any, rows: list[Sequence[Any]], extras: list[Sequence[Any]]) -> None:
    for name, columns, lines in (("batch", _ROWS, rows), ("extras", _EXTRAS, extras)):
        if lines:
            taken = ", ".join(f"unnest(?::{kind}[])" for kind in columns.values())
            of_columns = [list(column) for column in zip(*lines, strict=True)]
            connection.execute(f"INSERT INTO {name} SELECT {taken}", of_columns)
            lines.clear()


def _file(content: Content) -> tuple[Any, ...]:
    part, data = content
    return part.role, data, part.name, part.content_type, part.checksum
