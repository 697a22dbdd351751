"""Which rows count when a key was logged more than once at one step.

All rows of one `log` call share `ts`. The last call, by (`ts`, `id`), at one (key, step, rank)
hides the earlier ones as a whole; ranks never hide each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar

from ..schema import Row

R = TypeVar("R", bound=Any)


def visible(rows: Iterable[Row]) -> list[Row]:
    """Give the rows of the last call of each (key, step, rank), by key, step, rank and `idx`."""
    shown = [row for group in _by_place(rows) for row in _last_call(group)]
    return sorted(shown, key=lambda row: (row.key, *_place(row), row.idx))


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


def _last_call(group: list[Row]) -> list[Row]:
    """Give the last call's rows; within one `ts`, another call begins where `idx` does not grow."""
    latest = max(row.ts for row in group)
    rows = sorted((row for row in group if row.ts == latest), key=age)
    begins = [i for i in range(1, len(rows)) if rows[i].idx <= rows[i - 1].idx]
    return rows[begins[-1] :] if begins else rows
