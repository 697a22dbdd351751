"""What DuckDB is asked: the areas' columns, and how they pass between JSON and Parquet."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from ..errors import MissingExtra
from . import layout

REPLACES = "medialog.replaces"
"""Key-value metadata of a compacted file: the stems whose rows it holds, as a JSON list."""
ROW_GROUP = 50_000

_FILE = 'STRUCT(uri VARCHAR, "offset" BIGINT, size BIGINT, content_type VARCHAR, checksum VARCHAR)'
_COMMON = {"id": "VARCHAR", "run": "VARCHAR", "key": "VARCHAR", "ts": "DOUBLE", "rank": "INTEGER"}
_PLACE = {"step": "BIGINT", "epoch": "DOUBLE"}
COLUMNS: dict[str, dict[str, str]] = {
    layout.ITEMS: {
        **_COMMON,
        **_PLACE,
        "kind": "VARCHAR",
        "idx": "INTEGER",
        "sample_id": "VARCHAR",
        "width": "INTEGER",
        "height": "INTEGER",
        "caption": "VARCHAR",
        "meta": "VARCHAR",
        "file": _FILE,
        "extra": f"STRUCT(role VARCHAR, file {_FILE})[]",
    },
    layout.SCALARS: {**_COMMON, **_PLACE, "value": "DOUBLE"},
    layout.STATE: {**_COMMON, "area": "VARCHAR", "value": "VARCHAR"},
}
"""Column to DuckDB type, for each area."""
_LEFT_OUT = {"rank": "0", "idx": "0", "extra": "[]"}
"""What a column is where a JSON line does not have it."""
_ORDER = {layout.ITEMS: "key, step, rank, ts, idx, id", layout.SCALARS: "key, step, rank, ts, id"}


def connect(feature: str) -> Any:
    """Open DuckDB, which fetches nothing over the network.

    Raises:
        MissingExtra: It is not installed; the message names `feature`.
    """
    try:
        import duckdb  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra(feature, "parquet") from error
    spill = tempfile.gettempdir()
    return duckdb.connect(config={"temp_directory": spill, "autoinstall_known_extensions": "false"})


def select_as_json(area: str, where: str) -> str:
    """Give the query for rows as JSON lines in one string; its first parameter are the files."""
    columns = ", ".join(f"{_as_json(name, kind)} AS {name}" for name, kind in COLUMNS[area].items())
    return (
        "SELECT string_agg(to_json(t)::VARCHAR, chr(10)) FROM (SELECT "  # noqa: S608 - names are ours
        f"{columns} FROM read_parquet(?, union_by_name=true) WHERE {where}) t"
    )


def copy_lines(connection: Any, source: Path, area: str, target: Path) -> int:
    """Write JSON lines as Parquet, columns of later versions too; give the number of rows."""
    options = (
        f"format='newline_delimited', maximum_object_size={max(source.stat().st_size, 1 << 24)}"
    )
    found = connection.execute(
        f"DESCRIBE SELECT * FROM read_json_auto({_glob(source)}, {options}, sample_size=-1)"  # noqa: S608
    ).fetchall()
    columns = {name: kind for name, kind, *_ in found} | COLUMNS[area]
    spelt = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in columns.items())
    filled = ", ".join(
        f"coalesce({name}, {value}) AS {name}"
        for name, value in _LEFT_OUT.items()
        if name in columns
    )
    query = (
        f"SELECT * REPLACE ({filled}) FROM read_json({_glob(source)}, {options}, "  # noqa: S608
        f"columns={{{spelt}}}) ORDER BY {_order(area)}"
    )
    return _copy(connection, query, target, "")


def merge(
    connection: Any, sources: Sequence[Path], area: str, target: Path, stems: list[str]
) -> int:
    """Write the rows of Parquet files into one, each once; give their number."""
    files = ", ".join(_glob(path) for path in sources)
    rows = f"SELECT DISTINCT ON (id) * FROM read_parquet([{files}], union_by_name=true)"  # noqa: S608
    query = f"SELECT * FROM ({rows}) ORDER BY {_order(area)}"  # noqa: S608
    replaces = literal(msgspec.json.encode(stems).decode())
    return _copy(connection, query, target, f", KV_METADATA {{{literal(REPLACES)}: {replaces}}}")


def count(connection: Any, files: Sequence[Path]) -> int:
    """Give the number of different rows in Parquet files."""
    query = "SELECT count(DISTINCT id) FROM read_parquet(?, union_by_name=true)"
    return int(connection.execute(query, [globs(files)]).fetchone()[0])


def replaced(connection: Any, path: Path) -> frozenset[str]:
    """Give the stems that a compacted file replaces."""
    query = "SELECT value FROM parquet_kv_metadata(?) WHERE key = ?::BLOB"
    found = connection.execute(query, [globs([path])[0], REPLACES]).fetchone()
    return frozenset() if found is None else msgspec.json.decode(found[0], type=frozenset[str])


def globs(files: Sequence[Path]) -> list[str]:
    """Give paths as DuckDB takes them: stars and brackets in them mean themselves."""
    return ["".join(f"[{c}]" if c in "*?[" else c for c in str(path)) for path in files]


def literal(text: str) -> str:
    """Give `text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def _glob(path: Path) -> str:
    return literal(globs([path])[0])


def _order(area: str) -> str:
    return _ORDER.get(area, "key, ts, id")


def _copy(connection: Any, query: str, target: Path, further: str) -> int:
    options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}{further}"
    copy = f"COPY ({query}) TO {literal(str(target))} ({options})"
    return int(connection.execute(copy).fetchone()[0])


def _as_json(name: str, kind: str) -> str:
    if kind != "DOUBLE":
        return name
    infinity = f"CASE WHEN {name} > 0 THEN '\"Infinity\"' ELSE '\"-Infinity\"' END"
    return (
        f"CASE WHEN isnan({name}) THEN '\"NaN\"'::JSON WHEN isinf({name}) THEN ({infinity})::JSON "
        f"ELSE to_json({name}) END"
    )
