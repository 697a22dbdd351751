"""JoinedTable: two tables that belong together by a key, e.g. samples and what was predicted of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from ...arrays import describe
from ...errors import InvalidInput, WrongType
from ...payload import LinkedBlob, Payload
from ...schema import JoinedTableMeta, TableShape
from ..captioned import Captioned
from .cells import BOOLEAN, DATE, DATETIME, NULL, NUMBER, STRING
from .columns import Column
from .partitioned import PartitionedTable
from .rows import columns_of
from .table import Table
from .tablefile import DecodeCell, EncodeCell, metas_of, packed, unpacked

_KEYS = (NUMBER, STRING, BOOLEAN, DATE, DATETIME, NULL)


class JoinedTable(Captioned):
    """Two tables and the columns whose equal cells tell which of their rows belong together.

    Args:
        table1: A table, or one in parts.
        table2: Another, or the same.
        join_key: The name of a column of both, or a list of one name for each. Its cells are
            numbers, strings, booleans or dates.
        caption: A line of text.
        sample_id: Which sample of the data set it is about.

    Raises:
        WrongType: No tables, or no names.
        InvalidInput: A table lacks its column, or the two are of types that are never equal.
    """

    __slots__ = ("_keys", "_table1", "_table2")

    def __init__(
        self,
        table1: Table | PartitionedTable,
        table2: Table | PartitionedTable,
        join_key: str | Sequence[str],
        *,
        caption: str | None = None,
        sample_id: str | None = None,
    ) -> None:
        super().__init__(caption, sample_id)
        self._table1 = _fixed(table1, "table1")
        self._table2 = self._table1 if table2 is table1 else _fixed(table2, "table2")
        self._keys = _names(join_key)
        self._check_keys()

    def _check_keys(self) -> None:
        key1, key2 = self._key_columns()
        for table, key in (("table1", key1), ("table2", key2)):
            if key.type not in _KEYS:
                raise InvalidInput(
                    f"JoinedTable: join_key: expected numbers, strings, booleans or dates in column {key.name!r} "
                    f"of {table}, got {key.type}"
                )
        if key1.type != key2.type and NULL not in (key1.type, key2.type):
            raise InvalidInput(
                f"JoinedTable: join_key: expected cells of one type, got {key1.type} in column {key1.name!r} of "
                f"table1 and {key2.type} in column {key2.name!r} of table2"
            )

    def _key_columns(self) -> tuple[Column, Column]:
        name1, name2 = self._keys
        return (
            self._table1.column(name1, "join_key of table1"),
            self._table2.column(name2, "join_key of table2"),
        )

    @property
    def tables(self) -> tuple[Table, Table]:
        """Both tables, as they were when this was made."""
        return self._table1, self._table2

    @property
    def join_key(self) -> tuple[str, str]:
        """The column of each table."""
        return self._keys

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        return sum(table.nbytes for table in {id(t): t for t in self.tables}.values())

    def join(self) -> Table:
        """Give a row for each pair of rows whose keys are equal, in the order of the first table.

        Its columns are those of both tables, the key of the second left out; a name that both have
        is followed by `_1` and `_2`. An empty key is equal to none.
        """
        pairs = self._pairs()
        columns1, columns2 = columns_of(self._table1), columns_of(self._table2)
        others = [column for column in columns2 if column.name != self._keys[1]]
        names1, names2 = _told_apart(columns1, others)
        joined = [
            c.take([i for i, _ in pairs], name) for c, name in zip(columns1, names1, strict=True)
        ]
        joined += [
            c.take([j for _, j in pairs], name) for c, name in zip(others, names2, strict=True)
        ]
        return Table.of(joined, self.caption, self.sample_id)

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Give number and cells of each joined row."""
        return self.join().iterrows()

    def _pairs(self) -> list[tuple[int, int]]:
        key1, key2 = self._key_columns()
        places: defaultdict[Any, list[int]] = defaultdict(list)
        for place, cell in enumerate(key2.cells):
            places[cell].append(place)
        return [
            (i, j)
            for i, cell in enumerate(key1.cells)
            if cell is not None and cell == cell  # noqa: PLR0124 - NaN
            for j in places.get(cell, ())
        ]

    def to_meta(self) -> JoinedTableMeta:
        """Give what the disk holds beside its files."""
        alone = self._table1 is self._table2
        second = None if alone else _shape(self._table2)
        return JoinedTableMeta(join_key=self._keys, table1=_shape(self._table1), table2=second)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, JoinedTable)
            and (self.tables, self._keys) == (other.tables, other.join_key)
            and (self.caption, self.sample_id) == (other.caption, other.sample_id)
        )

    __hash__ = None  # type: ignore[assignment]  # its tables have none

    def __repr__(self) -> str:
        return f"JoinedTable({self._table1!r}, {self._table2!r}, {list(self._keys)})"


def encode(tables: Sequence[JoinedTable], encode_cell: EncodeCell) -> Iterator[Payload]:
    """Give a payload for each; a table that is joined with itself is one file."""

    def payload(joined: JoinedTable) -> Payload:
        table1, table2 = joined.tables
        blobs: list[LinkedBlob] = [packed(columns_of(table1), encode_cell, "table1")]
        if table2 is not table1:
            blobs.append(packed(columns_of(table2), encode_cell, "table2"))
        return Payload(joined.to_meta(), blobs, joined.caption, joined.sample_id)

    return map(payload, tables)


def decode(payload: Payload, decode_cell: DecodeCell) -> JoinedTable:
    """Give both tables and their key back."""
    meta = payload.meta_as(JoinedTableMeta)
    tables = [Table.of(unpacked(blob, payload, decode_cell)) for blob in payload.blobs]
    return JoinedTable(
        tables[0], tables[-1], meta.join_key, caption=payload.caption, sample_id=payload.sample_id
    )


def _fixed(table: Any, name: str) -> Table:
    if isinstance(table, PartitionedTable):
        return table.table()
    if not isinstance(table, Table):
        raise WrongType(f"JoinedTable: {name}: expected a Table, got {describe(table)}")
    return table.frozen()


def _names(join_key: Any) -> tuple[str, str]:
    if isinstance(join_key, str):
        join_key = [join_key, join_key]
    pair = list(join_key) if isinstance(join_key, list | tuple) else []
    if len(pair) != 2 or not all(isinstance(name, str) for name in pair):  # noqa: PLR2004
        raise WrongType(
            "JoinedTable: join_key: expected the name of a column, or a list of two, one for each table, "
            f"got {describe(join_key)}"
        )
    return str.__str__(pair[0]), str.__str__(pair[1])


def _shape(table: Table) -> TableShape:
    return TableShape(metas_of(columns_of(table)), len(table))


def _told_apart(
    columns1: Sequence[Column], columns2: Sequence[Column]
) -> tuple[list[str], list[str]]:
    """Give the names of the joined columns, in which none comes twice."""
    names1, names2 = [c.name for c in columns1], [c.name for c in columns2]
    both, taken = set(names1) & set(names2), {*names1, *names2}

    def told(name: str, side: str) -> str:
        if name not in both:
            return name
        free = f"{name}_{side}"
        while free in taken:
            free += "_"
        taken.add(free)
        return free

    return [told(name, "1") for name in names1], [told(name, "2") for name in names2]
