"""Columns of whatever serves as a table: numbers, or texts that name places on an axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..arrays import Array, describe, is_array, snapshot, to_numpy, to_scalar
from ..checks import check_text
from ..errors import InvalidInput, WrongType
from ..media.tables.frames import cells_of, is_frame, names_of
from ..media.tables.table import Table


def cells(table: Any, name: Any, field: str) -> Any:
    """Give the cells of a column.

    Args:
        table: A `Table`, a data frame or a dictionary of columns.
        name: The column's name.
        field: What asks for it, e.g. `plot.line: x`.

    Raises:
        WrongType: `table` is none of these.
        InvalidInput: There is no such column.
    """
    names, get = _access(table, field.split(":", maxsplit=1)[0])
    known = {str(one): one for one in names}
    if str(name) not in known:
        raise InvalidInput(f"{field}: no column {name!r}, there are {list(known)}")
    return get(known[str(name)])


def _access(table: Any, function: str) -> tuple[Iterable[Any], Callable[[Any], Any]]:
    """Give the names of the columns, and what gives the cells of one."""
    if isinstance(table, Table):
        return table.columns, lambda name: table.get_column(name, convert_to="numpy")
    if is_frame(table) or isinstance(table, Mapping):
        names = table if isinstance(table, Mapping) else names_of(table)
        return names, lambda name: plain(table[name])
    raise WrongType(
        f"{function}: table: expected a Table, a data frame or a dictionary of columns, "
        f"got {describe(table)}"
    )


def plain(given: Any) -> Any:
    """Give a data frame as an array, a column of one as an array or a list, and all else as it is."""
    if is_frame(given):
        return np.array([cells_of(given[name]) for name in names_of(given)]).T
    return cells_of(given) if hasattr(given, "to_list") or hasattr(given, "to_pylist") else given


def numbers(given: Any, field: str) -> Array:
    """Give cells as a snapshot of real numbers; None becomes NaN, a bool 0 or 1.

    Raises:
        WrongType: No sequence, or something that is no number; its row is named.
        InvalidInput: Not one-dimensional.
    """
    array = _array(given, field)
    if array is None:
        array = _one_by_one(given, field)
    if array.ndim != 1:
        raise InvalidInput(f"{field}: expected one dimension, got the shape {array.shape}")
    if array.dtype.kind == "c":
        raise WrongType(f"{field}: expected real numbers, got {describe(array)}; pass abs(x)")
    return snapshot(array, np.uint8 if array.dtype.kind == "b" else None)


def is_text(given: Any) -> bool:
    """Say whether among cells is a text or a date, so that all of them are categories."""
    if isinstance(given, np.ndarray) and given.dtype.kind in "USM":
        return True
    listed = isinstance(given, list | tuple) or (
        isinstance(given, np.ndarray) and given.dtype.kind == "O"
    )
    return listed and any(
        issubclass(type_, str) or hasattr(type_, "isoformat") for type_ in set(map(type, given))
    )


def texts(given: Any, field: str) -> list[str]:
    """Give cells as texts; numbers and None are written out.

    Raises:
        WrongType: No sequence, or something that is no text, number, date or None.
    """
    listed = given if isinstance(given, list | tuple) else _listed(given, field)
    for type_ in set(map(type, listed)):
        if not (issubclass(type_, _WRITABLE) or hasattr(type_, "isoformat")):
            wrong = next(cell for cell in listed if type(cell) is type_)
            if to_scalar(wrong) is None:
                raise WrongType(f"{field}: expected texts or numbers, got {describe(wrong)}")
    return [check_text(cell if type(cell) is str else _text(cell), field) for cell in listed]


class Places:
    """Places along an axis: texts are counted from 0 in the order in which they first come."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    @property
    def categories(self) -> tuple[str, ...]:
        """The texts, by place."""
        return tuple(self._places)

    def of(self, given: Any, field: str) -> Array:
        """Give the place of each cell: of texts as counted, of numbers themselves."""
        if not is_text(given):
            return numbers(given, field)
        return self.of_texts(texts(given, field))

    def of_texts(self, given: Sequence[str]) -> Array:
        """Give the place of each text."""
        places = self._places
        return np.array([places.setdefault(text, len(places)) for text in given], np.int64)


def same_length(field: str, **given: Sequence[Any] | Array | None) -> None:
    """Check that columns belong together.

    Raises:
        InvalidInput: They differ in length.
    """
    lengths = {name: len(cells) for name, cells in given.items() if cells is not None}
    if len(set(lengths.values())) > 1:
        raise InvalidInput(
            f"{field}: expected as many of each, got "
            + ", ".join(f"{n} of {name}" for name, n in lengths.items())
        )


_WRITABLE = (str, bool, int, float, np.generic, type(None))


def _array(given: Any, field: str) -> Array | None:
    """Give cells as an array of numbers if they are one; None where each needs a look."""
    if isinstance(given, np.ndarray) and given.dtype.kind not in "biufc":
        return None
    try:
        return to_numpy(given, field)
    except WrongType:
        return None


def _one_by_one(given: Any, field: str) -> Array:
    found = []
    for row, cell in enumerate(_listed(given, field)):
        number = math.nan if cell is None else to_scalar(cell)
        if number is None:
            raise WrongType(f"{field}: row {row}: expected a number, got {describe(cell)}")
        found.append(number)
    return np.array(found, np.float64)


def _listed(given: Any, field: str) -> list[Any]:
    if is_array(given):
        array = np.asarray(given)
        return list((array.astype(str) if array.dtype.kind == "M" else array).tolist())
    if isinstance(given, str | Mapping) or not hasattr(given, "__iter__"):
        raise WrongType(f"{field}: expected an array or a list, got {describe(given)}")
    return list(given)


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return str.__str__(cell)  # of an enum's member, too, its own text
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat())
    return str(None if cell is None else to_scalar(cell))
