from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core import codecs
from medialog_core.errors import InvalidInput
from medialog_core.media.classes import Classes
from medialog_core.media.documents.text import Text
from medialog_core.media.histograms.histogram import Histogram
from medialog_core.media.images.image import Image
from medialog_core.media.tables import tablefile
from medialog_core.media.tables.table import Table
from medialog_core.payload import Blob, LinkedBlob, Payload
from medialog_core.schema import ColumnMeta, File, TableFile, TableMeta
from medialog_core.testing import CodecTests, back
from tests.pictures import picture
from tests.tables import of_cells


def overlaid() -> Image:
    mask = {"mask_data": np.eye(8, dtype=np.int64), "class_labels": {0: "ground", 1: "car"}}
    position = {"minX": 0.1, "maxX": 0.5, "minY": 0.2, "maxY": 0.6}
    boxes = {
        "box_data": [{"position": position, "class_id": 1, "scores": {"iou": 0.5}}],
        "class_labels": {1: "car"},
    }
    return Image(
        picture(),
        caption="a car",
        masks={"predictions": mask},
        boxes={"predictions": boxes},
        sample_id="val/3",
    )


class TestCodec(CodecTests):
    @pytest.fixture
    def values(self) -> Sequence[Table]:
        return [
            Table(["id", "image", "hist"], [[1, overlaid(), Histogram([1.0, 2.0])], [2, None, None]]),
            Table(),
            Table(columns=[]),
            of_cells(1, 2.5, math.nan, math.inf, -math.inf, None, 2**63),
            of_cells("NaN", "", None, "é🙂", "Infinity"),
            of_cells(True, None, False),
            of_cells(None, None),
            of_cells({"a": [1, math.nan, {"b": None}]}, [], [1, "x"], None),
            of_cells([Image(picture()), Image(picture(9), caption="b")], [], None),
            of_cells([], [], [Text("a")]),
            of_cells(Text("short"), Text("long" * 5000, caption="c"), None),
            of_cells(
                1, math.nan, "NaN", None, overlaid(), {"type": "image", "value": 1}, [Text("x")], Histogram([1.0]),
                True, [1, 2], [], DAY, MOMENT, {"p": overlaid(), "l": [Text("x"), {"type": "image"}]},
                allow_mixed_types=True,
            ),
            of_cells({"p": overlaid(), "t": [Text("a"), [Text("b"), math.nan]]}, {"a": {"b": 1}}, [], None),
            of_cells(DAY, None),
            of_cells(MOMENT, MOMENT.replace(tzinfo=dt.timezone.utc), None),
            of_cells(1, 2.0, None, dtype=Classes([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])),
            Table(["a", "b"], dtype=[Image, list[Text]], caption="empty", sample_id="s"),
        ]  # fmt: skip


DAY = dt.date(2024, 5, 6)
MOMENT = dt.datetime(2024, 5, 6, 7, 8, 9, 10)  # noqa: DTZ001 - naive on purpose


def rendered(table: Table) -> tuple[Any, LinkedBlob]:
    [payload] = codecs.encode([table])
    [blob] = payload.blobs
    assert isinstance(blob, LinkedBlob)
    places = [
        File(f"media/0.tar#{i}", 1, link.content_type, "") for i, link in enumerate(blob.links)
    ]
    return msgspec.json.decode(blob.render(places)), blob


def test_the_file_of_a_small_table_byte_for_byte() -> None:
    [payload] = codecs.encode([Table(["n", "s"], [[1, "x"], [math.nan, None]])])
    [blob] = payload.blobs
    assert isinstance(blob, LinkedBlob)
    expected = (
        b'{"columns":[{"name":"n","type":"number"},{"name":"s","type":"string"}],'
        b'"nrows":2,"data":{"n":[1,"NaN"],"s":["x",null]}}'
    )
    assert expected == blob.render([])
    assert blob.content_type == "application/vnd.medialog.table+json"


def test_media_cells_name_their_files() -> None:
    data, blob = rendered(of_cells(overlaid(), None))
    cell, empty = data["data"]["a"]
    assert empty is None
    assert [link.content_type for link in blob.links] == ["image/png", "image/png"]
    assert (
        cell["kind"], cell["meta"]["kind"], cell["caption"], cell["sample_id"],
    ) == ("image", "image", "a car", "val/3")  # fmt: skip
    assert cell["file"]["uri"] == "media/0.tar#0"
    assert [(e["role"], e["file"]["uri"]) for e in cell["extra"]] == [
        ("mask:predictions", "media/0.tar#1")
    ]


def test_the_range_of_float_images_is_decided_once_a_column() -> None:
    small, large = np.full((8, 8), 0.5, np.float32), np.full((8, 8), 200, np.float32)
    together, _ = rendered(of_cells(Image(small), Image(large)))
    apart, _ = rendered(of_cells(Image(small)))
    rules = [cell["meta"]["conversion"]["rule"] for cell in together["data"]["a"]]
    assert rules == ["clip", "clip"]
    assert apart["data"]["a"][0]["meta"]["conversion"]["rule"] == "unit"


def test_mixed_cells_say_their_type_where_json_does_not() -> None:
    data, _ = rendered(of_cells(1, "x", math.nan, {"a": 1}, allow_mixed_types=True))
    assert data["data"]["a"] == [
        1,
        "x",
        {"type": "number", "value": "NaN"},
        {"type": "json", "value": {"a": 1}},
    ]


def test_equal_means_types_and_cells() -> None:
    assert of_cells(math.nan) == of_cells(math.nan)
    assert of_cells(math.nan) != of_cells(None)
    assert of_cells(1) != of_cells(True)
    assert of_cells(1) != Table(["b"], [[1]])
    assert of_cells(Image(picture())) != of_cells(Image(picture()))
    assert of_cells(1) != [[1]]


def test_each_dictionary_of_a_nested_cell_says_that_it_is_one() -> None:
    data, _ = rendered(of_cells({"type": "text", "value": Text("x")}, {"a": [1, {}]}))
    text = {"type": "text", "value": {"kind": "text", "meta": {"kind": "text", "text": "x"}}}
    assert data["data"]["a"] == [
        {"type": "json", "value": {"type": "text", "value": text}},
        {"type": "json", "value": {"a": [1, {"type": "json", "value": {}}]}},
    ]


def test_dates_are_iso_8601() -> None:
    zone = dt.timezone(dt.timedelta(hours=2))
    fine = np.datetime64("2024-05-06T07:08:09.000000001")
    table = Table(
        ["day", "moment"],
        [[DAY, MOMENT], [None, MOMENT.replace(tzinfo=zone, microsecond=0)], [None, fine]],
    )
    data, _ = rendered(table)
    assert data["data"] == {
        "day": ["2024-05-06", None, None],
        "moment": [
            "2024-05-06T07:08:09.000010",
            "2024-05-06T07:08:09+02:00",
            "2024-05-06T07:08:09.000000001",
        ],
    }


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
def test_a_long_column_is_written_in_pieces(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def table() -> Table:
        return Table(
            ["n", "t", "l"],
            [
                [math.nan, Text("a"), [Text("b")]],
                [1, None, []],
                [2, Text("c"), [Text("d"), Text("e")]],
            ],
        )

    whole, _ = rendered(table())
    monkeypatch.setattr(tablefile, "_CHUNK_CELLS", chunk)
    pieces, _ = rendered(table())
    assert pieces == whole
    assert table() == back(table())


@pytest.mark.parametrize("cell", ["x" * 50_000, [0.5] * 20_000, {"a": ["y" * 50_000]}])
def test_of_large_cells_few_are_made_json_of_at_once(
    cell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    encode = tablefile._json

    def measured(value: Any) -> bytes:
        sizes.append(len(encode(value)))
        return encode(value)

    monkeypatch.setattr(tablefile, "_json", measured)
    rendered(of_cells(*[cell] * 200))
    assert max(sizes) < 4_000_000 < sum(sizes)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=50, deadline=None)
@given(st.lists(JSON, max_size=5))
def test_any_json_comes_back_equal(cells: list[Any]) -> None:
    table = of_cells(*cells, allow_mixed_types=True)
    assert table == back(table)


MEDIA = st.sampled_from([overlaid(), Text("x"), Text("y" * 9000), Histogram([1.0, math.nan])])
MIXED = st.recursive(
    JSON | MEDIA | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(MIXED, max_size=4))
def test_any_mix_of_cells_comes_back_equal(cells: list[Any]) -> None:
    table = of_cells(*cells, allow_mixed_types=True)
    assert table == back(table)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.none() | st.floats() | st.integers(-(2**63), 2**64 - 1)))
def test_any_numbers_come_back_bit_by_bit(cells: list[Any]) -> None:
    table = of_cells(*cells)
    assert list(map(repr, table.get_column("a"))) == list(map(repr, back(table).get_column("a")))


def test_no_row_is_cut() -> None:
    table = of_cells(*range(10_001))
    assert len(back(table)) == 10_001


def test_an_unknown_kind_of_cell_is_named() -> None:
    cell = {"kind": "hologram", "meta": {"kind": "hologram", "depth": 3}}
    columns = [ColumnMeta("a", "image")]
    file = msgspec.json.encode(TableFile(columns, 1, {"a": [cell]}))
    payload = Payload(
        TableMeta(columns=columns, nrows=1), [Blob(lambda: file, "application/json", "json")]
    )
    with pytest.raises(InvalidInput, match="'hologram'"):
        codecs.decode(payload)
