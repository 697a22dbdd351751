"""A table that was logged in increments, as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import InvalidInput
from ..payload import Payload
from ..schema import Row, TableMeta
from . import repeats


def payload(key: str, rows: Sequence[Row], read: Callable[[Row], Payload]) -> Payload:
    """Give a table of all that counts of these rows: of each rank, by age.

    Args:
        key: What they were logged under, for errors.
        rows: All rows of the key.
        read: Gives what a row holds.

    Raises:
        InvalidInput: There is none, or something that is no single table.
    """
    ranks = sorted({row.rank for row in rows})
    shown = [row for rank in ranks for row in repeats.current(r for r in rows if r.rank == rank)]
    if not shown:
        raise InvalidInput(f"table: no table was logged under {key!r} there")
    odd = next((row for row in shown if row.kind != "table" or row.idx), None)
    if odd is not None:
        found = "a list of tables" if odd.kind == "table" else f"media of kind {odd.kind!r}"
        raise InvalidInput(
            f"table: expected a table under {key!r}, got {found}; rows({key!r}) and load(row) give each"
        )
    return _stacked([read(row) for row in shown])


def _stacked(parts: Sequence[Payload]) -> Payload:
    metas = [part.meta for part in parts if isinstance(part.meta, TableMeta)]
    meta = TableMeta(columns=metas[-1].columns, nrows=sum(meta.nrows for meta in metas))
    blobs = [blob for part in parts for blob in part.blobs]
    last = parts[-1]
    return Payload(meta, blobs, last.caption, last.sample_id, last.fetch)
