"""Writes one Parquet file of rows with their bytes, through DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..store.parquet import literal
from .batch import COLUMNS, FILE, Batch, values
from .part import Part

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
    facts = f"KV_METADATA {{huggingface: {literal(batch.features())}}}"
    options = f"COMPRESSION zstd, ROW_GROUP_SIZE {_GROUP_ROWS}, {facts}"
    copy = f"COPY ({_query(batch)}) TO {literal(str(path))} (FORMAT parquet, {options})"
    connection.execute(copy)
    connection.execute("DROP TABLE batch; DROP TABLE extras")


def _query(batch: Batch) -> str:
    extra = ", ".join(f'"{name}" := "{name}"' for name in FILE)
    spelt = ", ".join(f'"{name}" {kind}' for name, kind in FILE.items())
    columns = f"""{", ".join(COLUMNS)}, content_type, checksum,
        CASE WHEN path IS NOT NULL THEN struct_pack(bytes := bytes, path := path) END AS {batch.column}"""
    if not any(
        part.role for _, made in batch.rows for part in made
    ):  # without further files, rows stream as they are
        return f"SELECT {columns}, []::STRUCT({spelt})[] AS extra FROM batch"  # noqa: S608 - names are ours
    return f"""
        SELECT {columns}, coalesce(extra, []) AS extra
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
