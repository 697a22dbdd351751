"""A column of a table: cells of one type, kept as one plain list so that they encode at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from numpy.typing import NDArray

from ...arrays import describe
from ...errors import InvalidInput, MedialogError, WrongType
from . import sizes
from .alike import alike
from .cells import (
    ANY,
    JSON,
    LISTS,
    NESTED,
    NULL,
    NUMBER,
    Typed,
    typed,
)
from .dtypes import Declared

_CHANGEABLE = frozenset((JSON, NESTED, ANY, *LISTS))
"""Types of which cells are lists or dictionaries."""


class Column:
    """Cells under one name; the first that is not empty gives the type, where none was declared.

    Attributes:
        name: What it is called.
        type: As in `schema.ColumnMeta`; `null` while every cell is empty.
        optional: Whether cells may be None.
        classes: The ids that cells may be, with their names; empty allows any.
        cells: The values, as `cells.typed` gives them.
    """

    __slots__ = ("_declared", "_mixed", "cells", "classes", "name", "optional", "type")

    def __init__(
        self,
        name: str,
        optional: bool = True,
        mixed: bool = False,
        declared: Declared = Declared(),  # noqa: B008 - frozen
    ) -> None:
        self.name, self.optional, self._mixed = name, optional, mixed
        self.type, self.classes = declared.type, declared.classes
        self._declared = declared.type != NULL
        self.cells: list[Any] = []

    def check(self, cell: Any) -> Typed:
        """Give the cell's type and value if it may stand here.

        Raises:
            WrongType: It is of another type, empty where that is not allowed, or nothing a cell holds.
            InvalidInput: A value that cannot be kept, or an id that is not one of the classes.
        """
        try:
            kind, value = typed(cell)
        except MedialogError as error:
            raise type(error)(f"{self._place()}: {error}") from error
        except RecursionError:
            raise InvalidInput(
                f"{self._place()}: expected lists and dictionaries of fewer levels, got {type(cell).__name__} that "
                "is nested hundreds deep or holds itself; pass str(...) of it"
            ) from None
        if kind == NULL or self._is_gap(kind, value):
            return self._empty("None" if kind == NULL else "NaN")
        if kind != self.type:
            kind = self._accepted(kind, value, cell)
        if self.classes:
            self._check_id(value)
        return kind, value

    def put(self, kind: str, value: Any) -> None:
        """Append what `check` gave."""
        if kind not in (self.type, NULL):
            if self._has_only_gaps():
                self.type, self.cells = NULL, [None] * len(self.cells)
            self.type = kind if self._becomes(kind) else ANY
        self.cells.append(value)

    def extend(self, cells: list[Any] | NDArray[Any]) -> None:
        """Append many cells, of a list or an array; those of one type need no look each."""
        try:
            known = None if self.classes else alike(cells)
        except MedialogError as error:
            raise type(error)(f"Table: column {self.name!r}: {error}") from error
        if known is not None and self._takes(known.kind, gaps=known.gaps):
            self.type = self.type if known.kind == NULL else known.kind
            self.cells += known.values
            return
        for cell in cells:
            self.put(*self.check(cell))

    def copies(self) -> Iterable[Any]:
        """Give the cells; lists and dictionaries may be changed without a change of the table."""
        return map(_copied, self.cells) if self.type in _CHANGEABLE else self.cells

    def part(self, start: int, stop: int) -> Column:
        """Give a column with some of the cells, which later rows do not reach."""
        return self.with_cells(self.cells[start:stop])

    def take(self, places: Sequence[int], name: str) -> Column:
        """Give a column of another name with the cells at these places, in that order."""
        return self.with_cells([self.cells[place] for place in places], name)

    def with_cells(self, cells: list[Any], name: str | None = None) -> Column:
        """Give a column that is like this one but for its cells, and its name if one is given."""
        other = Column(name or self.name, self.optional, self._mixed)
        other.type, other.classes, other._declared = self.type, self.classes, self._declared
        other.cells = cells
        return other

    def cast(self, declared: Declared, optional: bool) -> Column:
        """Give a column of the same cells and another type, once each of them is of it."""
        other = Column(self.name, optional, declared=declared)
        other.extend(self.cells)
        return other

    @property
    def nbytes(self) -> int:
        """What the cells cost in the queue, in bytes."""
        if self.type == NUMBER:  # they are the caller's own objects, and many
            return sizes.SLOT_BYTES * len(self.cells)
        return sizes.held(self.cells)

    def _empty(self, what: str) -> Typed:
        if self.optional:
            return NULL, None
        raise WrongType(
            f"{self._place()}: expected a cell, got {what}; pass optional=True to allow it"
        )

    def _is_gap(self, kind: str, value: Any) -> bool:
        """Say whether it is NaN among other things than numbers: so pandas tells what is missing."""
        numbers = self.type in (NUMBER, NULL, ANY) and not self.classes
        return kind == NUMBER and value != value and not (numbers or self._mixed)  # noqa: PLR0124 - NaN

    def _has_only_gaps(self) -> bool:
        """Say whether the numbers so far are NaN only, and so none where something else comes."""
        open_ = self.type == NUMBER and self.optional and not (self._declared or self._mixed)
        return open_ and all(cell is None or cell != cell for cell in self.cells)  # noqa: PLR0124

    def _accepted(self, kind: str, value: Any, cell: Any) -> str:
        if self.type == NESTED and (kind == JSON or kind in LISTS):
            return NESTED
        if self.type in LISTS and kind == JSON and value == []:
            return self.type  # an empty list is one of whatever the column's lists hold
        if self._becomes(kind) or self._mixed or self.type == ANY or self._has_only_gaps():
            return kind
        before = "its dtype" if self._declared else "in the rows before"
        raise WrongType(
            f"{self._place()}: expected {self.type} as {before}, got {kind}: {describe(cell)}; "
            "pass allow_mixed_types=True to let a column hold several types"
        )

    def _takes(self, kind: str, *, gaps: bool) -> bool:
        return (kind in (self.type, NULL) or self.type == NULL) and (self.optional or not gaps)

    def _becomes(self, kind: str) -> bool:
        """Say whether the column is of the new type from now on, its cells so far included.

        Of the lists and dictionaries that came so far media may be a part from now on; where they
        were empty lists only, the first full one gives the type.
        """
        if self.type == NULL or (self.type == JSON and kind == NESTED):
            return True
        return self.type == JSON and kind in LISTS and are_empty(self.cells)

    def _check_id(self, value: Any) -> None:
        whole = isinstance(value, float) and value.is_integer()
        if str(int(value) if whole else value) not in self.classes:
            raise InvalidInput(
                f"{self._place()}: expected an id of its classes {dict(self.classes)}, got {value!r}"
            )

    def _place(self) -> str:
        return f"Table: row {len(self.cells)}, column {self.name!r}"


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    flat = {list, dict}.isdisjoint(map(type, value))
    return value.copy() if flat else [_copied(item) for item in value]


def are_empty(cells: Iterable[Any]) -> bool:
    """Say whether there is nothing but None and empty lists."""
    return all(cell is None or cell == [] for cell in cells)
