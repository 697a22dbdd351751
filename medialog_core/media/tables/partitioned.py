"""PartitionedTable: tables of equal columns as one, e.g. what each worker of an evaluation found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...arrays import describe
from ...errors import InvalidInput, WrongType
from ...payload import Payload
from ...schema import PartitionedTableMeta
from ..captioned import Captioned
from .rows import columns_of
from .stacked import check_equal, heads, stack
from .table import Table
from .tablefile import DecodeCell, EncodeCell, metas_of, packed, unpacked


class PartitionedTable(Captioned):
    """A table in parts; each part is a file, and no row is copied into another.

    Args:
        parts_path: The parts: a list of tables with the same columns. (W&B's is the name of a
            folder in an artifact: read its tables and give them.)
        caption: A line of text.
        sample_id: Which sample of the data set it is about.

    Raises:
        WrongType: It is no list of tables.
        InvalidInput: There is no part, or the columns of one are not those of the first.
    """

    __slots__ = ("_parts",)

    def __init__(
        self,
        parts_path: Sequence[Table],
        *,
        caption: str | None = None,
        sample_id: str | None = None,
    ) -> None:
        super().__init__(caption, sample_id)
        if not isinstance(parts_path, list | tuple):
            raise WrongType(
                f"PartitionedTable: parts_path: expected a list of Tables, got {describe(parts_path)}"
            )
        for place, part in enumerate(parts_path):
            if not isinstance(part, Table):
                raise WrongType(
                    f"PartitionedTable: part {place}: expected a Table, got {describe(part)}"
                )
        if not parts_path:
            raise InvalidInput("PartitionedTable: parts_path: expected one Table or more, got none")
        self._parts: tuple[Table, ...] = tuple(part.frozen() for part in parts_path)
        check_equal([columns_of(part) for part in self._parts], "PartitionedTable")

    @property
    def parts(self) -> tuple[Table, ...]:
        """The parts, as they were when this was made."""
        return self._parts

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return self._parts[0].columns

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        return sum(part.nbytes for part in self._parts)

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Give number and cells of each row, over all parts."""
        rows = (row for part in self._parts for _, row in part.iterrows())
        yield from enumerate(rows)

    def table(self) -> Table:
        """Give all rows as one table."""
        return Table.of(stack([columns_of(part) for part in self._parts]))

    def to_meta(self) -> PartitionedTableMeta:
        """Give what the disk holds beside its files."""
        columns = heads([columns_of(part) for part in self._parts])
        return PartitionedTableMeta(
            columns=metas_of(columns), parts=[len(part) for part in self._parts]
        )

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, PartitionedTable)
            and self._parts == other._parts
            and (self.caption, self.sample_id) == (other.caption, other.sample_id)
        )

    __hash__ = None  # type: ignore[assignment]  # its parts have none

    def __repr__(self) -> str:
        return (
            f"PartitionedTable({len(self)} rows, parts={len(self._parts)}, columns={self.columns})"
        )


def encode(tables: Sequence[PartitionedTable], encode_cell: EncodeCell) -> Iterator[Payload]:
    """Give a payload for each; every part is a file of role `part:<n>`."""

    def payload(table: PartitionedTable) -> Payload:
        blobs = [
            packed(columns_of(part), encode_cell, f"part:{place}")
            for place, part in enumerate(table.parts)
        ]
        return Payload(table.to_meta(), blobs, table.caption, table.sample_id)

    return map(payload, tables)


def decode(payload: Payload, decode_cell: DecodeCell) -> PartitionedTable:
    """Give the parts back."""
    parts = [Table.of(unpacked(blob, payload, decode_cell)) for blob in payload.blobs]
    return PartitionedTable(parts, caption=payload.caption, sample_id=payload.sample_id)
