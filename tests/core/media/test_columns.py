from __future__ import annotations

import datetime as dt
import enum
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image as PilImage

from medialog_core import codecs
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.image import Image
from medialog_core.media.table import Table
from medialog_core.media.text import Text
from medialog_core.schema import TableMeta
from medialog_core.testing import through_bytes

RNG = np.random.default_rng(11)


def picture(side: int = 8) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return RNG.integers(0, 256, (side, side, 3), dtype=np.uint8)


def of_cells(*cells: Any, **arguments: Any) -> Table:
    return Table(["a"], [[cell] for cell in cells], **arguments)


def back(table: Table) -> Table:
    [payload] = codecs.encode([table])
    decoded = codecs.decode(through_bytes(payload))
    assert isinstance(decoded, Table)
    return decoded


def types(table: Table) -> list[str]:
    [payload] = codecs.encode([table])
    assert isinstance(payload.meta, TableMeta)
    return [column.type for column in payload.meta.columns]


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
        (dt.date(2024, 5, 6), "2024-05-06", "string"),
        (np.datetime64("2024-05-06"), "2024-05-06", "string"),
        (pd.Timestamp("2024-05-06 07:08"), "2024-05-06T07:08:00", "string"),
        (pd.NaT, None, "null"),
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
    "cell", [object(), b"x", 1j, np.array(["a"]), {"a": object()}, [Image(picture()), 3]]
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


def test_optional_has_one_answer_a_column() -> None:
    with pytest.raises(InvalidInput, match="optional: expected 2 answers"):
        Table(["a", "b"], optional=[True])
