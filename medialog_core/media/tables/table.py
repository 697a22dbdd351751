"""Table: typed columns whose cells are numbers, text, dates, JSON and media."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from ...arrays import describe
from ...errors import InvalidInput, WrongType
from ...payload import Payload
from ...schema import TableMeta
from ..captioned import Captioned
from .columns import Column
from .dtypes import declared
from .filling import check_width, checked_names, empty_columns, fill, only_one
from .frames import cells_of, is_frame
from .rows import Rows, columns_of
from .stacked import stack
from .tablefile import DecodeCell, EncodeCell, metas_of, packed, unpacked
from .written import media, written

LogMode = Literal["IMMUTABLE", "MUTABLE", "INCREMENTAL"]


class Mark(NamedTuple):
    """How much of a table was logged in one place, and in how many increments."""

    rows: int = 0
    increments: int = 0


class Table(Rows):
    """Rows of typed cells.

    A cell is a number, str, bool, None, date, datetime, list, dict, array, any media value but a
    table, or a PIL image; media may stand in lists and dictionaries. A column takes its type from
    its first cell that is not None. NaN among other things than numbers is None, as W&B and pandas
    have it. What a cell becomes is told at `cells.typed`.

    Args:
        columns: Names (a list or an array), all different; numbers become text. Default: Input, Output, Expected, or
            those of the data frame.
        data: Rows: a list of lists or tuples, a 2-D array, or a data frame.
        rows: An older name of `data`.
        dataframe: A data frame (pandas, polars) or a pyarrow table; an index is left out.
        dtype: The type of all columns, or a list of one for each: Python's, NumPy's, a media class,
            `Classes` (its ids are the only cells), or None; all that `dtypes.declared` tells.
        optional: Whether cells may be None: for all columns, or one answer each.
        allow_mixed_types: Let a column hold several types.
        log_mode: What `log` stores: "IMMUTABLE" and "MUTABLE" the whole table as it is then,
            "INCREMENTAL" the rows that were added since it was last logged under that key of that
            run: what lies under the key grows by them. A fresh table under the same key adds to it
            likewise, which keeps memory flat.
        caption: A line of text.
        sample_id: Which sample of the data set it is about.

    Attributes:
        logged: How much of it was logged where, when its `log_mode` is "INCREMENTAL".

    Raises:
        WrongType: A cell of another type than its column, named by row and column.
        InvalidInput: Names that repeat, rows of another length, arguments that exclude each other.
    """

    __slots__ = ("_log_mode", "_since", "logged")

    def __init__(
        self,
        columns: Sequence[str | int] | None = None,
        data: Any = None,
        rows: Any = None,
        dataframe: Any = None,
        dtype: Any = None,
        optional: bool | Sequence[bool] = True,
        allow_mixed_types: bool = False,
        log_mode: LogMode = "IMMUTABLE",
        *,
        caption: str | None = None,
        sample_id: str | None = None,
    ) -> None:
        if log_mode not in get_args(LogMode):
            modes = get_args(LogMode)
            raise InvalidInput(f"Table: log_mode: expected one of {modes}, got {log_mode!r}")
        if dataframe is not None and not is_frame(dataframe):
            raise WrongType(f"Table: dataframe: expected a data frame, got {describe(dataframe)}")
        content = only_one(data=data, rows=rows, dataframe=dataframe)
        names = checked_names(columns, content)
        filled = empty_columns(names, optional, allow_mixed_types, dtype)
        if content is not None:
            fill(filled, content)
        self._set(filled, caption, sample_id, log_mode)

    @classmethod
    def of(
        cls,
        columns: list[Column],
        caption: str | None = None,
        sample_id: str | None = None,
        log_mode: LogMode = "IMMUTABLE",
        since: Mark | None = None,
    ) -> Table:
        """Put one together from its columns; with `since`, it is what comes after that mark."""
        table = cls.__new__(cls)
        table._set(columns, caption, sample_id, log_mode, since)  # noqa: SLF001 - its own class
        return table

    def _set(
        self,
        columns: list[Column],
        caption: str | None,
        sample_id: str | None,
        log_mode: LogMode,
        since: Mark | None = None,
    ) -> None:
        Captioned.__init__(self, caption, sample_id)
        self._columns, self._log_mode, self._since = columns, log_mode, since
        self.logged: dict[Hashable, Mark] = {}

    @property
    def log_mode(self) -> LogMode:
        """What `log` stores: the whole table, or the rows that were added."""
        return self._log_mode

    def add_data(self, *cells: Any) -> None:
        """Append a row: one cell for each column. A row that is refused leaves nothing behind.

        Raises:
            InvalidInput: Another number of cells than of columns.
            WrongType: A cell of another type than its column.
        """
        columns = self._columns
        if len(cells) != len(columns):
            check_width(columns, len(cells), len(self))
        row = [column.check(cell) for column, cell in zip(columns, cells, strict=True)]
        for column, (kind, value) in zip(columns, row, strict=True):
            column.put(kind, value)

    add_row = add_data

    def add_column(self, name: str, data: Any, optional: bool = False) -> None:
        """Append a column of one cell for each row; a table without columns takes any number.

        Args:
            name: Its name.
            data: A list, an array, or a column of a data frame.
            optional: Whether cells may be None.

        Raises:
            InvalidInput: The name is taken, another number of cells than of rows, or rows of the
                table were logged as increments.
            WrongType: A cell of another type than those before it, or no sequence of cells.
        """
        self._refuse_logged("add_column")
        self._columns.append(self._new_column("add_column", name, data, optional))

    def add_computed_columns(self, fn: Callable[[int, dict[str, Any]], Mapping[str, Any]]) -> None:
        """Append columns whose cells are computed from each row; all of them or none.

        Args:
            fn: Called with the number of a row and its cells by column; gives the new cells by
                column, of the same columns for every row. A cell may be None.

        Raises:
            InvalidInput: Rows give different columns, and as for `add_column`.
            WrongType: `fn` gives no dictionary, and as for `add_column`.
        """
        self._refuse_logged("add_computed_columns")
        names = self.columns
        found = [fn(index, dict(zip(names, row, strict=True))) for index, row in self.iterrows()]
        for index, cells in enumerate(found):
            _check_computed(index, cells, found[0])
        new = found[0].keys() if found else ()
        checked_names(list(new))
        self._columns += [
            self._new_column("add_computed_columns", name, [cells[name] for cells in found], True)
            for name in new
        ]

    def cast(self, col_name: str, dtype: Any, optional: bool = False) -> None:
        """Say of what type a column is; its cells are checked, not converted.

        Args:
            col_name: The column.
            dtype: As for the constructor.
            optional: Whether cells may be None.

        Raises:
            InvalidInput: There is no such column, or rows of the table were logged as increments.
            WrongType: A cell is of another type.
        """
        self._refuse_logged("cast")
        column = self.column(col_name, "cast")
        wanted = declared(dtype, f"Table: cast: dtype of {column.name!r}")
        self._columns[self._columns.index(column)] = column.cast(wanted, optional)

    def frozen(self) -> Table:
        """Give this table as it is now; rows added to either are not seen by the other."""
        table = self._part(0)
        table.logged = self.logged.copy()
        return table

    __copy__ = frozen

    def since(self, mark: Mark) -> Table:
        """Give the rows that come after a mark, as they are now."""
        return self._part(mark.rows, mark)

    def _part(self, start: int, since: Mark | None = None) -> Table:
        stop = len(self)
        columns = [column.part(start, stop) for column in self._columns]
        return Table.of(columns, self.caption, self.sample_id, self._log_mode, since)

    def to_meta(self) -> TableMeta:
        """Give what the disk holds beside its file."""
        meta = TableMeta(columns=metas_of(self._columns), nrows=len(self))
        if self._since is not None:
            meta.first_row, meta.increment = self._since
        return meta

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and _comparable(self) == _comparable(other)

    __hash__ = None  # type: ignore[assignment]  # rows may be added

    def __repr__(self) -> str:
        return f"Table({len(self)} rows, columns={self.columns})"

    def _new_column(self, method: str, name: str, data: Any, optional: bool) -> Column:
        [name] = checked_names([name])
        if name in self.columns:
            raise InvalidInput(f"Table: {method}: {name!r} is a column already")
        if isinstance(data, str | Mapping | set | frozenset) or not hasattr(data, "__iter__"):
            raise WrongType(
                f"Table: {method}: expected a list of cells for {name!r}, got {describe(data)}"
            )
        cells = cells_of(data)
        if self._columns and len(cells) != len(self):
            raise InvalidInput(
                f"Table: {method}: expected {len(self)} cells for {name!r}, got {len(cells)}"
            )
        column = Column(name, optional)
        column.extend(cells)
        return column

    def _refuse_logged(self, method: str) -> None:
        if self.logged:
            raise InvalidInput(
                f"Table: {method}: rows of this table were logged as increments, and their columns are fixed; "
                "make another table of its columns and data, or use log_mode='MUTABLE'"
            )


def encode(tables: Sequence[Table], encode_cell: EncodeCell) -> Iterator[Payload]:
    """Give a payload for each table; its media cells are encoded by `encode_cell`, column by column."""

    def payload(table: Table) -> Payload:
        blob = packed(columns_of(table), encode_cell)
        return Payload(table.to_meta(), [blob], table.caption, table.sample_id)

    return map(payload, tables)


def decode(payload: Payload, decode_cell: DecodeCell) -> Table:
    """Give the table back; of several files, which are its increments, one below the other."""
    parts = [unpacked(blob, payload, decode_cell) for blob in payload.blobs]
    return Table.of(stack(parts), payload.caption, payload.sample_id)


def _comparable(table: Table) -> Any:
    """Types and cells; NaN by its name, so that it equals itself."""
    columns = [
        (
            c.name,
            c.type,
            c.optional,
            c.classes,
            written(c.type, c.cells, iter(media(c.type, c.cells))),
        )
        for c in columns_of(table)
    ]
    return columns, table.caption, table.sample_id


def _check_computed(index: int, cells: Any, first: Mapping[str, Any]) -> None:
    if not isinstance(cells, Mapping):
        raise WrongType(
            f"Table: add_computed_columns: row {index}: expected a dictionary, got {describe(cells)}"
        )
    if cells.keys() != first.keys():
        raise InvalidInput(
            f"Table: add_computed_columns: row {index}: expected the columns {list(first)}, as in row 0, "
            f"got {list(cells)}"
        )
