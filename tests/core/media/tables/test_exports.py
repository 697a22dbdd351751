from __future__ import annotations

import datetime as dt
import math
import sys
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from medialog_core import Image, Table, Text
from medialog_core.errors import InvalidInput, MissingExtra, WrongType

DAY = dt.datetime(2024, 5, 6)  # noqa: DTZ001 - naive on purpose
AWARE = DAY.replace(tzinfo=dt.timezone.utc)
AWARE_DTYPE = "datetime64[ns, UTC]" if pd.__version__ < "3" else "datetime64[us, UTC]"
FINE = np.datetime64("2024-05-06T00:00:00.000000001")


def of_cells(*cells: Any, **arguments: Any) -> Table:
    return Table(["a"], [[cell] for cell in cells], **arguments)


@pytest.mark.parametrize(
    ("cells", "dtype", "kept"),
    [
        ([1, None], "Int64", [1, pd.NA]),
        ([2**62 + 1, None], "Int64", [2**62 + 1, pd.NA]),
        ([2**63, None], "UInt64", [2**63, pd.NA]),
        ([2**63, -1, None], "object", [2**63, -1, None]),
        ([True, None], "boolean", [True, pd.NA]),
        ([1, 2], "int64", [1, 2]),
        ([0.5, None, math.nan], "float64", [0.5, math.nan, math.nan]),
        ([DAY, None], "datetime64[us]", [DAY, pd.NaT]),
        ([FINE, None], "datetime64[ns]", [pd.Timestamp(FINE), pd.NaT]),
        ([AWARE], AWARE_DTYPE, [AWARE]),
        ([DAY.date()], "object", [DAY.date()]),
        ([[1], {"a": 2}], "object", [[1], {"a": 2}]),
        ([Text("x"), None], "object", [Text("x"), None]),
    ],
)
def test_a_data_frame_keeps_types_and_values(cells: list[Any], dtype: str, kept: list[Any]) -> None:
    column = of_cells(*cells).get_dataframe()["a"]
    assert column.dtype == dtype
    assert list(map(repr, column)) == list(map(repr, pd.Series(kept, dtype=dtype)))


def test_a_data_frame_of_no_rows_has_its_columns() -> None:
    assert list(Table(["a", "b"]).get_dataframe().columns) == ["a", "b"]


@pytest.mark.parametrize(
    ("cells", "type", "kept"),
    [
        ([1, None], "int64", [1, None]),
        ([1, 2.5], "double", [1.0, 2.5]),
        ([2**63, None], "uint64", [2**63, None]),
        ([2**60, 0.5, None], "double", [2.0**60, 0.5, None]),
        ([2**63, -1], "double", [2.0**63, -1.0]),
        ([math.inf, None], "double", [math.inf, None]),
        (["x", None], "string", ["x", None]),
        ([True, None], "bool", [True, None]),
        ([DAY.date(), None], "date32[day]", [DAY.date(), None]),
        ([DAY, None], "timestamp[us]", [DAY, None]),
        ([AWARE], "timestamp[us, tz=UTC]", [AWARE]),
        ([FINE, None], "timestamp[ns]", [pd.Timestamp(FINE), None]),
        ([[1, 2], []], "list<item: int64>", [[1, 2], []]),
        ([[1, "x"], None], "string", ['[1,"x"]', None]),
        ([None, None], "null", [None, None]),
    ],
)
def test_an_arrow_table_keeps_types_and_values(
    cells: list[Any], type: str, kept: list[Any]
) -> None:
    column = of_cells(*cells).to_arrow().column("a")
    assert str(column.type) in (type, type.replace("item", "element"))
    assert column.to_pylist() == kept


def test_mixed_cells_are_json_text_in_arrow() -> None:
    column = of_cells(1, "x", DAY, allow_mixed_types=True).to_arrow().column("a")
    assert column.to_pylist() == ["1", '"x"', '"2024-05-06T00:00:00"']


@pytest.mark.parametrize("cell", [Text("x"), [Text("x")], {"a": Text("x")}])
@pytest.mark.parametrize("mixed", [True, False])
def test_media_have_no_arrow_type(cell: Any, mixed: bool) -> None:
    table = of_cells(cell, *([1] if mixed else []), allow_mixed_types=mixed)
    with pytest.raises(WrongType, match=r"column 'a' holds media .*name the others in columns="):
        table.to_arrow()


def test_the_columns_of_an_arrow_table_are_chosen() -> None:
    table = Table(["a", "image", "b"], [[1, Image(np.zeros((8, 8))), "x"]])
    frame = pl.from_arrow(table.to_arrow(columns=["b", "a"]))
    assert isinstance(frame, pl.DataFrame)
    assert frame.to_dict(as_series=False) == {"b": ["x"], "a": [1]}
    with pytest.raises(InvalidInput, match=r"to_arrow: no column 'c', there are"):
        table.to_arrow(["c"])


def test_an_arrow_table_goes_round() -> None:
    table = Table(["n", "s", "t"], [[1, "x", DAY], [None, None, None]])
    assert Table(dataframe=table.to_arrow()) == table == Table(dataframe=table.get_dataframe())


@pytest.mark.parametrize("cells", [[2**63 + 1, 1], [2**64 - 1, 2**63], [-1, 2**62 + 1], []])
def test_whole_numbers_become_arrays_of_whole_numbers(cells: list[int]) -> None:
    array = Table(["a"], [[cell] for cell in cells], dtype=int).get_column("a", "numpy")
    assert array.tolist() == cells


@pytest.mark.parametrize(("cells", "kind"), [(["a\0", "b"], "O"), (["a\0b", ""], "U")])
def test_texts_become_arrays_with_all_their_characters(cells: list[str], kind: str) -> None:
    array = of_cells(*cells).get_column("a", convert_to="numpy")
    assert (array.tolist(), array.dtype.kind) == (cells, kind)


@pytest.mark.parametrize("cells", [[DAY, None], [DAY.date(), None], [FINE, None]])
def test_dates_become_arrays_of_datetime64(cells: list[Any]) -> None:
    array = of_cells(*cells).get_column("a", convert_to="numpy")
    assert array[0] == np.datetime64(cells[0])
    assert np.isnat(array[1])


def test_moments_with_a_zone_are_objects() -> None:
    assert of_cells(AWARE).get_column("a", convert_to="numpy").tolist() == [AWARE]


@pytest.mark.parametrize(
    ("module", "extra", "export"),
    [("pandas", "pandas", Table.get_dataframe), ("pyarrow", "arrow", Table.to_arrow)],
)
def test_without_its_package_the_extra_is_named(
    module: str, extra: str, export: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=rf"medialog\[{extra}\]"):
        export(Table())


def test_arrow_is_what_pyarrow_calls_a_table() -> None:
    assert isinstance(Table(["a"]).to_arrow(), pa.Table)
