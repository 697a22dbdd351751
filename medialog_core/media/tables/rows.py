"""What can be read of a table in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from ...errors import InvalidInput
from ..captioned import Captioned
from . import exports
from .columns import Column
from .tablefile import height


class Rows(Captioned):
    """Columns of cells, and the rows that they make."""

    __slots__ = ("_columns",)

    _columns: list[Column]

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self._columns]

    @property
    def data(self) -> list[list[Any]]:
        """The rows, a list of cells each; a copy."""
        return [row for _, row in self.iterrows()]

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        return 256 + sum(column.nbytes for column in self._columns)

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Give number and cells of each row."""
        for index, row in enumerate(
            zip(*(column.copies() for column in self._columns), strict=False)
        ):
            yield index, list(row)

    def get_index(self) -> list[int]:
        """Give the numbers of the rows."""
        return list(range(len(self)))

    def get_column(self, name: str, convert_to: Literal["numpy"] | None = None) -> Any:
        """Give the cells of a column: a list, or an array with `convert_to="numpy"`.

        Numbers become a number array (None is NaN), dates one of datetime64 (None is NaT), all that
        has no array type an object array.

        Raises:
            InvalidInput: There is no such column, or another `convert_to`.
        """
        if convert_to not in (None, "numpy"):
            raise InvalidInput(
                f"Table: get_column: convert_to: expected None or 'numpy', got {convert_to!r}"
            )
        column = self.column(name, "get_column")
        return list(column.copies()) if convert_to is None else exports.to_numpy(column)

    def get_dataframe(self) -> Any:
        """Give a pandas data frame; media stay as they are.

        Raises:
            MissingExtra: pandas is not installed.
        """
        return exports.to_dataframe(self._columns)

    def to_arrow(self, columns: Sequence[str] | None = None) -> Any:
        """Give a pyarrow table; polars takes it by `polars.from_arrow`.

        Args:
            columns: Which columns, in this order; None means all.

        Raises:
            WrongType: A column has media.
            InvalidInput: There is no such column.
            MissingExtra: pyarrow is not installed.
        """
        names = self.columns if columns is None else columns
        return exports.to_arrow([self.column(name, "to_arrow") for name in names])

    def __len__(self) -> int:
        return height(self._columns)

    def column(self, name: Any, method: str) -> Column:
        """Give a column by its name.

        Raises:
            InvalidInput: There is none; the message begins with the name of the `method`.
        """
        for column in self._columns:
            if column.name == str(name):
                return column
        raise InvalidInput(f"Table: {method}: no column {name!r}, there are {self.columns}")


def columns_of(table: Rows) -> list[Column]:
    """Give the columns of a table, with their cells."""
    return table._columns  # noqa: SLF001 - this module's own
