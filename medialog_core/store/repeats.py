"""Which rows count when a key was logged more than once at one step.

All rows of one `log` call share `ts`. The last call, by (`ts`, `id`), at one (key, step, rank)
hides the earlier ones as a whole; ranks never hide each other. A table's increments hide nothing:
they add to what was there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from ..schema import Row

R = TypeVar("R", bound=Any)


def visible(rows: Iterable[Row]) -> list[Row]:
    """Give the rows of the last call of each (key, step, rank), by key, step, rank and `idx`.

    Increments of a table that came after it are there, too, by age.
    """
    shown = [row for group in _by_place(rows) for row in current(group)]
    return sorted(shown, key=lambda row: (row.key, *_place(row), row.idx))


def current(rows: Iterable[Row]) -> list[Row]:
    """Give the rows of the last call that is no increment, and the increments after it, by age."""
    ordered = sorted(rows, key=age)
    last = max((i for i, row in enumerate(ordered) if not _is_increment(row)), default=-1)
    first = last
    while first > 0 and _same_call(ordered[first - 1], ordered[first]):
        first -= 1
    return ordered[max(first, 0) :]


def visible_scalars(rows: Iterable[R]) -> list[R]:
    """Give the last scalar of each (key, step, rank), by key, step and rank."""
    shown = [max(group, key=age) for group in _by_place(rows)]
    return sorted(shown, key=lambda row: (row.key, *_place(row)))


def in_order(rows: Iterable[R]) -> list[R]:
    """Give all rows by key, step, rank and age."""
    return sorted(rows, key=lambda row: (row.key, *_place(row), *age(row)))


def age(row: Any) -> tuple[float, str]:
    """Give what orders rows in time."""
    return row.ts, row.id


def _place(row: Any) -> tuple[bool, int, int]:
    return row.step is not None, row.step or 0, row.rank


def _by_place(rows: Iterable[R]) -> Iterable[list[R]]:
    groups: defaultdict[tuple[Any, ...], list[R]] = defaultdict(list)
    for row in rows:
        groups[row.key, row.step, row.rank].append(row)
    return groups.values()


def _same_call(row: Row, following: Row) -> bool:
    """Within one `ts`, another call begins where `idx` does not grow."""
    return row.ts == following.ts and row.idx < following.idx


class _Head(msgspec.Struct):
    increment: int | None = None


def _is_increment(row: Row) -> bool:
    if row.kind != "table":
        return False
    return msgspec.json.decode(row.meta, type=_Head).increment is not None
