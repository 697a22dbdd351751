from __future__ import annotations

import datetime as dt
import decimal
import enum
import fractions
import math
import pathlib
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PilImage

from medialog_core import Classes, PartitionedTable
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.documents.text import Text
from medialog_core.media.images.image import Image
from medialog_core.media.tables.columns import Column
from medialog_core.media.tables.table import Table
from medialog_core.testing import back
from tests.pictures import picture
from tests.tables import of_cells, types


class Colour(enum.IntEnum):
    RED = 3


@pytest.mark.parametrize(
    ("cell", "kept", "type"),
    [
        (np.float32(0.5), 0.5, "number"),
        (np.int64(3), 3, "number"),
        (torch.tensor(2.5), 2.5, "number"),
        (torch.tensor(2.5, requires_grad=True, dtype=torch.bfloat16), 2.5, "number"),
        (Colour.RED, 3, "number"),
        (np.bool_(True), True, "boolean"),
        (torch.tensor(False), False, "boolean"),
        (np.str_("x"), "x", "string"),
        ((1, 2), [1, 2], "json"),
        ({1: (np.int8(2),)}, {"1": [2]}, "json"),
        (np.arange(4).reshape(2, 2), [[0, 1], [2, 3]], "json"),
        (np.array([1.0, math.nan]), [1.0, "NaN"], "json"),
        (torch.ones(1), [1.0], "json"),
        ({"a": math.inf}, {"a": "Infinity"}, "json"),
        (dt.date(2024, 5, 6), dt.date(2024, 5, 6), "date"),
        (np.datetime64("2024-05-06"), dt.date(2024, 5, 6), "date"),
        (pd.Timestamp("2024-05-06 07:08"), dt.datetime(2024, 5, 6, 7, 8), "datetime"),  # noqa: DTZ001 - naive on purpose
        (dt.time(7, 8), "07:08:00", "string"),
        (pd.Timedelta(1, "h"), 3600.0, "number"),
        (dt.timedelta(minutes=1.5), 90.0, "number"),
        (decimal.Decimal("1.5"), 1.5, "number"),
        (fractions.Fraction(1, 4), 0.25, "number"),
        (enum.Enum("Phase", {"A": "train"}).A, "train", "string"),  # type: ignore[attr-defined]
        (pathlib.PurePosixPath("a/b"), "a/b", "string"),
        ({"at": [dt.date(2024, 5, 6)]}, {"at": ["2024-05-06"]}, "json"),
        (pd.NaT, None, "null"),
        (pd.NA, None, "null"),
        (np.longdouble(0.5), 0.5, "number"),
        ([0.5, math.inf], [0.5, "Infinity"], "json"),
        (pd.Series([1, 2]), [1, 2], "json"),
    ],
)
def test_a_cell_becomes_what_json_can_hold(cell: Any, kept: Any, type: str) -> None:
    table = of_cells(cell)
    assert [kept] == table.get_column("a")
    assert [type] == types(table)
    assert table == back(table)


def test_a_pil_image_in_a_cell_is_an_image() -> None:
    pixels = picture()
    assert [Image(pixels)] == of_cells(PilImage.fromarray(pixels)).get_column("a")
    assert [[Image(pixels)]] == of_cells([PilImage.fromarray(pixels)]).get_column("a")


@pytest.mark.parametrize(
    "cell", [object(), b"x", 1j, np.array(["a"]), {"a": object()}, np.timedelta64(1, "s")]
)
def test_what_no_cell_holds_is_refused_by_row_and_column(cell: Any) -> None:
    table = Table(["a", "b"])
    table.add_data(1, None)
    with pytest.raises(WrongType, match=r"row 1, column 'b': .*got"):
        table.add_data(1, cell)


@pytest.mark.parametrize("cell", [2**64, -(2**63) - 1, "\ud800", {"\ud800": 1}])
def test_what_json_cannot_hold_is_refused_by_row_and_column(cell: Any) -> None:
    with pytest.raises(InvalidInput, match="row 0, column 'a'"):
        of_cells(cell)


def test_a_list_that_holds_itself_is_refused_by_row_and_column() -> None:
    cell: list[Any] = [1]
    cell.append({"again": cell})
    with pytest.raises(
        InvalidInput, match=r"row 0, column 'a': .*got list that is nested hundreds"
    ):
        of_cells(cell)


def test_keys_that_are_equal_as_text_are_refused() -> None:
    message = r"row 0, column 'a': expected keys that differ as text, got '1' more than once in \[1, '1', 2\]"
    with pytest.raises(InvalidInput, match=message):
        of_cells({1: "x", "1": "y", 2: "z"})


@pytest.mark.parametrize(
    "cell",
    [
        Table(["a"], [[1]]),
        [Table()],
        {"t": Table()},
        pd.DataFrame({"a": [1]}),
        PartitionedTable([Table()]),
    ],
)
def test_a_table_in_a_cell_is_told_where_it_goes(cell: Any) -> None:
    with pytest.raises(
        WrongType, match=r"row 0, column 'a': a cell holds no table, got .*key of its own"
    ):
        of_cells(cell)


@pytest.mark.parametrize(
    "cell",
    [
        {"picture": Image(picture()), "score": 0.5},
        [Image(picture()), 3, None, "x"],
        [Image(picture()), Text("x")],
        {"all": [Image(picture())], "deep": {"type": "image", "value": [Text("t")]}},
        ({"a": PilImage.new("L", (8, 8))},),
    ],
)
def test_media_may_stand_in_lists_and_dictionaries(cell: Any) -> None:
    for table in (of_cells(cell, {}, None), of_cells(cell, 1, allow_mixed_types=True)):
        assert table == back(table)
    assert types(of_cells(cell)) == ["nested"]


def test_dictionaries_without_media_may_come_before_those_with_them() -> None:
    table = of_cells({"a": 1}, {"a": Text("x")}, [1], [Text("a")])
    assert types(table) == ["nested"]
    assert table == back(table)


def test_a_subclass_of_a_media_type_is_its_kind() -> None:
    class Photo(Image):
        """A user's own."""

    table = of_cells(
        Photo(picture()),
        [Photo(picture())],
        {"a": Photo(picture())},
        allow_mixed_types=True,
    )
    assert [type(cell) for cell in back(table).get_column("a")] == [Image, list, dict]


# --- types ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (1, "high", "expected number as in the rows before, got string: str 'high'"),
        (1, True, "expected number .*got boolean: bool True"),
        ("a", 1.5, "expected string .*got number"),
        (Image(picture()), Text("x"), "expected image .*got text"),
        ([Image(picture())], [1], r"expected image\[\] .*got json"),
        ([], 5, "expected json .*got number"),
    ],
)
def test_a_wrong_cell_is_named_with_the_fix(first: Any, second: Any, message: str) -> None:
    table = Table(["id", "value"])
    table.add_data(0, first)
    with pytest.raises(
        WrongType, match=f"row 1, column 'value': {message}.*allow_mixed_types=True"
    ):
        table.add_data(1, second)


def test_a_refused_row_leaves_nothing_behind() -> None:
    table = Table(["a", "b"], [[1, 2]])
    with pytest.raises(WrongType):
        table.add_data(3, "x")
    assert Table(["a", "b"], [[1, 2]]) == table


def test_numbers_of_every_library_are_one_type() -> None:
    assert types(of_cells(1, 2.5, np.float16(1), torch.tensor(3))) == ["number"]


def test_mixed_columns_keep_their_type_until_they_are_mixed() -> None:
    assert types(of_cells(1, 2, allow_mixed_types=True)) == ["number"]
    assert types(of_cells(1, "x", allow_mixed_types=True)) == ["any"]


def test_an_empty_list_is_one_of_images() -> None:
    assert types(of_cells([], [Image(picture())], [], allow_mixed_types=True)) == ["image[]"]


def test_none_needs_an_optional_column() -> None:
    table = Table(["a", "b"], optional=[True, False])
    with pytest.raises(WrongType, match=r"row 0, column 'b': .*None; pass optional=True"):
        table.add_data(None, None)


@pytest.mark.parametrize("other", ["x", True, dt.date(2024, 5, 6), [1], Image(picture())])
@pytest.mark.parametrize("first", [True, False])
def test_nan_among_other_things_than_numbers_is_none(other: Any, first: bool) -> None:
    cells = [math.nan, None, np.float32("nan"), other]
    cells = cells if first else cells[::-1]
    expected = [None, None, None, other] if first else [other, None, None, None]
    assert of_cells(*cells).get_column("a") == expected
    table = Table(["a"])
    for cell in cells:
        table.add_data(cell)
    assert table == of_cells(*expected)
    assert types(table) == types(of_cells(other))


def test_nan_is_a_number_among_numbers_and_where_types_are_mixed() -> None:
    assert math.isnan(of_cells(1, math.nan).get_column("a")[1])
    mixed = Table(["a"], [[math.nan], ["x"], [math.nan]], allow_mixed_types=True)
    assert list(map(type, mixed.get_column("a"))) == [float, str, float]
    with pytest.raises(WrongType, match="expected number as its dtype, got string"):
        Table(["a"], [[math.nan], ["x"]], dtype=float)


def test_nan_is_no_id_of_classes() -> None:
    classes = Classes([{"id": 0, "name": "cat"}])
    assert Table(["a"], [[0], [math.nan]], dtype=classes).get_column("a") == [0, None]


def test_nan_needs_an_optional_column_of_other_things() -> None:
    with pytest.raises(
        WrongType, match="row 1, column 'a': expected a cell, got NaN; pass optional"
    ):
        Table(["a"], [["x"], [math.nan]], optional=False)


def test_optional_has_one_answer_a_column() -> None:
    with pytest.raises(InvalidInput, match="optional: expected 2 answers"):
        Table(["a", "b"], optional=[True])


# --- many at once -----------------------------------------------------------------------------


CELLS = st.lists(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.dates() | st.datetimes(),
    max_size=6,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(CELLS, st.booleans())
def test_many_cells_at_once_are_what_they_are_one_by_one(cells: list[Any], mixed: bool) -> None:
    def filled(fill: Any) -> Any:
        column = Column("a", optional=True, mixed=mixed)
        try:
            fill(column)
        except WrongType as error:
            return str(error)
        return column.type, repr(column.cells)

    def one_by_one(column: Column) -> None:
        for cell in cells:
            column.put(*column.check(cell))

    assert filled(lambda column: column.extend(cells)) == filled(one_by_one)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["a", "\ud800"], "row 1, column 'a': cell: has a lone surrogate"),
        ([1, 2**64], "row 1, column 'a': expected an integer of 64 bits"),
        ([1.5, -(2**63) - 1], "row 1, column 'a': expected an integer of 64 bits"),
        (
            np.array(["2024", "12024"], "M8[Y]"),
            "column 'a': expected a date of the years 1 to 9999, got 12024",
        ),
    ],
)
def test_one_of_many_that_cannot_be_kept_is_named(cells: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        Column("a").extend(cells)


def test_many_cells_go_on_from_those_before() -> None:
    column = Column("a")
    column.extend(np.array([1, 2]))
    column.extend([0.5, None])
    assert (column.type, column.cells) == ("number", [1, 2, 0.5, None])
    with pytest.raises(
        WrongType, match="row 4, column 'a': expected number as in the rows before, got boolean"
    ):
        column.extend(np.array([True]))
