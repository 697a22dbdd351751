"""Tables, rendered by TensorBoard's own Markdown."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as PilImage
from tensorboard.plugin_util import markdown_to_safe_html

from medialog_core import Audio, Image, JoinedTable, PartitionedTable, Table, Text, codecs
from medialog_core.runs.opening import start
from medialog_core.runs.spec import RunSpec
from medialog_core.sinks.tensorboard import summaries
from medialog_core.sinks.tensorboard.forms import cells as beside
from medialog_core.sinks.tensorboard.forms import tables

PICTURE = Image(np.zeros((4, 6, 3), np.uint8), caption="a cat")
LEFT_OUT = 'are not shown here. The store has them: sinks=("store", ...).'


def rendered(value: Any) -> str:
    """Give the HTML that TensorBoard's text tab shows."""
    [payload] = codecs.encode([value])
    shown = summaries.show(payload)
    assert shown.item is not None
    return str(markdown_to_safe_html(shown.item))


def visible(page: str) -> str:
    """Give what a reader sees of HTML: line breaks, and no tags."""
    without_tags = re.sub(r"<[^>]+>", "", page.replace("\n", "").replace("<br>", "\n"))
    return html.unescape(without_tags)


def cells(page: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [
        [visible(cell) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]


def test_a_table_shows_its_cells_plainly() -> None:
    table = Table(columns=["a|b", "x"])
    table.add_data("<i>1|2</i>\nnext", 0.5)
    table.add_data(None, float("nan"))
    assert cells(rendered(table)) == [["a|b", "x"], ["<i>1|2</i>\nnext", "0.5"], ["\xa0", "NaN"]]


def test_a_media_cell_is_named_with_its_size_and_caption() -> None:
    table = Table(columns=["picture"])
    table.add_data(PICTURE)
    assert cells(rendered(table)) == [["picture"], ["image 6×4 'a cat'"]]


def test_a_media_cell_without_a_caption_is_named_by_its_label() -> None:
    label = {"truth": "7", "prediction": "1", "score": 0.62}
    table = Table(["p"], [[Image(np.zeros((4, 6), np.uint8), label=label)]])
    assert cells(rendered(table))[1] == ["image 6×4 '7 -> 1 (0.62)'"]


def logged(tmp_path: Path, read: Any, value: Any) -> Any:
    run = start(RunSpec(tmp_path, "r", "r", sinks=("tensorboard",)))
    run.log({"t": value})
    run.finish()
    return read()


def shown(accumulator: Any, tag: str) -> list[bytes]:
    [event] = accumulator.Tensors(tag)
    return list(event.tensor_proto.string_val)


def gray(level: int) -> Image:
    return Image(np.full((9, 9), level, np.uint8))


def test_pictures_and_sounds_of_cells_stand_beside_it(tmp_path: Path, read: Any) -> None:
    sound = Audio(np.zeros(100), 8000)
    table = Table(["p", "none", "s"], [[gray(1), 1, sound], [None, 2, sound], [gray(2), 3, sound]])
    accumulator = logged(tmp_path, read, table)
    assert sorted(accumulator.Tags()["tensors"]) == ["t", "t/p", "t/s"]
    width, height, *pictures = shown(accumulator, "t/p")
    assert (width, height) == (b"9", b"9")
    assert [PilImage.open(io.BytesIO(one)).getpixel((0, 0)) for one in pictures] == [1, 2]
    assert len(shown(accumulator, "t/s")) == 3 * 2  # each with its label
    assert shown(accumulator, "t")[0].endswith(
        b"Media of its cells, 25 a column at most: tab Audio and Images."
    )


@pytest.mark.parametrize("user_json", [{"meta": {"source": "web"}}, {"kind": "image", "meta": 1}])
def test_dictionaries_that_look_like_media_stay_in_the_table(
    tmp_path: Path, read: Any, user_json: dict[str, Any]
) -> None:
    accumulator = logged(tmp_path, read, Table(["p", "json"], [[gray(1), user_json]]))
    assert sorted(accumulator.Tags()["tensors"]) == ["t", "t/p"]


def test_only_the_first_cells_stand_beside_it(tmp_path: Path, read: Any) -> None:
    accumulator = logged(tmp_path, read, Table(["p"], [[[gray(i)] * 3] for i in range(20)]))
    assert len(shown(accumulator, "t/p")) == 2 + beside.MAX_CELLS


def test_cells_of_joined_tables_and_of_lists_have_names_of_their_own(
    tmp_path: Path, read: Any
) -> None:
    table, other = Table(["i", "p"], [[1, gray(1)]]), Table(["i", "p"], [[1, gray(2)]])
    accumulator = logged(
        tmp_path, read, [JoinedTable(table, other, "i"), JoinedTable(table, table, "i")]
    )
    assert sorted(accumulator.Tags()["tensors"]) == [
        "t", "t/0/table1/p", "t/0/table2/p", "t/1/table1/p",
    ]  # fmt: skip


def test_cells_of_the_parts_of_a_table_stand_together(tmp_path: Path, read: Any) -> None:
    parts = PartitionedTable([Table(["p"], [[gray(1)]]), Table(["p"], [[gray(2)], [gray(3)]])])
    assert len(shown(logged(tmp_path, read, parts), "t/p")) == 2 + 3


def test_a_long_table_says_how_many_rows_are_missing_and_where_they_are() -> None:
    table = Table(columns=["i"], data=[[i] for i in range(tables.MAX_ROWS + 1234)])
    page = rendered(table)
    assert [row[0] for row in cells(page)] == ["i", *(str(i) for i in range(tables.MAX_ROWS))]
    assert (
        '1,234 more rows are not shown here. The store has them: sinks=("store", ...).'
        in visible(page)
    )


def test_a_table_without_rows_shows_its_columns() -> None:
    assert cells(rendered(Table(columns=["a", "b"])))[0] == ["a", "b"]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (1, "1"),
        (1234567.25, "1.23457e+06"),
        (True, "true"),
        (dt.date(2024, 5, 6), "2024-05-06"),
        (dt.datetime(2024, 5, 6, 7), "2024-05-06T07:00:00"),  # noqa: DTZ001 - naive on purpose
        ([1, {"kind": "image"}], '[1,{"kind":"image"}]'),
        ([PICTURE, PICTURE], "image 6×4 'a cat', image 6×4 'a cat'"),
        ({"type": "json", "p": [PICTURE, 2]}, '{"type":"json","p":["image 6×4 \'a cat\'",2]}'),
        (Text("x"), "text"),
        (None, "\xa0"),
    ],
)
def test_a_cell_of_any_type_is_shown_alike_alone_and_among_others(cell: Any, shown: str) -> None:
    alone = Table(["a"], [[cell]])
    among = Table(["a"], [[cell], ["x"], [2], [PICTURE]], allow_mixed_types=True)
    assert cells(rendered(alone))[1] == cells(rendered(among))[1] == [shown]


def test_a_table_has_its_caption() -> None:
    assert visible(rendered(Table(["a"], [[1]], caption="*errors*"))).startswith("*errors*")


def test_a_joined_table_shows_both_and_their_key() -> None:
    joined = JoinedTable(
        Table(["id"], [[1]]), Table(["no", "x"], [[1, "y"]]), ["id", "no"], caption="c"
    )
    page = rendered(joined)
    assert "Joined: id of the first table with no of the second." in visible(page)
    assert cells(page) == [["id"], ["1"], ["no", "x"], ["1", "y"]]


def test_a_table_joined_with_itself_is_shown_once() -> None:
    table = Table(["id"], [[1]])
    page = rendered(JoinedTable(table, table, "id"))
    assert "Joined: id of this table with id of itself." in visible(page)
    assert cells(page) == [["id"], ["1"]]


def test_the_parts_of_a_table_are_shown_below_each_other() -> None:
    counts = (60, 0, 60, 5)
    parts = [Table(["i"], [[i] for i in range(count)]) for count in counts]
    page = rendered(PartitionedTable(parts))
    assert "4 parts of 60, 0, 60, 5 rows." in visible(page)
    assert len(cells(page)) == 1 + tables.MAX_ROWS
    assert f"25 more rows {LEFT_OUT}" in visible(page)


def test_increments_are_steps_of_their_own(tmp_path: Path, read: Any) -> None:
    run = start(RunSpec(tmp_path, "r", "r", sinks=("tensorboard",)))
    table = Table(["i"], log_mode="INCREMENTAL")
    for step in range(3):
        table.add_data(step)
        table.add_data(10 * step)
        run.log({"t": table}, step=step)
    run.finish()
    events = read().Tensors("t")
    pages = [markdown_to_safe_html(event.tensor_proto.string_val[0]) for event in events]
    assert [event.step for event in events] == [0, 1, 2]
    assert [cells(page) for page in pages] == [[["i"], [str(i)], [str(10 * i)]] for i in range(3)]
    assert "Rows 2 to 3 of a table that grows." in visible(pages[1])
