from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from medialog_core.errors import MissingExtra, StoreError
from medialog_core.payload import Blob
from medialog_core.schema import FORMAT, Row, RunFile, TextMeta
from medialog_core.store import layout, parquet, segments
from medialog_core.store import seal as sealing
from medialog_core.store.compact import compact
from medialog_core.store.reader import RunReader, ScalarPoint
from medialog_core.store.seal import Report, seal
from medialog_core.store.writer import StoreWriter

if TYPE_CHECKING:
    from tests.core.store.conftest import Make

Seen = tuple[list[Row], list[Row], list[ScalarPoint], dict[str, Any]]


def seen(directory: Path) -> Seen:
    """What a reader sees of the run, which no sealing may change."""
    reader = RunReader(directory)
    return (
        reader.rows(),
        reader.rows(history=True),
        reader.scalars("loss", history=True),
        reader.config,
    )


def fill(directory: Path, make: Make, *, rank: int = 0, status: str | None = "finished") -> str:
    """Write a bit of everything, in two segments an area."""
    writer = StoreWriter(directory, "r1", rank)
    for part in range(2):
        for step in range(5):
            mask = Blob(lambda: b"mask", "image/png", "png", role="mask:a")
            own = Blob(lambda: b"own", "image/png", "png")
            writer.write(
                make.entry(TextMeta(text="ü"), own, mask, key="k'1", step=step, rank=rank, ts=part)
            )
            writer.write(
                make.scalars({"loss": 0.1 * step}, step=step, rank=rank, epoch=0.5, ts=part)
            )
        writer.write(make.text(step=None, rank=rank))
        writer.write(make.scalars({"loss": float("inf")}, step=9, rank=rank))
        writer.write(make.state("config", "lr", [float("-inf"), "text"], rank=rank, ts=part))
        writer.close()
    if status is not None:
        writer.write(make.state("status", "state", status, rank=rank, ts=time.time()))
        writer.close()
    return writer.id


def names(directory: Path, area: str = "items") -> list[str]:
    return sorted(path.name for path in (directory / area).iterdir())


def age(monkeypatch: pytest.MonkeyPatch, secs: float = 4000.0) -> None:
    """Let `secs` pass for sealing."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + secs)


def test_sealing_changes_nothing_that_is_read(directory: Path, make: Make) -> None:
    writer = fill(directory, make)
    before = seen(directory)
    report = seal(directory)
    assert seen(directory) == before
    assert len(report.sealed) == 7
    assert report.kept == {}
    stems = [f"{writer}-00000", f"{writer}-00001"]
    assert names(directory) == sorted(f"{s}{end}" for s in stems for end in (".jsonl", ".parquet"))


def test_parquet_alone_reads_the_same(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(directory, make)
    before = seen(directory)
    seal(directory)
    age(monkeypatch)
    report = seal(directory)
    assert len(report.removed) == 7
    assert all(
        name.endswith(".parquet") for area in layout.AREAS for name in names(directory, area)
    )
    assert seen(directory) == before


def test_lines_stay_for_a_minute_and_while_somebody_may_write_them(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = fill(directory, make)
    seal(directory)
    age(monkeypatch, 50.0)
    assert seal(directory).removed == []
    age(monkeypatch, 70.0)
    removed = seal(directory).removed
    assert f"items/{writer}-00000.jsonl" in removed
    assert f"items/{writer}-00001.jsonl" not in removed


def test_compacting_leaves_one_file_an_area(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rank in range(3):
        fill(directory, make, rank=rank)
    before = seen(directory)
    said: list[str] = []
    report = compact(
        directory, progress=lambda what, done, total: said.append(f"{what} {done}/{total}")
    )
    assert seen(directory) == before
    assert len(report.compacted) == 21
    assert said[-1] == "merging state 2/3"
    age(monkeypatch)
    compact(directory)
    for area in layout.AREAS:
        [name] = names(directory, area)
        assert name.startswith("c-")
    assert seen(directory) == before


def test_a_resumed_run_is_compacted_again(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(directory, make)
    compact(directory)
    fill(directory, make, rank=1)
    before = seen(directory)
    compact(directory)
    assert seen(directory) == before
    age(monkeypatch)
    compact(directory)
    assert [len(names(directory, area)) for area in layout.AREAS] == [1, 1, 1]
    assert seen(directory) == before


def test_compacted_rows_are_sorted_by_key_and_step(directory: Path, make: Make) -> None:
    writer = StoreWriter(directory, "r1", 0)
    for step in (3, 1, 2):
        for key in ("b", "a"):
            writer.write(make.text(key=key, step=step))
        writer.close()
    writer.write(make.state("status", "state", "finished"))
    writer.close()
    compact(directory)
    [path] = (directory / "items").glob("c-*.parquet")
    found = duckdb.read_parquet(str(path)).project("key, step").fetchall()
    assert found == [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2), ("b", 3)]


def test_of_a_running_run_only_closed_segments_are_sealed(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = fill(directory, make, status="running")
    report = seal(directory)
    assert sorted(report.sealed) == [
        f"{area}/{writer}-{0:05d}.jsonl" for area in sorted(("items", "scalars", "state"))
    ] + [f"state/{writer}-00001.jsonl"]
    assert len(seal(directory, writer=writer).sealed) == 3
    other = fill(directory, make, rank=1, status=None)
    age(monkeypatch)
    assert all(other in name for name in seal(directory).sealed)


def test_lines_that_grew_behind_their_sealing_are_read_and_not_removed(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(directory, make)
    writer = StoreWriter(directory, "r1", 5)
    writer.write(make.text(key="late", rank=5))
    writer.flush()
    compact(directory)
    time.sleep(0.02)  # one tick of the file system's clock
    writer.write(make.text(key="later", rank=5))
    writer.close()
    assert [len(RunReader(directory).rows(key)) for key in ("late", "later")] == [1, 1]
    age(monkeypatch)
    compact(directory)
    assert [len(RunReader(directory).rows(key)) for key in ("late", "later")] == [1, 1]


def test_lines_that_grew_behind_a_compaction_are_part_of_the_next(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(directory, make)
    writer = StoreWriter(directory, "r1", 5)
    writer.write(make.text(key="late", rank=5))
    writer.flush()
    compact(directory)
    time.sleep(0.02)  # one tick of the file system's clock
    writer.write(make.text(key="later", rank=5))
    writer.close()
    fill(directory, make, rank=6)
    before = seen(directory)
    compact(directory)
    assert seen(directory) == before
    age(monkeypatch)
    compact(directory)
    assert seen(directory) == before
    assert len(RunReader(directory).rows("later")) == 1
    assert len(names(directory)) == 1


@pytest.mark.parametrize(
    ("area", "own", "columns"),
    [
        ("items", '"kind":"odd","meta":"{}"', ("odd", [])),
        ("scalars", '"step":1,"value":"NaN"', (1, None)),
    ],
)
def test_unknown_columns_survive(
    area: str, own: str, columns: tuple[Any, ...], directory: Path, make: Make
) -> None:
    fill(directory, make)
    path = directory / area / "0007-0123456789-00000.jsonl"
    path.write_text(f'{{"id":"x-1","run":"r1","key":"new","ts":1,{own},"later":{{"a":[1]}}}}\n')
    compact(directory)
    [compacted] = (directory / area).glob("c-*.parquet")
    found = duckdb.read_parquet(str(compacted)).filter("id = 'x-1'")
    assert found.project("later, rank").fetchall() == [({"a": [1]}, 0)]
    names = {"items": "kind, extra", "scalars": "step, epoch"}[area]
    assert found.project(names).fetchall() == [columns]


def test_a_torn_last_line_is_no_obstacle(directory: Path, make: Make) -> None:
    writer = fill(directory, make)
    path = directory / "items" / f"{writer}-00001.jsonl"
    before = seen(directory)
    with path.open("ab") as file:
        file.write(b'{"id":"torn')
    assert seal(directory).kept == {}
    path.unlink()
    assert seen(directory) == before


def test_a_segment_with_a_damaged_line_stays_as_it_is(directory: Path, make: Make) -> None:
    writer = fill(directory, make)
    path = directory / "items" / f"{writer}-00001.jsonl"
    with path.open("ab") as file:
        file.write(b'{"id":"broken\n')
    before = seen(directory)
    report = compact(directory)
    assert list(report.kept) == [f"items/{writer}-00001.jsonl"]
    assert seen(directory) == before
    assert path.exists()
    assert not [name for name in names(directory) if "tmp" in name]


def test_a_segment_that_does_not_come_out_whole_stays_as_it_is(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(directory, make)
    before = seen(directory)
    copy = parquet.copy_lines
    monkeypatch.setattr(parquet, "copy_lines", lambda *args: copy(*args) - 1)
    report = seal(directory)
    assert (len(report.kept), report.sealed) == (7, [])
    assert all(name.endswith(".jsonl") for name in names(directory))
    assert seen(directory) == before


def test_rows_that_are_there_twice_are_compacted_to_one(directory: Path, make: Make) -> None:
    fill(directory, make)
    seal(directory)
    before = seen(directory)
    for path in (directory / "items").glob("*.parquet"):
        shutil.copy(path, path.with_name(f"9{path.name[1:]}"))
    assert seen(directory) == before
    compact(directory)
    [compacted] = (directory / "items").glob("c-*.parquet")
    assert len(duckdb.read_parquet(str(compacted))) == len(before[1])


def test_a_writer_leaves_a_resting_segment_before_it_may_be_sealed() -> None:
    assert segments.IDLE_SECS + 60.0 < sealing.REST_SECS


class Crash(BaseException):
    """The process ends here."""


def crash(*_: object, **__: object) -> None:
    raise Crash


STEPS: list[tuple[str, Callable[[pytest.MonkeyPatch], None]]] = [
    ("before the rows are copied", lambda m: m.setattr(parquet, "copy_lines", crash)),
    ("before a file is renamed", lambda m: m.setattr(Path, "replace", crash)),
    ("before a file is synced", lambda m: m.setattr(os, "fsync", crash)),
    ("before files are merged", lambda m: m.setattr(parquet, "merge", crash)),
    ("before the merged are counted", lambda m: m.setattr(parquet, "count", crash)),
    ("before the replaced are removed", lambda m: m.setattr(Path, "unlink", crash)),
]


@pytest.mark.parametrize(("when", "plant"), STEPS, ids=[step[0] for step in STEPS])
@pytest.mark.parametrize("sealed_before", [False, True])
def test_broken_off_anywhere_nothing_is_lost_and_the_next_time_ends_it(
    directory: Path,
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
    plant: Callable[[pytest.MonkeyPatch], None],
    *,
    sealed_before: bool,
) -> None:
    fill(directory, make)
    fill(directory, make, rank=1)
    before = seen(directory)
    if sealed_before:
        seal(directory)
    broken_off = False
    with monkeypatch.context() as planted:
        plant(planted)
        try:
            compact(directory)
        except Crash:
            broken_off = True
    assert broken_off or (sealed_before and "copied" in when)
    assert seen(directory) == before
    age(monkeypatch)
    compact(directory)
    assert seen(directory) == before
    assert [len(names(directory, area)) for area in layout.AREAS] == [1, 1, 1]


def test_what_cannot_be_merged_is_an_error_and_nothing_is_removed(
    directory: Path, make: Make
) -> None:
    fill(directory, make)
    seal(directory)
    path = min((directory / "items").glob("*.parquet"))
    path.write_bytes(b"no parquet")
    files = names(directory)
    with pytest.raises(StoreError, match="items: cannot be compacted"):
        compact(directory)
    assert names(directory) == files
    with pytest.raises(StoreError, match="items: cannot be read"):
        RunReader(directory).rows()


def test_without_duckdb_the_extra_is_named(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(directory, make)
    before = seen(directory)
    seal(directory)
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "duckdb", None)
        assert seen(directory) == before
        with pytest.raises(MissingExtra, match=r"compacting .* pip install 'medialog\[parquet\]'"):
            compact(directory)
    compact(directory)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingExtra, match="reading a sealed run"):
        RunReader(directory).rows()


def test_odd_letters_in_the_folders_name_are_no_pattern(tmp_path: Path, make: Make) -> None:
    directory = tmp_path / "a'b [1] *?"
    layout.make_run(directory, RunFile(FORMAT, "r1", "first", "default", 1.0))
    fill(directory, make)
    before = seen(directory)
    assert compact(directory).kept == {}
    assert seen(directory) == before


def test_an_empty_run_is_compacted_to_nothing(directory: Path) -> None:
    assert compact(directory) == Report()
