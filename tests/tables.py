"""Tables for tests, and what is written of them."""

from __future__ import annotations

from typing import Any

from medialog_core import Table, codecs
from medialog_core.schema import TableMeta


def of_cells(*cells: Any, **arguments: Any) -> Table:
    """A table of one column, `a`."""
    return Table(["a"], [[cell] for cell in cells], **arguments)


def types(table: Table) -> list[str]:
    """What the disk calls the types of its columns."""
    [payload] = codecs.encode([table])
    assert isinstance(payload.meta, TableMeta)
    return [column.type for column in payload.meta.columns]
