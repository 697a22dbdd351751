"""A column of a table: cells of one type, kept as one plain list so that they encode at once."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import describe
from ..errors import MedialogError, WrongType
from .cells import ANY, BOOLEAN, JSON, LISTS, NULL, NUMBER, STRING, Typed, typed

_FLAT = frozenset({NULL, NUMBER, BOOLEAN})


class Column:
    """Cells under one name; the first that is not empty gives the type.

    Attributes:
        name: What it is called.
        type: As in `schema.ColumnMeta`; `null` while every cell is empty.
        optional: Whether cells may be None.
        cells: The values, as `cells.typed` gives them.
    """

    __slots__ = ("_mixed", "cells", "name", "optional", "type")

    def __init__(
        self, name: str, optional: bool = True, mixed: bool = False, type: str = NULL
    ) -> None:
        self.name, self.optional, self._mixed, self.type = name, optional, mixed, type
        self.cells: list[Any] = []

    def check(self, cell: Any) -> Typed:
        """Give the cell's type and value if it may stand here.

        Raises:
            WrongType: It is of another type, empty where that is not allowed, or nothing a cell holds.
            InvalidInput: A value that cannot be kept.
        """
        try:
            kind, value = typed(cell)
        except MedialogError as error:
            raise type(error)(f"{self._place()}: {error}") from error
        if kind == self.type != NULL or (kind == NULL and self.optional):
            return kind, value
        if self.type in LISTS and kind == JSON and value == []:
            return self.type, value  # an empty list is one of whatever the column's lists hold
        if kind == NULL:
            raise WrongType(
                f"{self._place()}: expected a cell, got None; pass optional=True to allow it"
            )
        if self.type == NULL or self._becomes(kind) or self._mixed:
            return kind, value
        raise WrongType(
            f"{self._place()}: expected {self.type} as in the rows before, got {kind}: {describe(cell)}; "
            "pass allow_mixed_types=True to let a column hold several types"
        )

    def put(self, kind: str, value: Any) -> None:
        """Append what `check` gave."""
        if kind not in (self.type, NULL):
            self.type = kind if self.type == NULL or self._becomes(kind) else ANY
        self.cells.append(value)

    def extend(self, cells: Iterable[Any]) -> None:
        """Append many cells; those of a numeric array need no look each."""
        if isinstance(cells, np.ndarray) and cells.ndim == 1 and cells.dtype.kind in "biuf":
            for cell in cells[:1]:
                self.put(*self.check(cell))
            self.cells += cells[1:].tolist()
            return
        for cell in cells:
            self.put(*self.check(cell))

    def copy(self) -> Column:
        """Give a column with the same cells, which later rows do not reach."""
        other = Column(self.name, self.optional, self._mixed, self.type)
        other.cells = self.cells.copy()
        return other

    def to_numpy(self) -> NDArray[Any]:
        """Give numbers (None is NaN), booleans and strings as such, all else as objects."""
        if self.type == NUMBER:
            return np.array([float("nan") if c is None else c for c in self.cells])
        if self.type in (BOOLEAN, STRING) and None not in self.cells:
            return np.array(self.cells)
        objects = np.empty(len(self.cells), object)
        objects[:] = self.cells
        return objects

    @property
    def nbytes(self) -> int:
        """What the cells cost in the queue, in bytes."""
        flat = 8 * len(self.cells)
        return flat if self.type in _FLAT else flat + sum(map(_nbytes, self.cells))

    def _becomes(self, kind: str) -> bool:
        """Say whether only empty lists have come so far, which the first full one gives a type."""
        return (
            self.type == JSON
            and kind in LISTS
            and all(cell is None or cell == [] for cell in self.cells)
        )

    def _place(self) -> str:
        return f"Table: row {len(self.cells)}, column {self.name!r}"


def _nbytes(cell: Any) -> int:
    own = getattr(cell, "nbytes", None)
    if own is not None:
        return int(own)
    return sum(map(_nbytes, cell)) + 8 if isinstance(cell, list | dict) else sys.getsizeof(cell)
