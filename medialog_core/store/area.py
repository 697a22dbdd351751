"""The rows of one area, live and sealed, as if they were one table."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from ..errors import MissingExtra, StoreError
from . import catalog, parquet
from .catalog import Catalog
from .live import Tail

R = TypeVar("R", bound=Any)
Equal = Mapping[str, str | int | None]
"""Column to the value it must have."""

_LAST = " QUALIFY row_number() OVER (PARTITION BY key ORDER BY rank, ts DESC, id DESC) = 1"
_TRIES = 5
"""Sealing may replace files between our look at the folder and our reading of them."""


class Area(Generic[R]):
    """Reads `items/`, `scalars/` or `state/` of a run; every call sees what was committed before it.

    Args:
        directory: The run directory.
        name: The area.
        row: The type of its rows.
    """

    def __init__(self, directory: Path, name: str, row: type[R]) -> None:
        self._folder, self._name = directory / name, name
        self._row = row
        self._decoder = msgspec.json.Decoder(row)
        self._tails: dict[Path, Tail[R]] = {}
        self._sealed: list[Path] = []
        self._replaced: dict[Path, frozenset[str]] = {}
        self._connection: Any = None

    def damages(self) -> list[tuple[Path, int, int]]:
        """Give, of what was read last, the files with damaged lines or bytes behind the last one."""
        tails = self._tails.items()
        found = [(path, tail.damaged, tail.torn_bytes) for path, tail in tails]
        return [(path, damaged, torn) for path, damaged, torn in found if damaged or torn]

    def select(self, equal: Equal, *, last_suffices: bool = False) -> list[R]:
        """Give the rows whose columns are as `equal` says, each once, in no order.

        Args:
            equal: Column to value.
            last_suffices: Of each key, sealed rows but the last of the lowest rank may be left out.
        """
        rows: dict[str, R] = {}
        for row in self.copies(equal, last_suffices=last_suffices):
            rows.setdefault(row.id, row)
        return list(rows.values())

    def copies(self, equal: Equal, *, last_suffices: bool = False) -> list[R]:
        """Give what `select` gives, and a row that several files hold as often as they do."""
        where, values = _where(equal)
        where += _LAST if last_suffices else ""
        found = self._query(parquet.select_as_json(self._name, where), values)
        sealed = self._decoder.decode_lines(found[0][0]) if found and found[0][0] else []
        return [*sealed, *self._live(equal)]

    def distinct(self, column: str, equal: Equal, with_a: str | None = None) -> set[Any]:
        """Give the values of a column in the rows that `equal` selects.

        Args:
            column: Whose values.
            equal: As for `select`.
            with_a: Only rows in which this column is not null.
        """
        where, values = _where(equal)
        present = f" AND {with_a} IS NOT NULL" if with_a else ""
        query = f"SELECT DISTINCT {column} FROM read_parquet(?, union_by_name=true) WHERE {where}{present}"  # noqa: S608 - names are ours
        sealed = {value for (value,) in self._query(query, values)}
        live = (row for row in self._live(equal) if not with_a or getattr(row, with_a) is not None)
        return sealed | {getattr(row, column) for row in live}

    def _live(self, equal: Equal) -> list[R]:
        rest = [(name, value) for name, value in equal.items() if name != "key"]
        return [
            row
            for tail in self._tails.values()
            for row in _candidates(tail, equal)
            if all(getattr(row, name) == value for name, value in rest)
        ]

    def _query(self, query: str, values: list[Any]) -> list[tuple[Any, ...]]:
        """Look at the folder anew, then ask what is sealed; again when that vanished meanwhile."""
        for _ in range(_TRIES):
            with contextlib.suppress(FileNotFoundError, _Vanished):
                self._refresh()
                return self._ask(query, values) if self._sealed else []
        raise StoreError(f"{self._folder}: files keep vanishing while they are read")

    def _ask(self, query: str, values: list[Any]) -> list[tuple[Any, ...]]:
        connection = self._connect()
        try:
            found = connection.execute(query, [parquet.globs(self._sealed), *values]).fetchall()
        except Exception as error:
            if all(path.exists() for path in self._sealed):
                raise StoreError(f"{self._folder}: cannot be read: {error}") from error
            raise _Vanished from error
        return list(found)

    def _refresh(self) -> None:
        found = catalog.look(self._folder, self._replaces)
        live = list(found.live)
        if found.sealed and not self._can_query() and _twins(found) <= set(found.covered):
            self._sealed, live = [], live + list(found.covered)
        else:
            self._sealed = list(found.sealed)
        self._follow(live)

    def _follow(self, live: list[Path]) -> None:
        kept = {path: self._tails.get(path) or Tail(path, self._row) for path in live}
        for tail in kept.values():
            tail.refresh()
        self._tails = kept

    def _replaces(self, path: Path) -> frozenset[str]:
        if path not in self._replaced:
            self._replaced[path] = self._read_replaced(path)
        return self._replaced[path]

    def _read_replaced(self, path: Path) -> frozenset[str]:
        connection = self._connect()
        try:
            return parquet.replaced(connection, path)
        except Exception as error:
            if path.exists():
                raise StoreError(f"{path}: cannot be read: {error}") from error
            raise _Vanished from error

    def _connect(self) -> Any:
        if self._connection is None:
            self._connection = parquet.connect("reading a sealed run")
        return self._connection

    def _can_query(self) -> bool:
        try:
            self._connect()
        except MissingExtra:
            return False
        return True


class _Vanished(Exception):
    """A Parquet file was replaced by another while it was read."""


def _twins(found: Catalog) -> set[Path]:
    return {path.with_suffix(catalog.LINES) for path in found.sealed}


def _candidates(tail: Tail[R], equal: Equal) -> list[R]:
    if "key" in equal:
        return tail.by_key.get(str(equal["key"]), [])
    return [row for rows in tail.by_key.values() for row in rows]


def _where(equal: Equal) -> tuple[str, list[Any]]:
    """Give a condition and its values; null has its own form in SQL."""
    terms = [f"{name} IS NULL" if value is None else f"{name} = ?" for name, value in equal.items()]
    values = [value for value in equal.values() if value is not None]
    return " AND ".join(terms) or "true", values
