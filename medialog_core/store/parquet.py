"""What DuckDB is asked: the areas' columns, and how they pass between JSON and Parquet."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ..errors import MissingExtra
from ..schema import ScalarRow
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
    connection = duckdb.connect(
        config={"temp_directory": spill, "autoinstall_known_extensions": "false"}
    )
    connection.execute("SET enable_progress_bar = false")  # it would go to stdout
    return connection


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
    columns = COLUMNS[area]
    if area != layout.SCALARS or not _only_known(source):
        columns = _found(connection, source, options) | columns
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


class _Known(ScalarRow, forbid_unknown_fields=True):
    """A row without columns of a later version."""


def _only_known(scalars: Path) -> bool:
    """Say whether there are this version's columns only, at half of what DuckDB takes to tell."""
    try:
        msgspec.json.Decoder(_Known).decode_lines(scalars.read_bytes())
    except msgspec.DecodeError:
        return False
    return True


def _found(connection: Any, source: Path, options: str) -> dict[str, str]:
    query = f"DESCRIBE SELECT * FROM read_json_auto({_glob(source)}, {options}, sample_size=-1)"  # noqa: S608
    return {name: kind for name, kind, *_ in connection.execute(query).fetchall()}


def merge(
    connection: Any, sources: Sequence[Path], area: str, target: Path, stems: list[str]
) -> int:
    """Write the rows of Parquet files into one, each once; give their number."""
    files = ", ".join(_glob(path) for path in sources)
    rows = f"SELECT DISTINCT ON (id) * FROM read_parquet([{files}], union_by_name=true)"  # noqa: S608
    query = f"SELECT * FROM ({rows}) ORDER BY {_order(area)}"  # noqa: S608
    return _copy(connection, query, target, _replaces(stems))


@dataclass(frozen=True)
class Changes:
    """What `rewrite` changes.

    Attributes:
        moved: JSON lines: `uri`, `place` (the offset, or -1) and `now`, the file that it is now.
        dropped: JSON lines: the `id` of a row that is left out.
        stems: What the new file replaces.
    """

    moved: Path
    dropped: Path
    stems: list[str]


def rewrite(
    connection: Any, sources: Sequence[Path], area: str, target: Path, changes: Changes
) -> int:
    """Write the rows of Parquet files into one, with their files moved; give their number."""
    files = ", ".join(_glob(path) for path in sources)
    columns = {"uri": "VARCHAR", "place": "BIGINT", "now": _FILE}
    _load(connection, "moved", changes.moved, columns)
    _load(connection, "dropped", changes.dropped, {"id": "VARCHAR"})
    query = f"""
        WITH kept AS (
            SELECT DISTINCT ON (id) * FROM read_parquet([{files}], union_by_name=true)
            WHERE id NOT IN (SELECT id FROM dropped)
        ), named AS (
            SELECT id, generate_subscripts(extra, 1) AS nth, unnest(extra) AS one FROM kept
        ), extras AS (
            SELECT id, list(struct_pack("role" := one.role, file := {_now("one.file")}) ORDER BY nth) AS extra
            FROM named LEFT JOIN moved ON {_same("one.file")} GROUP BY id
        )
        SELECT kept.* REPLACE ({_now("kept.file")} AS file, coalesce(extras.extra, kept.extra) AS extra)
        FROM kept LEFT JOIN moved ON {_same("kept.file")} LEFT JOIN extras ON extras.id = kept.id
        ORDER BY {_order(area, "kept.")}"""  # noqa: S608 - names are ours
    return _copy(connection, query, target, _replaces(changes.stems))


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


def _order(area: str, table: str = "") -> str:
    names = _ORDER.get(area, "key, ts, id").split(", ")
    return ", ".join(f"{table}{name}" for name in names)


def _replaces(stems: list[str]) -> str:
    return f", KV_METADATA {{{literal(REPLACES)}: {literal(msgspec.json.encode(stems).decode())}}}"


def _load(connection: Any, name: str, lines: Path, columns: dict[str, str]) -> None:
    """Make a table of JSON lines."""
    spelt = ", ".join(f"{literal(column)}: {literal(kind)}" for column, kind in columns.items())
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM read_json({_glob(lines)}, "  # noqa: S608
        f"format='newline_delimited', columns={{{spelt}}})"
    )


def _now(file: str) -> str:
    return f"coalesce(moved.now, {file})"


def _same(file: str) -> str:
    return f'moved.uri = {file}.uri AND moved.place = coalesce({file}."offset", -1)'


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
