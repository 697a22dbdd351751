from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medialog_core.errors import InvalidInput
from medialog_core.export.run import export
from medialog_core.export.selection import Selection
from medialog_core.payload import Blob
from medialog_core.schema import TextMeta
from medialog_core.store.compact import compact
from tests.core.export.conftest import Run as MadeRun
from tests.core.export.conftest import image, index, png, stored, table
from tests.core.export.test_names import KEYS, ODD, check_parts

if TYPE_CHECKING:
    from tests.core.export.conftest import Run


def names(to: Path) -> list[str]:
    return sorted(path.relative_to(to).as_posix() for path in to.rglob("*") if path.is_file())


def test_files_have_readable_names(filled: Run, to: Path) -> None:
    report = export(filled.reader(), to)
    found = names(to)
    assert report.failed == {}
    assert report.rows == len(index(to)) == len(filled.reader().rows())
    for name in (
        "val/picture/000000002.png",
        "val/picture/000000002_mask_predictions.png",
        "val/picture/000000002.json",
        "val/picture/000000000_rank1.png",
        "val/list/000000001_001.png",
        "best/summary.png",
        "note/000000007.md",
        "long/000000000.txt",
        "hist/000000000.json",
        "odd/000000000.odd",
        "odd/000000000.json",
        "table/000000002.csv",
        "table/000000002.table.json",
        "table/000000002_cells/picture_000001.png",
        "table/000000002_cells/picture_000001_mask_a.png",
    ):
        assert name in found
    assert not [name for name in found if "tmp" in name]


@pytest.mark.parametrize("sealed", [False, True])
def test_every_byte_is_as_it_was_stored(filled: Run, to: Path, *, sealed: bool) -> None:
    before = stored(filled)
    if sealed:
        filled.writer.close()
        compact(filled.path)
    export(filled.reader(), to)
    exported = [(to / name).read_bytes() for name in names(to)]
    assert [data for _, data in before if data not in exported] == []
    assert (to / "run.json").read_bytes() == (filled.path / "run.json").read_bytes()


def test_a_line_of_the_index_is_whole_whatever_ends_lines_in_a_text(run: Run, to: Path) -> None:
    ends = ["a\rb", "a\r\nb", "a\nb", "\r"]
    for step, end in enumerate(ends):
        run.picture(b"p", end, step=step, caption=end)
    export(run.reader(), to)
    lines = sorted(index(to), key=lambda line: int(line["step"]))
    assert [(line["key"], line["caption"]) for line in lines] == [(end, end) for end in ends]


def test_the_index_names_every_file_and_says_what_it_is(filled: Run, to: Path) -> None:
    export(filled.reader(), to)
    lines = {(line["key"], line["step"], line["rank"], line["idx"]): line for line in index(to)}
    picture = lines["val/picture", "2", "0", "0"]
    assert (picture["width"], picture["height"], picture["kind"]) == ("3", "2", "image")
    assert (to / picture["file"]).read_bytes() == b"p2"
    extra = json.loads(picture["extra"])
    assert (to / extra["mask:predictions"]).read_bytes() == b"m"
    assert json.loads(picture["meta"])["masks"] == {"predictions": {"class_labels": {"1": "cat"}}}
    best = lines["best", "", "0", "0"]
    assert (best["caption"], best["file"]) == ('a "best", one\nwith a line', "best/summary.png")


def test_json_beside_a_file_says_what_the_file_cannot(filled: Run, to: Path) -> None:
    export(filled.reader(), to)
    said = json.loads((to / "val/picture/000000002.json").read_bytes())
    assert said["files"] == {
        "": "000000002.png",
        "mask:predictions": "000000002_mask_predictions.png",
    }
    assert said["meta"]["masks"] == {"predictions": {"class_labels": {"1": "cat"}}}
    assert not (to / "val/list/000000000_000.json").exists()  # there is nothing more to say
    assert json.loads((to / "hist/000000000.json").read_bytes())["meta"]["counts"] == [1, 2]
    assert json.loads((to / "odd/000000000.json").read_bytes())["meta"] == {
        "kind": "odd",
        "text": "x",
    }


def test_a_table_is_csv_with_its_media_as_files(filled: Run, to: Path) -> None:
    export(filled.reader(), to)
    with (to / "table/000000002.csv").open(encoding="utf-8", newline="") as file:
        first, second, empty = csv.DictReader(file)
    cells = "000000002_cells"
    assert first == {
        "n": "1",
        "text": "a,b",
        "yes": "true",
        "json": '{"uri":"u","size":1,"content_type":"","checksum":""}',
        "picture": f"{cells}/picture_000000.png",
        "list": f'["{cells}/list_000000_000.png","{cells}/list_000000_001.png"]',
        "any": "x",
        "words": "hi",
        "hists": f"{cells}/hists_000000.json",
    }
    assert (second["n"], second["any"], second["yes"]) == ("NaN", "Infinity", "false")
    assert (empty["n"], empty["any"], empty["picture"]) == ("", "3.5", "")
    assert (to / "table" / second["picture"]).read_bytes() == b"second"
    said = json.loads((to / "table" / f"{cells}/picture_000001.json").read_bytes())
    assert (said["caption"], "masks" in said["meta"]) == ("c", True)


def test_dates_in_csv_are_bare(run: MadeRun, to: Path) -> None:
    day, moment = "2024-05-06", "2024-05-06T07:08:09+02:00"
    columns: dict[str, tuple[str, list[Any]]] = {
        "day": ("date", [day]),
        "moment": ("datetime", [moment]),
        "any": ("any", [{"type": "date", "value": day}]),
    }
    run.log("dates", *table(columns, []))
    export(run.reader(), to)
    [path] = to.glob("dates/*.csv")
    assert path.read_text() == f"day,moment,any\n{day},{moment},{day}\n"


def test_media_in_dictionaries_of_a_table_are_files(run: MadeRun, to: Path) -> None:
    first, second = png(b"first"), png(b"second")
    inner = {"type": "json", "value": {"n": 1, "list": [{"type": "image", "value": second}]}}
    cell = [{"type": "image", "value": first}, inner]
    columns: dict[str, tuple[str, list[Any]]] = {
        "nested": ("nested", [cell, None]),
        "any": ("any", [{"type": "nested", "value": cell}, 1]),
    }
    run.log("nested", *table(columns, [first, second]))
    export(run.reader(), to)
    [path] = to.glob("nested/*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        found, empty = csv.DictReader(file)
    for column, said in found.items():
        one, two = (f"000000000_cells/{column}_000000_00{n}.png" for n in (0, 1))
        assert json.loads(said) == [one, {"n": 1, "list": [two]}]
        assert [(path.parent / name).read_bytes() for name in (one, two)] == [b"first", b"second"]
    assert empty == {"nested": "", "any": "1"}


def test_a_nul_is_replaced_in_csv_alone_where_no_reader_takes_it(run: MadeRun, to: Path) -> None:
    run.log("a\0b", *table({"t\0": ("string", ["x\0y"])}, []), caption="c\0")
    export(run.reader(), to)
    [line] = index(to)
    assert (line["key"], line["caption"]) == ("a\ufffdb", "c\ufffd")
    assert "a\0b" in json.loads((to / "keys.json").read_bytes())
    [path] = to.glob("*/*.csv")
    assert path.read_bytes() == "t\ufffd\r\nx\ufffdy\r\n".encode()


def test_numbers_config_and_summary_lie_beside(filled: Run, to: Path) -> None:
    export(filled.reader(), to)
    with (to / "scalars.csv").open(newline="") as file:
        points = list(csv.DictReader(file))
    assert [(p["key"], p["step"], p["epoch"]) for p in points] == [
        ("loss", str(step), "0.5") for step in range(3)
    ]
    assert [float(p["value"]) for p in points] == [1.0, 0.5, 1 / 3]
    assert json.loads((to / "config.json").read_bytes()) == {"lr": "Infinity"}
    assert json.loads((to / "summary.json").read_bytes()) == {"loss": 1 / 3}


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(("val/p*",)), {"val/picture"}),
        (Selection(("val/picture", "hi?t")), {"val/picture", "hist"}),
        (Selection(first=7), {"note"}),
        (Selection(first=1, last=2), {"val/picture", "val/list"}),
        (Selection(last=0), set()),
    ],
)
def test_keys_and_steps_are_chosen(
    filled: Run, to: Path, selection: Selection, expected: set[str]
) -> None:
    export(filled.reader(), to, selection=selection)
    assert {line["key"] for line in index(to)} == expected


@pytest.mark.parametrize("pattern", ["a[0]", "a*", "a[[]0]"])
def test_a_key_with_brackets_is_found_by_itself_and_by_patterns(
    run: MadeRun, to: Path, pattern: str
) -> None:
    run.picture(b"1", "a[0]")
    run.picture(b"2", "b0")
    export(run.reader(), to, selection=Selection((pattern,)))
    assert {line["key"] for line in index(to)} == {"a[0]"}


def test_a_pattern_that_matches_nothing_is_an_error(filled: Run, to: Path) -> None:
    with pytest.raises(
        InvalidInput, match=r"no key matches 'train/\*'; the run has \['best', 'hist'"
    ):
        export(filled.reader(), to, selection=Selection(("train/*",)))


def test_what_a_later_call_replaced_is_exported_when_it_is_wanted(run: Run, tmp_path: Path) -> None:
    for ts in (1.0, 2.0):
        run.picture(b"at %d" % ts, "k", ts=ts)
    export(run.reader(), tmp_path / "shown")
    assert (tmp_path / "shown/k/000000000.png").read_bytes() == b"at 2"
    export(run.reader(), tmp_path / "all", selection=Selection(history=True))
    assert (tmp_path / "all/k/000000000.png").read_bytes() == b"at 1"
    assert (tmp_path / "all/k/000000000_v2.png").read_bytes() == b"at 2"


def test_tables_in_a_file_of_another_shape_are_found(run: Run, to: Path) -> None:
    picture = run.writer._packs.place(png(b"picture"))
    inner = {"columns": [{"name": "a", "type": "image"}], "nrows": 1, "data": {"a": [
        {"kind": "image", "meta": {}, "file": to_dict(picture)}]}}  # fmt: skip
    left = run.writer._packs.place(table_blob(inner))
    run.log("joined", TextMeta(text="x"), table_blob({"tables": [to_dict(left)], "on": "a"}))
    assert export(run.reader(), to).failed == {}
    found = names(to / "joined")
    assert "000000000_cells/part_000000.table.json" in found
    assert "part_000000_a_000000.png" in " ".join(found)


def test_a_key_or_caption_with_a_carriage_return_is_one_line_of_the_index(
    run: Run, to: Path
) -> None:
    run.log("a\rb", image(), png(b"1"))
    run.picture(b"2", caption="c\rd")
    export(run.reader(), to)
    assert [(line["key"], line["caption"]) for line in index(to)] == [
        ("a\rb", ""),
        ("val/picture", "c\rd"),
    ]


def to_dict(file: object) -> dict[str, object]:
    return {
        name: getattr(file, name) for name in ("uri", "offset", "size", "content_type", "checksum")
    }


def table_blob(value: object) -> Blob:
    data = json.dumps(value).encode()
    return Blob(lambda: data, "application/vnd.medialog.table+json", "table.json")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(KEYS, st.lists(ODD.filter(bool), unique=True, max_size=4), st.data())
def test_no_file_lies_outside_or_replaces_another(
    keys: list[str], roles: list[str], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run, to = MadeRun(Path(folder) / "run"), Path(folder) / "deep" / "out"
        contents: list[bytes] = []
        for key in keys:
            for rank in range(data.draw(st.integers(1, 2))):
                for idx in range(data.draw(st.integers(1, 2))):
                    blobs = [
                        png(b"%d" % (len(contents) + i), role and f"mask:{role}")
                        for i, role in enumerate(["", *roles])
                    ]
                    contents += [b"%d" % (len(contents) + i) for i in range(len(blobs))]
                    run.log(key, image(), *blobs, rank=rank, idx=idx)
        report = export(run.reader(), to)
        assert report.failed == {}
        exported = [path.read_bytes() for path in to.rglob("*.png")]
        assert sorted(exported) == sorted(contents)
        assert list((Path(folder) / "deep").iterdir()) == [to]
        for path in to.rglob("*"):
            check_parts(path.relative_to(to).as_posix())
        for line in index(to):
            assert (to / line["file"]).is_file()
        run.writer.close()
