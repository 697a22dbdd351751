from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core.errors import StoreError
from medialog_core.payload import Blob, LinkedBlob, Payload
from medialog_core.schema import File, Row, TableMeta, TextMeta, UnknownMeta
from medialog_core.store import files, repeats
from medialog_core.store.reader import RunReader
from medialog_core.store.writer import StoreWriter

if TYPE_CHECKING:
    from tests.core.store.conftest import Make


class OddMeta(TextMeta, tag="odd"):
    """A kind of a later version."""


def texts(reader: RunReader, rows: list[Row]) -> list[Any]:
    return [reader.payload(row).meta.text for row in rows]  # type: ignore[attr-defined]


def test_an_empty_run_has_nothing(reader: RunReader) -> None:
    assert reader.keys() == reader.scalar_keys() == []
    assert reader.rows() == []
    assert reader.scalars("a") == []
    assert reader.config == reader.summary == reader.health == {}
    assert reader.last_step == -1
    assert (reader.id, reader.name, reader.project) == ("r1", "first", "default")


def test_a_picture_comes_back_with_all_that_was_said_of_it(
    writer: StoreWriter, reader: RunReader, make: Make
) -> None:
    mask = Blob(lambda: b"mask", "image/png", "png", role="mask:predictions")
    entry = make.entry(
        TextMeta(), Blob(lambda: b"own", "image/png", "png"), mask, key="a/b", step=7
    )
    entry.payload.caption, entry.payload.sample_id = "a cat", "0/12"
    writer.write(entry)
    writer.flush()
    [row] = reader.rows("a/b", 7)
    payload = reader.payload(row)
    assert [(b.role, b.data, b.content_type) for b in payload.blobs if isinstance(b, Blob)] == [
        ("", b"own", "image/png"),
        ("mask:predictions", b"mask", "image/png"),
    ]
    assert (payload.caption, payload.sample_id) == ("a cat", "0/12")
    assert row.file is not None
    assert payload.fetch(row.file) == b"own"


def test_a_tables_cells_are_fetched_by_the_file_they_name(
    writer: StoreWriter, reader: RunReader, make: Make
) -> None:
    seen: list[File] = []

    def render(placed: Any) -> bytes:
        seen.extend(placed)
        return b"{}"

    link = Blob(lambda: b"cell", "image/png", "png")
    table = LinkedBlob([link], render, "application/vnd.medialog.table+json", "json")
    writer.write(make.entry(TableMeta(columns=[], nrows=1), table))
    writer.flush()
    payload = reader.payload(reader.rows()[0])
    assert payload.fetch(seen[0]) == b"cell"


def test_load_uses_the_decoder_it_was_given(
    directory: Path, writer: StoreWriter, make: Make
) -> None:
    writer.write(make.text("hello"))
    writer.flush()
    decoding = RunReader(directory, decode=lambda payload: type(payload).__name__)
    assert decoding.load(decoding.rows()[0]) == "Payload"
    assert isinstance(RunReader(directory).load(decoding.rows()[0]), Payload)


def test_rows_are_found_by_key_and_step(writer: StoreWriter, reader: RunReader, make: Make) -> None:
    for step in (5, 1, 3):
        for key in ("b", "a"):
            writer.write(make.text(f"{key}{step}", key=key, step=step))
    writer.write(make.text("at the end", key="c", step=None))
    writer.flush()
    assert reader.keys() == ["a", "b"]
    assert reader.steps("a") == [1, 3, 5]
    assert reader.steps("c") == []
    assert texts(reader, reader.rows("a")) == ["a1", "a3", "a5"]
    assert texts(reader, reader.rows(step=3)) == ["a3", "b3"]
    assert texts(reader, reader.rows("b", 5)) == ["b5"]
    assert len(reader.rows()) == 7
    assert texts(reader, reader.summary_rows()) == texts(reader, reader.rows("c")) == ["at the end"]
    assert reader.last_step == 5


@pytest.mark.parametrize("key", ["a/b", "../x", "a:b", "x" * 300, "🙂", " ", "a\tb\n", "'\"", "*"])
def test_any_key_is_found_again(
    writer: StoreWriter, reader: RunReader, make: Make, key: str
) -> None:
    writer.write(make.text(key=key))
    writer.write(make.scalars({key: 1.0}))
    writer.flush()
    assert (reader.keys(), reader.scalar_keys()) == ([key], [key])
    assert len(reader.rows(key)) == len(reader.scalars(key)) == 1


def test_nan_and_infinities_are_found_as_such(
    writer: StoreWriter, reader: RunReader, make: Make
) -> None:
    for step, value in enumerate((0.1, math.nan, math.inf, -math.inf)):
        writer.write(make.scalars({"loss": value}, step=step, epoch=0.5, ts=2.0, rank=3))
    writer.flush()
    points = reader.scalars("loss")
    assert points[0] == (0, 0.1, 0.5, 2.0, 3)
    assert math.isnan(points[1].value)
    assert [point.value for point in points[2:]] == [math.inf, -math.inf]


def test_the_last_call_at_a_step_replaces_the_earlier_as_a_whole(
    writer: StoreWriter, reader: RunReader, make: Make
) -> None:
    for idx in range(3):
        writer.write(make.text(f"first {idx}", idx=idx, ts=1.0))
    for idx in range(2):
        writer.write(make.text(f"second {idx}", idx=idx, ts=2.0))
    writer.write(make.text("other rank", rank=1, ts=0.5))
    writer.write(make.scalars({"k": 1.0}, ts=1.0))
    writer.write(make.scalars({"k": 2.0}, ts=2.0))
    writer.flush()
    assert texts(reader, reader.rows("k")) == ["second 0", "second 1", "other rank"]
    assert len(reader.rows("k", history=True)) == 6
    assert [point.value for point in reader.scalars("k")] == [2.0]
    assert [point.value for point in reader.scalars("k", history=True)] == [1.0, 2.0]


def test_of_two_calls_in_one_tick_of_the_clock_the_later_counts(
    writer: StoreWriter, reader: RunReader, make: Make
) -> None:
    for call, count in (("first", 3), ("second", 2)):
        for idx in range(count):
            writer.write(make.text(f"{call} {idx}", idx=idx))
    writer.flush()
    assert texts(reader, reader.rows()) == ["second 0", "second 1"]


calls = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(1, 3)), min_size=1, max_size=12
)


@settings(max_examples=50, deadline=None)
@given(calls, st.randoms(use_true_random=False))
def test_repeats_are_decided_alike_in_any_order_of_reading(
    calls: list[tuple[int, int, int]], shuffler: Any
) -> None:
    rows: list[Row] = []
    expected: dict[tuple[int, int], list[str]] = {}
    for ts, (step, rank, length) in enumerate(calls):
        call = [
            Row(f"w-{len(rows) + i:09d}", "r", "k", ts, "text", "", step=step, rank=rank, idx=i)
            for i in range(length)
        ]
        rows += call
        expected[step, rank] = [row.id for row in call]
    shuffler.shuffle(rows)
    found = [row.id for row in repeats.visible(rows)]
    assert found == [id_ for place in sorted(expected) for id_ in expected[place]]


def test_unknown_kinds_and_fields_pass_through(
    directory: Path, writer: StoreWriter, reader: RunReader, make: Make
) -> None:
    odd = make.entry(OddMeta(text="?"), Blob(lambda: b"bytes", "application/odd", "odd"))
    writer.write(odd)
    writer.flush()
    [row] = reader.rows()
    payload = reader.payload(row)
    assert isinstance(payload.meta, UnknownMeta)
    assert (row.kind, payload.meta.kind) == ("odd", "odd")
    again = StoreWriter(directory, "r1", 1)
    again.write(make.entry(payload.meta, *payload.blobs, rank=1))
    again.close()
    copied = reader.rows()[1]
    assert (copied.kind, copied.meta) == (row.kind, row.meta)
    assert copied.file is not None
    assert reader.read(copied.file) == b"bytes"


def test_what_is_written_meanwhile_is_read(
    writer: StoreWriter, reader: RunReader, make: Make
) -> None:
    for step in range(3):
        writer.write(make.text(step=step))
        writer.flush()
        assert reader.steps("k") == list(range(step + 1))


def test_a_torn_last_line_is_dropped_until_it_is_whole(
    directory: Path, writer: StoreWriter, reader: RunReader, make: Make
) -> None:
    writer.write(make.text("one"))
    writer.write(make.text("two", step=1))
    writer.flush()
    [segment] = (directory / "items").iterdir()
    content = segment.read_bytes()
    for cut in range(len(content) + 1):
        segment.write_bytes(content[:cut])
        assert len(reader.rows()) == content[:cut].count(b"\n")


def test_a_damaged_line_hides_no_other(
    directory: Path, writer: StoreWriter, reader: RunReader, make: Make
) -> None:
    for step in range(3):
        writer.write(make.text(step=step))
    writer.close()
    [segment] = (directory / "items").iterdir()
    one, two, three = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(one + bytes(len(two) - 1) + b"\n" + three)
    assert reader.steps("k") == [0, 2]
    assert reader._items.damages() == [(segment, 1, 0)]


def test_bytes_cut_short_are_an_error_that_names_the_file(
    directory: Path,
    writer: StoreWriter,
    reader: RunReader,
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "_PAUSE_SECS", 0.0)
    writer.write(make.picture(b"x" * 100))
    writer.close()
    [row] = reader.rows()
    [pack] = (directory / "media").iterdir()
    pack.write_bytes(pack.read_bytes()[:550])
    with pytest.raises(StoreError, match=f"{pack.name}: expected 100 bytes at 512, got 38"):
        _ = reader.load(row).blobs[0].data
    pack.unlink()
    with pytest.raises(StoreError, match=f"{pack.name}: missing"):
        _ = reader.load(row).blobs[0].data


def test_a_read_that_comes_too_early_is_tried_again(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = directory / "late"
    late.write_bytes(b"ha")
    monkeypatch.setattr(time, "sleep", lambda secs: secs and late.write_bytes(b"half"))
    assert files.read(directory, File("late", 4, "a/b", "")) == b"half"


@pytest.mark.parametrize("uri", ["/etc/passwd", "../other/run.json", "media/../../x"])
def test_a_row_cannot_name_what_is_outside_the_run(reader: RunReader, uri: str) -> None:
    with pytest.raises(StoreError, match="inside the run directory"):
        reader.read(File(uri, 1, "a/b", ""))
