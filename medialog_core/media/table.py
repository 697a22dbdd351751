"""Table: typed columns whose cells are numbers, text, JSON and other media."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np

from ..arrays import describe, is_torch, to_numpy
from ..errors import InvalidInput, MissingExtra, WrongType
from ..payload import Payload
from ..schema import ColumnMeta, TableMeta
from .columns import Column
from .frames import is_frame, series
from .tablefile import DecodeCell, EncodeCell, media, packed, unpacked, written

_DEFAULT_COLUMNS = ("Input", "Output", "Expected")


class Table:
    """Rows of typed cells.

    A cell is a number, str, bool, None, date, list, dict, array, `Image` (masks and boxes included),
    `Histogram`, `Text`, a PIL image, or a list of one media type. A column takes its type from its
    first cell that is not None. What a cell becomes is told at `cells.typed`.

    Args:
        columns: Names (a list or an array), all different; numbers become text. Default: Input, Output, Expected, or
            those of the data frame.
        data: Rows: a list of lists or tuples, a 2-D array, or a data frame.
        rows: An older name of `data`.
        dataframe: A data frame (pandas, polars); its index is left out.
        dtype: Not supported: columns type themselves.
        optional: Whether cells may be None: for all columns, or one answer each.
        allow_mixed_types: Let a column hold several types.
        log_mode: Only "IMMUTABLE": what is logged is the table as it is then.

    Attributes:
        caption: None.
        sample_id: None.

    Raises:
        WrongType: A cell of another type than its column, named by row and column.
        InvalidInput: Names that repeat, rows of another length, arguments that exclude each other.
    """

    __slots__ = ("_columns",)

    caption: ClassVar[None] = None
    sample_id: ClassVar[None] = None

    def __init__(
        self,
        columns: Sequence[str | int] | None = None,
        data: Any = None,
        rows: Any = None,
        dataframe: Any = None,
        dtype: None = None,
        optional: bool | Sequence[bool] = True,
        allow_mixed_types: bool = False,
        log_mode: Literal["IMMUTABLE"] = "IMMUTABLE",
    ) -> None:
        _refuse_unsupported(dtype, log_mode)
        content = _only_one(data=data, rows=rows, dataframe=dataframe)
        framed = is_frame(content)
        if dataframe is not None and not framed:
            raise WrongType(f"Table: dataframe: expected a data frame, got {describe(dataframe)}")
        names = _names(
            (list(content.columns) if framed else _DEFAULT_COLUMNS) if columns is None else columns
        )
        self._columns = [
            Column(n, o, allow_mixed_types)
            for n, o in zip(names, _answers(optional, names), strict=True)
        ]
        if framed:
            self._take_frame(content)
        elif content is not None:
            self._take_rows(content)

    def _take_frame(self, frame: Any) -> None:
        if len(self._columns) != len(frame.columns):
            raise InvalidInput(
                f"Table: columns: expected a name for each of the {len(frame.columns)} columns of the data frame, "
                f"got {len(self._columns)}"
            )
        for column, name in zip(self._columns, frame.columns, strict=True):
            column.extend(series(frame[name]))

    def _take_rows(self, rows: Any) -> None:
        if is_torch(rows):
            rows = to_numpy(rows, "Table: data")
        if isinstance(rows, np.ndarray) and rows.ndim == 2:  # noqa: PLR2004
            self._check_width(rows.shape[1], 0)
            for column, cells in zip(self._columns, rows.T, strict=True):
                column.extend(cells)
        elif isinstance(rows, list | tuple):
            for row in rows:
                if not isinstance(row, list | tuple | np.ndarray):
                    raise WrongType(
                        f"Table: row {len(self)}: expected a list of cells, got {describe(row)}"
                    )
                self.add_data(*row)
        else:
            raise WrongType(
                f"Table: data: expected a list of rows, a 2-D array or a data frame, got {describe(rows)}"
            )

    @classmethod
    def of(cls, columns: list[Column]) -> Table:
        """Put one together from its columns."""
        table = cls.__new__(cls)
        table._columns = columns  # noqa: SLF001 - its own class
        return table

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self._columns]

    @property
    def data(self) -> list[list[Any]]:
        """The rows, a list of cells each."""
        return [row for _, row in self.iterrows()]

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        return 256 + sum(column.nbytes for column in self._columns)

    def add_data(self, *cells: Any) -> None:
        """Append a row: one cell for each column. A row that is refused leaves nothing behind.

        Raises:
            InvalidInput: Another number of cells than of columns.
            WrongType: A cell of another type than its column.
        """
        columns = self._columns
        if len(cells) != len(columns):
            self._check_width(len(cells), len(self))
        row = [column.check(cell) for column, cell in zip(columns, cells, strict=True)]
        for column, (kind, value) in zip(columns, row, strict=True):
            column.put(kind, value)

    add_row = add_data

    def add_column(self, name: str, data: Any, optional: bool = False) -> None:
        """Append a column of one cell for each row; a table without columns takes any number.

        Raises:
            InvalidInput: The name is taken, or another number of cells than of rows.
            WrongType: A cell of another type than those before it, or no sequence of cells.
        """
        [name] = _names([name])
        if name in self.columns:
            raise InvalidInput(f"Table: add_column: {name!r} is a column already")
        if isinstance(data, str) or not hasattr(data, "__iter__"):
            raise WrongType(
                f"Table: add_column: expected a list of cells for {name!r}, got {describe(data)}"
            )
        cells = data if isinstance(data, np.ndarray) else list(data)
        if self._columns and len(cells) != len(self):
            raise InvalidInput(
                f"Table: add_column: expected {len(self)} cells for {name!r}, got {len(cells)}"
            )
        column = Column(name, optional)
        column.extend(cells)
        self._columns.append(column)

    def get_column(self, name: str, convert_to: Literal["numpy"] | None = None) -> Any:
        """Give the cells of a column: a list, or an array with `convert_to="numpy"`.

        Numbers become a number array (None is NaN), all that has no array type an object array.

        Raises:
            InvalidInput: There is no such column, or another `convert_to`.
        """
        if convert_to not in (None, "numpy"):
            raise InvalidInput(
                f"Table: get_column: convert_to: expected None or 'numpy', got {convert_to!r}"
            )
        for column in self._columns:
            if column.name == str(name):
                return column.cells.copy() if convert_to is None else column.to_numpy()
        raise InvalidInput(f"Table: get_column: no column {name!r}, there are {self.columns}")

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Give number and cells of each row."""
        for index, row in enumerate(zip(*(column.cells for column in self._columns), strict=True)):
            yield index, list(row)

    def get_dataframe(self) -> Any:
        """Give a pandas data frame; media stay as they are.

        Raises:
            MissingExtra: pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415 - an extra, wanted here only
        except ImportError:
            raise MissingExtra("Table.get_dataframe", "pandas") from None
        return pd.DataFrame({column.name: column.cells for column in self._columns})

    def frozen(self) -> Table:
        """Give this table as it is now; rows added to either are not seen by the other."""
        return Table.of([column.copy() for column in self._columns])

    def __len__(self) -> int:
        return len(self._columns[0].cells) if self._columns else 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and _comparable(self._columns) == _comparable(
            other._columns
        )

    __hash__ = None  # type: ignore[assignment]  # rows may be added

    def __repr__(self) -> str:
        return f"Table({len(self)} rows, columns={self.columns})"

    def _check_width(self, cells: int, row: int) -> None:
        if cells != len(self._columns):
            raise InvalidInput(
                f"Table: row {row}: expected {len(self._columns)} cells, for {self.columns}, got {cells}"
            )


def encode(tables: Sequence[Table], encode_cell: EncodeCell) -> Iterator[Payload]:
    """Give a payload for each table; its media cells are encoded by `encode_cell`, column by column."""
    for table in tables:
        columns = table._columns  # noqa: SLF001 - its own codec
        metas = [ColumnMeta(c.name, c.type, c.optional) for c in columns]
        yield Payload(
            TableMeta(columns=metas, nrows=len(table)), [packed(columns, metas, encode_cell)]
        )


def decode(payload: Payload, decode_cell: DecodeCell) -> Table:
    """Give the table back; its media cells are decoded by `decode_cell`."""
    return Table.of(unpacked(payload, decode_cell))


def _comparable(columns: list[Column]) -> list[tuple[Any, ...]]:
    """Types and cells; NaN by its name, so that it equals itself."""
    return [(c.name, c.type, c.optional, written(c, iter(media(c)))) for c in columns]


def _refuse_unsupported(dtype: Any, log_mode: str) -> None:
    if dtype is not None:
        raise InvalidInput(
            f"Table: dtype: not supported, columns type themselves; leave it out (got {dtype!r})"
        )
    if log_mode != "IMMUTABLE":
        raise InvalidInput(
            f"Table: log_mode: this version has 'IMMUTABLE' only, got {log_mode!r}; log the table again"
        )


def _only_one(**given: Any) -> Any:
    named = {name: value for name, value in given.items() if value is not None}
    if len(named) > 1:
        raise InvalidInput(
            f"Table: expected one of data=, rows= and dataframe=, got {' and '.join(named)}"
        )
    return next(iter(named.values()), None)


def _names(columns: Any) -> list[str]:
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


def _answers(optional: bool | Sequence[bool], names: list[str]) -> Sequence[bool]:
    answers = [optional] * len(names) if isinstance(optional, bool) else list(optional)
    if len(answers) != len(names):
        raise InvalidInput(
            f"Table: optional: expected {len(names)} answers, for {names}, got {len(answers)}"
        )
    return answers
