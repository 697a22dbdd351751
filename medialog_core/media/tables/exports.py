"""Tables as the columns of other libraries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ...errors import MissingExtra, WrongType
from . import dates
from .cells import ANY, BOOLEAN, DATE, DATETIME, LISTS, NESTED, NULL, NUMBER, SINGLE, STRING
from .columns import Column
from .written import inside

Array = NDArray[Any]
_WITH_MEDIA = frozenset({*SINGLE, *LISTS, NESTED})


def to_numpy(column: Column) -> Array:
    """Give numbers (None is NaN), dates (None is NaT), booleans and strings as such, all else as objects."""
    cells = column.cells
    if column.type == NUMBER:
        return _numbers(cells)
    if column.type == BOOLEAN and None not in cells:
        return np.array(cells)
    if column.type == STRING and None not in cells and not _ends_in_nul(cells):
        return np.array(cells)
    if column.type == DATE:
        return np.array(cells, "M8[D]")
    if column.type == DATETIME and dates.are_naive(cells):
        return np.array(cells, "M8[ns]" if np.datetime64 in set(map(type, cells)) else "M8[us]")
    objects = np.empty(len(cells), object)
    objects[:] = list(column.copies())
    return objects


def _numbers(cells: list[Any]) -> Array:
    if set(map(type, cells)) == {int} and max(cells) >= 2**63 and min(cells) >= 0:
        return np.array(cells, np.uint64)  # by itself NumPy takes float64, which cuts digits off
    return np.array([float("nan") if cell is None else cell for cell in cells])


def _ends_in_nul(cells: list[str]) -> bool:
    """Say whether NumPy would cut the end of a text off."""
    return any(cell.endswith("\0") for cell in cells)


def to_dataframe(columns: Sequence[Column]) -> Any:
    """Give a pandas data frame; whole numbers and booleans with gaps are of its nullable types.

    Raises:
        MissingExtra: pandas is not installed.
    """
    try:
        import pandas as pd  # noqa: PLC0415 - an extra, wanted here only
    except ImportError:
        raise MissingExtra("Table.get_dataframe", "pandas") from None
    series = {column.name: _series(column, pd) for column in columns}
    return pd.DataFrame(series, columns=list(series))


def _series(column: Column, pd: Any) -> Any:
    if column.type == DATETIME and dates.are_naive(column.cells):
        return to_numpy(column)
    kinds = set(map(type, column.cells))
    filled = kinds - {type(None)}
    if len(filled) == len(kinds) or filled not in ({int}, {bool}):
        return list(column.copies())
    whole = [cell for cell in column.cells if cell is not None]
    if max(whole) < 2**63:
        return pd.array(column.cells)
    return pd.array(column.cells, dtype="UInt64") if min(whole) >= 0 else column.cells


def to_arrow(columns: Sequence[Column]) -> Any:
    """Give a pyarrow table; what has no Arrow type of its own is JSON text.

    Raises:
        WrongType: A column has media.
        MissingExtra: pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, wanted here only
    except ImportError:
        raise MissingExtra("Table.to_arrow", "arrow") from None

    return pa.table({column.name: _arrow(column, pa) for column in columns})


def _arrow(column: Column, pa: Any) -> Any:
    _refuse_media(column)
    if column.type == DATETIME and dates.are_naive(column.cells):
        return pa.array(to_numpy(column))
    try:
        return pa.array(column.cells, pa.null() if column.type == NULL else None)
    except (pa.ArrowException, OverflowError):
        return pa.array(*_fallback(column, pa))


def _fallback(column: Column, pa: Any) -> tuple[list[Any], Any]:
    if column.type == NUMBER:
        filled = [cell for cell in column.cells if cell is not None]
        unsigned = set(map(type, filled)) == {int} and min(filled) >= 0
        floats = [None if cell is None else float(cell) for cell in column.cells]
        return (column.cells, pa.uint64()) if unsigned else (floats, pa.float64())
    encode = msgspec.json.Encoder(enc_hook=str).encode
    texts = [None if cell is None else encode(cell).decode() for cell in column.cells]
    return texts, pa.string()


def _refuse_media(column: Column) -> None:
    mixed = column.type == ANY and any(any(True for _ in inside(cell)) for cell in column.cells)
    if column.type in _WITH_MEDIA or mixed:
        raise WrongType(
            f"Table.to_arrow: column {column.name!r} holds media ({column.type}), which Arrow has no type for; "
            "name the others in columns=, or take get_dataframe()"
        )
