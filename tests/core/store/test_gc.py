from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from medialog_core.errors import InvalidInput, StoreError
from medialog_core.payload import Blob, LinkedBlob
from medialog_core.schema import File, TableMeta, TextMeta
from medialog_core.store import layout, parquet, rewrite
from medialog_core.store.alone import alone
from medialog_core.store.compact import compact
from medialog_core.store.doctor import examine
from medialog_core.store.gc import Report, _Collection, gc
from medialog_core.store.packs import Packs
from medialog_core.store.reader import RunReader
from medialog_core.store.writer import StoreWriter

if TYPE_CHECKING:
    from tests.core.store.conftest import Make

HOUR = 3600.0


def age(directory: Path) -> None:
    """Let an hour pass since anything was written."""
    for path in directory.rglob("*"):
        stat = path.stat()
        os.utime(path, (stat.st_atime - HOUR, stat.st_mtime - HOUR))


def noise(seed: int, size: int = 5000) -> bytes:
    return bytes((seed * 31 + i * 7) % 251 for i in range(size))


def png(data: bytes, role: str = "") -> Blob:
    return Blob(lambda: data, "image/png", "png", role)


def table(*cells: bytes, content: dict[str, Any] | None = None) -> LinkedBlob:
    """A table with one column of pictures."""

    def render(files: Any) -> bytes:
        cells = [{"kind": "image", "meta": {}, "file": _json(file)} for file in files]
        columns = [{"name": "a", "type": "image"}]
        return json.dumps({"columns": columns, "data": {"a": cells}, **(content or {})}).encode()

    return LinkedBlob(
        [png(cell) for cell in cells],
        render,
        "application/vnd.medialog.table+json",
        "table.json",
    )


def _json(file: File) -> dict[str, Any]:
    return {name: getattr(file, name) for name in file.__struct_fields__}


def content(directory: Path) -> list[tuple[Any, ...]]:
    """What a reader sees of the media, places aside, whatever `gc` did."""
    reader = RunReader(directory)

    def seen(file: File | None) -> Any:
        if file is None:
            return None
        data = reader.read(file)
        if "table" not in file.content_type:
            return data
        cells = json.loads(data)["data"]["a"]
        return [reader.read(File(**cell["file"])) for cell in cells]

    return [
        (
            *(row.id, row.key, row.step, row.meta, row.caption, seen(row.file)),
            *((extra.role, seen(extra.file)) for extra in row.extra),
        )
        for row in reader.rows()
    ]


def fill(directory: Path, make: Make, *, rank: int = 0, steps: int = 6) -> None:
    """Write pictures with masks, of which each step is logged twice, and tables."""
    writer = StoreWriter(directory, "r1", rank)
    for step in range(steps):
        for ts in (1.0, 2.0):
            seed = step * 10 + int(ts) + rank * 1000
            mask = png(noise(seed + 500, 900), "mask:a")
            same = Blob(lambda: noise(77), "image/png", "png", "same", digest=b"same")
            place: dict[str, Any] = {"step": step, "rank": rank, "ts": ts}
            blobs = png(noise(seed)), mask, same
            writer.write(make.entry(TextMeta(text="ü"), *blobs, key="picture", **place))
            meta = TableMeta(columns=[], nrows=2)
            cells = table(noise(seed + 1), noise(seed + 2, 3000))
            writer.write(make.entry(meta, cells, key="table", **place))
        writer.flush()
    writer.write(make.state("status", "state", "finished", rank=rank))
    writer.close()


@pytest.fixture
def run(directory: Path, make: Make) -> Path:
    fill(directory, make)
    age(directory)
    return directory


def packs(directory: Path) -> list[str]:
    return sorted(path.name for path in (directory / "media").iterdir())


def errors(directory: Path) -> list[str]:
    return [finding.what for finding in examine(directory)]


@pytest.mark.parametrize("compacted", [False, True])
def test_what_a_later_call_replaced_goes_and_the_rest_reads_as_before(
    run: Path, *, compacted: bool
) -> None:
    if compacted:
        compact(run)
    before, size, history = content(run), packs(run), len(RunReader(run).rows(history=True))
    report = gc(run, drop_history=True, min_dead=0.3)
    assert content(run) == before
    assert errors(run) == []
    assert report.dropped_rows == history - len(before) == 12
    assert report.repacked == [f"media/{name}" for name in size]
    assert len(packs(run)) == 1
    assert packs(run) != size
    assert report.after < 0.6 * report.before
    assert len(RunReader(run).rows(history=True)) == len(before)
    assert [path.name[:2] for path in (run / "items").iterdir()] == ["c-"]
    assert gc(run, drop_history=True, min_dead=0.01) == Report(report.after, report.after)


def test_without_history_only_what_nothing_names_goes(run: Path) -> None:
    before = content(run), RunReader(run).rows(history=True)
    assert gc(run).removed == []
    assert (content(run), RunReader(run).rows(history=True)) == before


def test_what_a_killed_writer_left_without_rows_goes(run: Path, make: Make) -> None:
    killed = StoreWriter(run, "r1", 3)
    killed.write(make.picture(noise(1, 50_000), step=0, rank=3))
    killed.write(make.picture(noise(2), step=1, rank=3))
    killed.flush()
    [segment] = (run / "items").glob("0003-*")
    last = segment.read_bytes().splitlines(keepends=True)[1]
    segment.write_bytes(last[:-9])  # torn, so that only its bytes are there
    other = StoreWriter(run, "r1", 4)
    other.write(make.picture(noise(3, 50_000), step=0, rank=4))
    other.write(make.picture(noise(4), step=1, rank=4))
    other.flush()
    [segment] = (run / "items").glob("0004-*")
    lines = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(lines[1])
    age(run)
    before = content(run)
    report = gc(run)
    assert content(run) == before
    assert [uri[:11] for uri in report.removed] == ["media/0003-"]
    assert [uri[:11] for uri in report.repacked] == ["media/0004-"]
    assert report.moved == 1
    assert report.before - report.after > 100_000
    assert errors(run) == []


def test_a_dry_run_says_the_same_and_changes_nothing(run: Path) -> None:
    paths = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    said = gc(run, dry_run=True, drop_history=True, min_dead=0.3)
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*")} == paths
    done = gc(run, drop_history=True, min_dead=0.3)
    assert (said.removed, said.repacked, said.moved) == (done.removed, done.repacked, done.moved)
    assert abs(said.after - done.after) < 0.1 * done.after


def test_a_pack_that_is_mostly_alive_stays(run: Path) -> None:
    before = packs(run)
    report = gc(run, drop_history=True, min_dead=0.9)
    assert (report.repacked, packs(run)) == ([], before)
    assert report.dropped_rows == 12
    assert errors(run) == []


def test_several_writers_sealed_or_not(run: Path, make: Make) -> None:
    compact(run)
    fill(run, make, rank=1)
    age(run)
    before = content(run)
    gc(run, drop_history=True, min_dead=0.3)
    assert content(run) == before
    fill(run, make, rank=2)
    age(run)
    before = content(run)
    gc(run, drop_history=True, min_dead=0.3)
    compact(run)
    assert content(run) == before
    assert errors(run) == []


def test_a_large_blob_is_removed_and_a_large_table_written_anew(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "OWN_FILE_BYTES", 20_000)
    writer = StoreWriter(directory, "r1", 0)
    for ts in (1.0, 2.0):
        big = {"more": ["x" * 25_000]}
        cells = table(noise(int(ts)), noise(9, 30_000), content=big)
        meta = TableMeta(columns=[], nrows=1)
        writer.write(make.entry(meta, cells, key="table", ts=ts))
    writer.close()
    age(directory)
    before = content(directory)
    report = gc(directory, drop_history=True, min_dead=0.3)
    assert [Path(uri).suffix for uri in report.removed] == [".png", ".json", ".json"]
    assert len(report.repacked) == 1
    assert content(directory) == before
    assert errors(directory) == []


def test_a_table_in_a_table_is_written_anew(directory: Path, make: Make) -> None:
    writer = StoreWriter(directory, "r1", 0)
    inner = writer._packs.place(table(noise(1)))
    outer = json.dumps({"left": _json(inner), "right": [None, {"x": _json(inner)}]}).encode()
    blob = Blob(lambda: outer, "application/vnd.medialog.table+json", "table.json")
    writer.write(make.picture(noise(5, 40_000), ts=0.5))
    writer.write(make.entry(TextMeta(text="joined"), blob))
    writer.close()
    age(directory)
    gc(directory, drop_history=True)
    [row] = RunReader(directory).rows()
    assert row.file is not None
    value = json.loads(RunReader(directory).read(row.file))
    assert value["left"] == value["right"][1]["x"]
    assert value["left"]["uri"] != inner.uri
    assert errors(directory) == []


def test_a_file_of_a_later_version_keeps_what_is_said_of_it(directory: Path, make: Make) -> None:
    writer = StoreWriter(directory, "r1", 0)
    writer.write(make.picture(noise(5, 40_000), ts=0.5))
    writer.write(make.picture(noise(6), ts=1.0))
    writer.close()
    path = directory / "items" / "0007-0123456789-00000.jsonl"
    [pack] = (directory / "media").iterdir()
    file = _json(RunReader(directory).rows()[0].file)  # type: ignore[arg-type]
    row = {"id": "x-1", "run": "r1", "key": "new", "ts": 1, "kind": "odd", "meta": '{"kind":"odd"}'}
    path.write_text(json.dumps({**row, "file": file, "later": {"a": [1]}}) + "\n")
    age(directory)
    assert gc(directory, drop_history=True).repacked == [f"media/{pack.name}"]
    [odd] = RunReader(directory).rows("new")
    assert odd.file is not None
    assert RunReader(directory).read(odd.file) == noise(6)
    duckdb = pytest.importorskip("duckdb")
    found = duckdb.read_parquet(f"{directory}/items/c-*.parquet").filter("id = 'x-1'")
    assert found.project("later").fetchall() == [({"a": [1]},)]


def test_what_others_put_there_stays(run: Path) -> None:
    (run / "media" / "notes.txt").write_text("mine")
    (run / "events.out.tfevents.1.x").write_bytes(b"theirs")
    age(run)
    gc(run, drop_history=True, min_dead=0.3)
    assert (run / "media" / "notes.txt").read_text() == "mine"
    assert (run / "events.out.tfevents.1.x").exists()


def test_a_run_that_is_being_written_is_refused(directory: Path, make: Make) -> None:
    writer = StoreWriter(directory, "r1", 0)
    writer.write(make.state("status", "state", "running", ts=time.time()))
    writer.write(make.picture(noise(1)))
    writer.flush()
    age(directory)
    with pytest.raises(StoreError, match="sign of life in the last two minutes"):
        gc(directory)
    writer.write(make.state("status", "state", "finished", ts=time.time()))
    writer.close()
    with pytest.raises(
        StoreError, match=r"state/.*jsonl was changed \d+ s ago; try again in \d+ min$"
    ):
        gc(directory)
    age(directory)
    assert gc(directory).removed == []


def test_a_writer_on_a_full_disk_counts_as_writing(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = StoreWriter(directory, "r1", 0)
    writer.write(make.picture(noise(1)))
    writer.flush()
    age(directory)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(layout, "_write", full)
        writer.write(make.picture(noise(2), step=1))
        with pytest.raises(OSError, match="No space left"):
            writer.flush()
    with pytest.raises(StoreError, match=r"media/.*tar was changed \d+ s ago"):
        gc(directory)
    writer.close()


def test_a_rested_writer_never_names_what_gc_has_moved(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = StoreWriter(directory, "r1", 0)
    writer.write(make.picture(noise(1, 40_000), ts=0.5))
    writer.write(make.picture(noise(2), digest=b"d"))
    writer.flush()
    age(directory)
    assert len(gc(directory, drop_history=True).repacked) == 1
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + HOUR)
    writer.write(make.picture(noise(2), digest=b"d", step=1))
    writer.write(make.picture(noise(3), step=2))
    writer.close()
    reader = RunReader(directory)
    found = [reader.read(row.file) for row in reader.rows() if row.file is not None]
    assert found == [noise(2), noise(2), noise(3)]
    assert errors(directory) == []


def test_a_pack_with_a_damaged_blob_stays_and_is_named(run: Path) -> None:
    [pack] = (run / "media").iterdir()
    file = RunReader(run).rows("picture")[0].file
    assert file is not None
    assert file.offset is not None
    data = bytearray(pack.read_bytes())
    data[file.offset] ^= 1
    pack.write_bytes(data)
    age(run)
    report = gc(run, drop_history=True, min_dead=0.3)
    assert list(report.kept) == [f"media/{pack.name}"]
    assert "are not those that were written" in report.kept[f"media/{pack.name}"]
    assert packs(run) == [pack.name]
    assert len(errors(run)) == 1


def damage_table(run: Path) -> None:
    [pack] = (run / "media").iterdir()
    pack.write_bytes(pack.read_bytes().replace(b'"columns"', b'"Columns"'))


def damage_rows(run: Path) -> None:
    with next((run / "items").iterdir()).open("ab") as file:
        file.write(b'{"broken\n')


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_table, "table under 'table', and what its cells name is not known"),
        (damage_rows, "1 lines cannot be read, and what they name is not known"),
    ],
)
def test_where_it_cannot_be_told_what_is_named_nothing_is_changed(
    run: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(run)
    age(run)
    paths = {path: path.stat().st_size for path in run.rglob("*")}
    with pytest.raises(StoreError, match=message):
        gc(run, drop_history=True)
    assert {path: path.stat().st_size for path in run.rglob("*")} == paths


def test_a_reader_that_was_open_looks_again(run: Path) -> None:
    reader = RunReader(run)
    [stale, *_] = reader.rows("picture")
    before = content(run)
    gc(run, drop_history=True, min_dead=0.3)
    assert stale.file is not None
    with pytest.raises(StoreError, match="read its row again"):
        reader.read(stale.file)
    again = [row for row in reader.rows("picture") if row.id == stale.id]
    assert reader.read(again[0].file) == before[0][5]  # type: ignore[arg-type]


def test_not_while_the_run_is_compacted(run: Path) -> None:
    with alone(run / layout.RUN_FILE, shared=True):
        compact(run)
        with pytest.raises(StoreError, match="another `medialog` command is at work here"):
            gc(run)
    with (
        alone(run / layout.RUN_FILE),
        pytest.raises(StoreError, match="another `medialog` command is at work here"),
    ):
        compact(run)


def test_a_full_disk_changes_nothing(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    paths = {path: path.stat().st_size for path in run.rglob("*")}
    with monkeypatch.context() as patched:
        patched.setattr(layout, "_write", full)
        with pytest.raises(StoreError, match="No space left on device; nothing was changed"):
            gc(run, drop_history=True, min_dead=0.3)
    assert {path: path.stat().st_size for path in run.rglob("*")} == paths
    assert gc(run, drop_history=True, min_dead=0.3).moved > 0


class Crash(BaseException):
    """The process ends here."""


def crash(*_: object, **__: object) -> None:
    raise Crash


STEPS: list[tuple[str, Callable[[pytest.MonkeyPatch], None]]] = [
    ("while blobs are moved", lambda m: m.setattr(Packs, "place", crash)),
    ("before new packs are whole", lambda m: m.setattr(Packs, "write", crash)),
    ("before a file is renamed", lambda m: m.setattr(Path, "replace", crash)),
    ("before rows are rewritten", lambda m: m.setattr(parquet, "rewrite", crash)),
    ("before rows are counted", lambda m: m.setattr(parquet, "count", crash)),
    ("before new rows are published", lambda m: m.setattr(rewrite, "publish", crash)),
    ("before anything is removed", lambda m: m.setattr(Path, "unlink", crash)),
    ("before packs are removed", lambda m: m.setattr(_Collection, "_remove", crash)),
]


@pytest.mark.parametrize(("when", "plant"), STEPS, ids=[step[0] for step in STEPS])
@pytest.mark.parametrize("compacted", [False, True])
def test_broken_off_anywhere_nothing_is_lost_and_the_next_time_ends_it(
    run: Path,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
    plant: Callable[[pytest.MonkeyPatch], None],
    *,
    compacted: bool,
) -> None:
    if compacted:
        compact(run)
    before = content(run)
    with monkeypatch.context() as planted:
        plant(planted)
        with pytest.raises(Crash):
            gc(run, drop_history=True, min_dead=0.3)
    assert content(run) == before, when
    gc(run, drop_history=True, min_dead=0.3)
    assert content(run) == before
    assert errors(run) == []
    assert len(packs(run)) == 1
    assert sorted(path.name for path in run.iterdir() if path.name.startswith(".")) == []
    assert [path.name[:2] for path in (run / "items").iterdir()] == ["c-"]


@pytest.mark.parametrize("share", [0.0, -1.0, 1.1, float("nan")])
def test_the_share_is_checked(run: Path, share: float) -> None:
    with pytest.raises(InvalidInput, match=r"min_dead: expected a share in \(0, 1\], got"):
        gc(run, min_dead=share)


def test_an_empty_run_has_nothing_to_collect(directory: Path) -> None:
    assert gc(directory, drop_history=True) == Report()
