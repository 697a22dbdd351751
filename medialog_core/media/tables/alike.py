"""Many cells at once: where all are of one type, a few looks at the whole are enough."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from . import dates
from .cells import BOOLEAN, DATE, DATETIME, MEDIA, NULL, NUMBER, STRING, fits


class Alike(NamedTuple):
    """Cells of one type.

    Attributes:
        kind: Their type; `null` when all are empty.
        values: The cells, as the table keeps them.
        gaps: Whether some are None.
    """

    kind: str
    values: list[Any]
    gaps: bool


def alike(cells: Any) -> Alike | None:
    """Give the cells of an array or a list if all are of one type, or empty; None if they are not.

    None too where one of them cannot be kept: who looks at them one by one finds which.
    """
    if not isinstance(cells, np.ndarray):
        return _of_list(cells)
    rule = _ARRAYS.get(cells.dtype.kind) if cells.ndim == 1 else None
    return rule(cells) if rule is not None else None


def _of_list(cells: list[Any]) -> Alike | None:
    types = set(map(type, cells))
    gaps = type(None) in types
    types -= {type(None)}
    kinds = {_KINDS.get(type_) for type_ in types}
    if len(kinds) > 1 or None in kinds:
        return None
    filled = [cell for cell in cells if cell is not None] if gaps else cells
    if not all(_CHECKS[type_](filled, types) for type_ in types if type_ in _CHECKS):
        return None
    return Alike(str(kinds.pop()) if kinds else NULL, cells, gaps)


def _of_numbers(array: np.ndarray[Any, Any]) -> Alike:
    exact = array.astype(np.float64) if array.dtype.itemsize > 8 else array  # noqa: PLR2004 - a long double
    return Alike(BOOLEAN if array.dtype.kind == "b" else NUMBER, exact.tolist(), gaps=False)


def _of_dates(array: np.ndarray[Any, Any]) -> Alike:
    values = dates.from_numpy(array)
    first = next((value for value in values if value is not None), None)
    kind = NULL if first is None else DATE if type(first) is dt.date else DATETIME
    return Alike(kind, values, gaps=None in values)


def _of_objects(array: np.ndarray[Any, Any]) -> Alike | None:
    return _of_list(array.tolist())


_ARRAYS: dict[str, Callable[[Any], Alike | None]] = {
    **dict.fromkeys("biuf", _of_numbers),
    **dict.fromkeys("OU", _of_objects),
    "M": _of_dates,
}
_KINDS: dict[type[Any], str] = {
    float: NUMBER,
    int: NUMBER,
    bool: BOOLEAN,
    str: STRING,
    dt.date: DATE,
    dt.datetime: DATETIME,
    **MEDIA,
}


def _all_fit(cells: list[Any], types: set[type[Any]]) -> bool:
    whole = cells if types == {int} else [cell for cell in cells if type(cell) is int]
    return fits(min(whole)) and fits(max(whole))


def _are_text(cells: list[str], _types: set[type[Any]]) -> bool:
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return False
    return True


def _are_naive(cells: list[Any], _types: set[type[Any]]) -> bool:
    return dates.are_naive(cells)


_CHECKS: dict[type[Any], Callable[[list[Any], set[type[Any]]], bool]] = {
    int: _all_fit,
    str: _are_text,
    dt.datetime: _are_naive,
}
