from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tarfile
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from medialog_core.payload import Blob, LinkedBlob
from medialog_core.schema import TableMeta, TextMeta
from medialog_core.store import layout, packs, segments, tar
from medialog_core.store.reader import RunReader
from medialog_core.store.writer import StoreWriter

if TYPE_CHECKING:
    from tests.core.store.conftest import Make


def never() -> bytes:
    raise AssertionError("a repeat was encoded")


def lines(directory: Path, area: str = "items") -> list[dict[str, Any]]:
    found = sorted((directory / area).glob("*.jsonl"))
    return [json.loads(line) for path in found for line in path.read_text().splitlines()]


def read(directory: Path, file: dict[str, Any]) -> bytes:
    begin = file.get("offset", 0)
    content: bytes = (directory / file["uri"]).read_bytes()
    return content[begin : begin + file["size"]]


def members(pack: Path) -> list[str]:
    with tarfile.open(pack) as archive:
        return archive.getnames()


def test_a_row_has_what_is_set_and_nothing_else(
    directory: Path, writer: StoreWriter, make: Make
) -> None:
    writer.write(make.text("hello", key="note", step=3, ts=2.5))
    writer.flush()
    expected = {
        "id": f"{writer.id}-000000000",
        "run": "r1",
        "key": "note",
        "ts": 2.5,
        "kind": "text",
        "meta": '{"kind":"text","text":"hello"}',
        "step": 3,
    }
    assert lines(directory) == [expected]


def test_a_picture_is_a_member_of_a_tar_that_its_row_points_into(
    directory: Path, writer: StoreWriter, make: Make
) -> None:
    writer.write(make.picture(b"png bytes"))
    writer.close()
    [row] = lines(directory)
    pack = directory / row["file"]["uri"]
    with tarfile.open(pack) as archive:
        [member] = archive.getmembers()
        content = archive.extractfile(member)
        assert content is not None
        assert content.read() == b"png bytes"
    assert member.name == f"{writer.id}-00000/000000000.png"
    assert member.offset_data == row["file"]["offset"]
    assert (row["width"], row["height"]) == (3, 2)
    assert row["file"]["checksum"] == f"SHA-256:{hashlib.sha256(b'png bytes').hexdigest()}"


def test_gnu_tar_unpacks_a_closed_pack(
    directory: Path, writer: StoreWriter, make: Make, tmp_path: Path
) -> None:
    contents = [os.urandom(size) for size in (0, 1, 511, 512, 513, 100_000)]
    for data in contents:
        writer.write(make.picture(data))
    writer.close()
    [pack] = (directory / "media").iterdir()
    subprocess.run(["tar", "-xf", pack, "-C", tmp_path], check=True)
    unpacked = sorted((tmp_path / pack.stem).iterdir())
    assert [path.read_bytes() for path in unpacked] == contents


def test_a_repeat_is_neither_encoded_nor_stored(
    directory: Path, writer: StoreWriter, make: Make
) -> None:
    first = make.picture(b"x" * 1000, digest=b"same")
    repeat = make.entry(TextMeta(), Blob(never, "image/png", "png", digest=b"same"), step=1)
    writer.write(first)
    writer.write(repeat)
    writer.close()
    one, two = lines(directory)
    assert one["file"] == two["file"]
    assert (directory / one["file"]["uri"]).stat().st_size == 512 + 1024 + len(tar.END)


def test_what_was_not_seen_for_long_is_forgotten(
    writer: StoreWriter, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "REMEMBERED", 2)
    for digest in (b"a", b"b", b"a", b"c"):
        writer.write(make.picture(digest, digest=digest))
    assert list(writer._packs._seen) == [b"a", b"c"]


def test_linked_blobs_are_placed_before_the_bytes_that_name_them(
    directory: Path, writer: StoreWriter, make: Make
) -> None:
    def render(files: Any) -> bytes:
        return json.dumps([[file.offset, file.size] for file in files]).encode()

    links = [Blob(lambda: b"one", "image/png", "png"), Blob(lambda: b"three", "image/png", "png")]
    table = LinkedBlob(links, render, "application/json", "json")
    writer.write(make.entry(TableMeta(columns=[], nrows=2), table))
    writer.close()
    [row] = lines(directory)
    cells = json.loads(read(directory, row["file"]))
    pack = (directory / row["file"]["uri"]).read_bytes()
    assert [pack[offset : offset + size] for offset, size in cells] == [b"one", b"three"]


def test_a_table_of_many_pictures_does_not_wait_whole_in_memory(
    writer: StoreWriter, make: Make
) -> None:
    waited: list[int] = []

    def produce() -> bytes:
        waited.append(writer._packs.waiting_bytes)
        return bytes(3_000_000)

    links = [Blob(produce, "image/png", "png") for _ in range(10)]
    writer.write(make.entry(TextMeta(), LinkedBlob(links, lambda _: b"", "a/b", "json")))
    assert max(waited) < 12_000_000


def test_what_is_large_has_a_file_of_its_own(
    directory: Path, writer: StoreWriter, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "OWN_FILE_BYTES", 1000)
    large = bytes(range(250)) * 4
    writer.write(make.entry(TextMeta(), Blob(lambda: large, "video/mp4", "mp4")))
    writer.write(make.picture(large[:-1]))
    writer.close()
    own, packed = (row["file"] for row in lines(directory))
    assert own["uri"] == f"media/{writer.id}-v00000.mp4"
    assert "offset" not in own
    assert (directory / own["uri"]).read_bytes() == large
    assert packed["uri"].endswith("-00000.tar")


def test_nothing_that_a_user_typed_gets_into_a_path(
    directory: Path, writer: StoreWriter, make: Make
) -> None:
    blob = Blob(lambda: b"x", "image/png", "../../evil")
    writer.write(make.entry(TextMeta(), blob, key="../../evil"))
    writer.close()
    [pack] = (directory / "media").iterdir()
    assert members(pack) == [f"{writer.id}-00000/000000000.bin"]


def test_a_full_pack_is_closed_and_another_begun(
    directory: Path, writer: StoreWriter, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "PACK_BYTES", 5000)
    contents = [bytes([i]) * 1000 for i in range(10)]
    for data in contents:
        writer.write(make.picture(data))
    writer.close()
    assert [read(directory, row["file"]) for row in lines(directory)] == contents
    found = sorted((directory / "media").iterdir())
    assert len(found) == 5
    assert all(path.stat().st_size <= 5000 for path in found)
    assert [len(members(path)) for path in found] == [2, 2, 2, 2, 2]


def test_a_segment_has_at_most_5000_rows(directory: Path, writer: StoreWriter, make: Make) -> None:
    for step in range(601):
        writer.write(make.scalars({f"k{i}": 1.0 for i in range(20)}, step=step))
    writer.close()
    found = sorted((directory / "scalars").glob("*.jsonl"))
    assert [len(path.read_text().splitlines()) for path in found] == [5000, 5000, 2020]
    assert len({row["id"] for row in lines(directory, "scalars")}) == 12_020


def test_a_segment_that_rested_is_not_taken_up_again(
    directory: Path, writer: StoreWriter, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.write(make.text())
    writer.flush()
    monkeypatch.setattr(segments, "IDLE_SECS", -1.0)
    writer.write(make.text())
    writer.close()
    assert len(list((directory / "items").iterdir())) == 2


@pytest.mark.parametrize(("rows", "committed"), [(49, 0), (50, 50), (51, 50)])
def test_50_rows_are_committed_without_a_flush(
    writer: StoreWriter, make: Make, rows: int, committed: int
) -> None:
    for _ in range(rows):
        writer.write(make.text())
    assert writer.committed == committed


def test_8_mib_are_committed_without_a_flush(writer: StoreWriter, make: Make) -> None:
    writer.write(make.picture(bytes(8 * 1024 * 1024)))
    assert writer.committed == 1


def test_numbers_that_json_lacks_are_spelt(
    directory: Path, writer: StoreWriter, make: Make
) -> None:
    values = {"a": float("nan"), "b": float("inf"), "c": float("-inf"), "d": 1.5}
    writer.write(make.scalars(values, epoch=float("nan")))
    writer.write(make.state("config", "lr", {"x": [float("nan"), 1]}))
    writer.close()
    rows = lines(directory, "scalars")
    assert [row["value"] for row in rows] == ["NaN", "Infinity", "-Infinity", 1.5]
    assert rows[0]["epoch"] == "NaN"
    assert lines(directory, "state")[0]["value"] == '{"x":["NaN",1]}'


def test_a_record_that_is_no_json_leaves_the_others_alone(
    directory: Path, writer: StoreWriter, make: Make
) -> None:
    writer.write(make.text(key="before"))
    with pytest.raises(UnicodeEncodeError):
        writer.write(make.text(key="\ud800"))
    writer.write(make.text(key="behind"))
    writer.close()
    assert [row["key"] for row in lines(directory)] == ["before", "behind"]


def test_a_scalar_run_makes_no_media(directory: Path, writer: StoreWriter, make: Make) -> None:
    writer.write(make.scalars({"loss": 1.0}))
    writer.close()
    assert sorted(path.name for path in directory.iterdir()) == ["run.json", "scalars"]


def test_writing_goes_on_behind_a_close(directory: Path, writer: StoreWriter, make: Make) -> None:
    for data in (b"one", b"two"):
        writer.write(make.picture(data))
        writer.close()
    assert [read(directory, row["file"]) for row in lines(directory)] == [b"one", b"two"]


def test_a_forked_child_writes_its_own_files_and_the_parent_its_own_rows(
    directory: Path, writer: StoreWriter, make: Make
) -> None:
    writer.write(make.picture(b"parent 1"))
    writer.flush()
    writer.write(make.picture(b"parent 2"))
    child = os.fork()
    if child == 0:
        try:
            writer.write(make.picture(b"child", rank=1))
            writer.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    writer.write(make.picture(b"parent 3"))
    writer.close()
    reader = RunReader(directory)
    rows = reader.rows(history=True)
    assert sorted(reader.payload(row).blobs[0].data for row in rows) == [  # type: ignore[union-attr]
        b"child",
        b"parent 1",
        b"parent 2",
        b"parent 3",
    ]
    assert len({row.id for row in rows}) == 4
    assert len({row.id[:15] for row in rows}) == 2


def test_the_files_of_a_table_are_not_all_in_memory(writer: StoreWriter, make: Make) -> None:
    links = [Blob(lambda: os.urandom(2**20), "text/html", "html", digest=None) for _ in range(48)]
    table = LinkedBlob(links, lambda files: repr(files).encode(), "application/json", "json")
    tracemalloc.start()
    try:
        writer.write(make.entry(TableMeta(columns=[], nrows=48), table))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 * 2**20
