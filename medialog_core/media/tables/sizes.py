"""What cells cost in the queue, roughly: one look at all of a type, however deep they stand in lists."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

SLOT_BYTES = 8
_CONTAINER_BYTES = 56
_STRING_BYTES = sys.getsizeof("")


def held(cells: Sequence[Any]) -> int:
    """Give the bytes that cells hold: numbers, texts, dates, media, lists and dictionaries of them."""
    total = SLOT_BYTES * len(cells)
    types = set(map(type, cells))
    for type_ in types:
        same = cells if len(types) == 1 else [cell for cell in cells if type(cell) is type_]
        total += _RULES.get(type_, _each)(same)
    return total


def _texts(cells: Sequence[str]) -> int:
    return _STRING_BYTES * len(cells) + sum(map(len, cells))


def _lists(cells: Sequence[list[Any]]) -> int:
    return _CONTAINER_BYTES * len(cells) + held(list(chain.from_iterable(cells)))


def _dictionaries(cells: Sequence[dict[str, Any]]) -> int:
    return _lists([list(cell.values()) for cell in cells])


def _each(cells: Sequence[Any]) -> int:
    sizes = (getattr(cell, "nbytes", None) for cell in cells)
    return sum(
        sys.getsizeof(cell) if size is None else int(size)
        for cell, size in zip(cells, sizes, strict=True)
    )


_RULES: dict[type[Any], Callable[[Sequence[Any]], int]] = {
    type(None): lambda _: 0,
    bool: lambda _: 0,
    float: lambda cells: 24 * len(cells),
    int: lambda cells: 28 * len(cells),
    dt.date: lambda cells: 32 * len(cells),
    dt.datetime: lambda cells: 48 * len(cells),
    str: _texts,
    list: _lists,
    dict: _dictionaries,
}
