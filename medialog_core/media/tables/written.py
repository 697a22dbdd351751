"""How the cells of each column type stand in a table's file, and how they are read back.

`written` and `read` are each other's way back. Media are taken out beforehand by `media`, and come
in again in that order as what stands for them.
"""

from __future__ import annotations

import builtins
import datetime as dt
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import numpy as np

from ...schema import TypedCell, to_number
from . import dates
from .cells import ANY, DATE, DATETIME, JSON, LISTS, NESTED, NUMBER, SINGLE, media_kind, typed

ValueOf = Callable[[Any], Any]


def media(type: str, cells: list[Any]) -> list[Any]:
    """Give the media values of cells in their order, those in lists and dictionaries too."""
    filled = [cell for cell in cells if cell is not None]
    if type in SINGLE:
        return filled
    if type in LISTS:
        return list(chain.from_iterable(filled))
    return list(chain.from_iterable(map(inside, filled))) if type in (NESTED, ANY) else []


def inside(value: Any) -> Iterator[Any]:
    """Give the media values in a cell of any type, from the first to the last."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from inside(item)
    elif media_kind(value) is not None:
        yield value


def written(type: str, cells: list[Any], values: Iterator[Any]) -> list[Any]:
    """Give the cells as JSON holds them; `values` stand for the media, in the order of `media`."""
    if type == NUMBER:
        return _numbers(cells)
    if type in SINGLE:
        return [None if cell is None else next(values) for cell in cells]
    if type in LISTS:
        return [None if cell is None else [next(values) for _ in cell] for cell in cells]
    if type == NESTED:
        return [_nested(cell, values) for cell in cells]
    if type == ANY:
        return [_tagged(cell, values) for cell in cells]
    return cells


def read(type: str, cells: list[Any], value_of: ValueOf) -> list[Any]:
    """Undo `written`; `value_of` gives the media value of what stands for it."""
    rule = _READ.get(type) or (_value if type in SINGLE else _values if type in LISTS else None)
    if rule is None or (type == NUMBER and str not in set(map(builtins.type, cells))):
        return cells
    return [None if cell is None else rule(cell, value_of) for cell in cells]


def _numbers(cells: list[Any]) -> list[Any]:
    odd = np.flatnonzero(~np.isfinite(np.array(cells, np.float64)))  # None is NaN there
    if not len(odd):
        return cells
    named = cells.copy()
    for index in odd.tolist():
        if cells[index] is not None:
            named[index] = to_number(cells[index])
    return named


def _nested(value: Any, values: Iterator[Any]) -> Any:
    """Each dictionary says that it is one: so it cannot be taken for a media value."""
    if isinstance(value, dict):
        return TypedCell(JSON, {key: _nested(item, values) for key, item in value.items()})
    if isinstance(value, list):
        return [_nested(item, values) for item in value]
    kind = media_kind(value)
    return value if kind is None else TypedCell(kind, next(values))


def _tagged(cell: Any, values: Iterator[Any]) -> Any:
    """A mixed cell: itself where JSON tells its type, else with its type beside it."""
    kind, _ = typed(cell)
    if kind in SINGLE:
        return TypedCell(kind, next(values))
    if kind in LISTS:
        return TypedCell(kind, [next(values) for _ in cell])
    if kind == NESTED:
        return TypedCell(kind, _nested(cell, values))
    if kind in (JSON, DATE, DATETIME):
        return TypedCell(kind, cell)
    if kind == NUMBER and isinstance(named := to_number(cell), str):
        return TypedCell(kind, named)
    return cell


def _number(cell: Any, _value_of: ValueOf) -> Any:
    return float(cell) if isinstance(cell, str) else cell  # a name of `to_number`


def _value(cell: Any, value_of: ValueOf) -> Any:
    return value_of(cell)


def _values(cell: list[Any], value_of: ValueOf) -> list[Any]:
    return [value_of(item) for item in cell]


def _date(cell: str, _value_of: ValueOf) -> dt.date:
    return dt.date.fromisoformat(cell)


def _datetime(cell: str, _value_of: ValueOf) -> Any:
    return dates.from_text(cell)


def _inner(cell: Any, value_of: ValueOf) -> Any:
    if isinstance(cell, list):
        return [_inner(item, value_of) for item in cell]
    if not isinstance(cell, dict):
        return cell
    if cell["type"] != JSON:
        return value_of(cell["value"])
    return {key: _inner(item, value_of) for key, item in cell["value"].items()}


def _untagged(cell: Any, value_of: ValueOf) -> Any:
    return read(cell["type"], [cell["value"]], value_of)[0] if isinstance(cell, dict) else cell


_READ: dict[str, Callable[[Any, ValueOf], Any]] = {
    NUMBER: _number,
    DATE: _date,
    DATETIME: _datetime,
    NESTED: _inner,
    ANY: _untagged,
}
