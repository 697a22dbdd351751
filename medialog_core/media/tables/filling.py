"""What a table is made of: names, and rows or a data frame, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...arrays import describe, is_torch, to_numpy
from ...errors import InvalidInput, WrongType
from .columns import Column
from .dtypes import declared
from .frames import cells_of, is_frame, names_of

_DEFAULT_COLUMNS = ("Input", "Output", "Expected")


def only_one(**given: Any) -> Any:
    """Give the one argument that is not None.

    Raises:
        InvalidInput: Several are.
    """
    named = {name: value for name, value in given.items() if value is not None}
    if len(named) > 1:
        raise InvalidInput(
            f"Table: expected one of data=, rows= and dataframe=, got {' and '.join(named)}"
        )
    return next(iter(named.values()), None)


def checked_names(columns: Any, content: Any = None) -> list[str]:
    """Give the names of columns: as said, else those of a data frame, else W&B's default.

    Raises:
        WrongType: They are no list of strings (or numbers, which become strings).
        InvalidInput: A name comes twice.
    """
    if columns is None:
        columns = names_of(content) if is_frame(content) else _DEFAULT_COLUMNS
    if is_frame(columns):
        raise WrongType("Table: columns: expected a list of str, got a data frame; pass dataframe=")
    if hasattr(columns, "tolist"):  # an array of names, or a data frame's own `columns`
        columns = columns.tolist()
    if not isinstance(columns, list | tuple) or not all(isinstance(c, str | int) for c in columns):
        raise WrongType(f"Table: columns: expected a list of str, got {describe(columns)}")
    names = [str(column) for column in columns]
    if len(set(names)) < len(names):
        raise InvalidInput(f"Table: columns: expected names that differ, got {names}")
    return names


def empty_columns(
    names: list[str], optional: bool | Sequence[bool], mixed: bool, dtype: Any
) -> list[Column]:
    """Give columns without cells.

    Raises:
        WrongType, InvalidInput: An answer or a `dtype` that is none, or not one for each name.
    """
    answers = _each(optional, names, "optional", "answers")
    dtypes = _each(dtype, names, "dtype", "types")
    return [
        Column(name, answer, mixed, declared(one, f"Table: dtype of {name!r}"))
        for name, answer, one in zip(names, answers, dtypes, strict=True)
    ]


def fill(columns: list[Column], content: Any) -> None:
    """Put rows or a data frame into columns without cells.

    Raises:
        WrongType: It is neither, or a cell is of another type than its column.
        InvalidInput: Rows of another length.
    """
    if is_torch(content):
        content = to_numpy(content, "Table: data")
    if is_frame(content):
        _take_frame(columns, content)
    elif isinstance(content, np.ndarray) and content.ndim == 2:  # noqa: PLR2004
        check_width(columns, content.shape[1], 0)
        for column, cells in zip(columns, content.T, strict=True):
            column.extend(cells)
    elif isinstance(content, list | tuple):
        _take_rows(columns, content)
    else:
        raise WrongType(
            f"Table: data: expected a list of rows, a 2-D array or a data frame, got {describe(content)}"
        )


def check_width(columns: Sequence[Column], cells: int, row: int) -> None:
    """Check that a row has a cell for each column.

    Raises:
        InvalidInput: It has more or fewer.
    """
    if cells != len(columns):
        names = [column.name for column in columns]
        raise InvalidInput(
            f"Table: row {row}: expected {len(columns)} cells, for {names}, got {cells}"
        )


def _take_frame(columns: list[Column], frame: Any) -> None:
    names = names_of(frame)
    if len(columns) != len(names):
        raise InvalidInput(
            f"Table: columns: expected a name for each of the {len(names)} columns of the data frame, "
            f"got {len(columns)}"
        )
    checked_names(names)
    for column, name in zip(columns, names, strict=True):
        column.extend(cells_of(frame[name]))


def _take_rows(columns: list[Column], rows: Sequence[Any]) -> None:
    if not set(map(type, rows)) <= {list, tuple}:
        for index, row in enumerate(rows):
            if not isinstance(row, list | tuple) and not _is_array(row):
                raise WrongType(
                    f"Table: row {index}: expected a list of cells, got {describe(row)}"
                )
    if set(map(len, rows)) - {len(columns)}:
        for index, row in enumerate(rows):
            check_width(columns, len(row), index)
    for column, cells in zip(columns, zip(*rows, strict=True), strict=False):  # no rows, no cells
        column.extend(list(cells))


def _is_array(row: Any) -> bool:
    return isinstance(row, np.ndarray) and row.ndim > 0


def _each(given: Any, names: list[str], argument: str, what: str) -> Sequence[Any]:
    """Give one answer for each column: the same for all, or as listed."""
    if not isinstance(given, list | tuple):
        return [given] * len(names)
    if len(given) != len(names):
        raise InvalidInput(
            f"Table: {argument}: expected {len(names)} {what}, for {names}, got {len(given)}"
        )
    return given
