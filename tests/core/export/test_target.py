from __future__ import annotations

import errno
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from medialog_core.errors import InvalidInput, StoreError
from medialog_core.export import target as target_module
from medialog_core.export.run import FORMATS, export
from medialog_core.export.selection import Selection
from medialog_core.store.alone import alone
from tests.core.export.conftest import Run as MadeRun
from tests.core.export.conftest import index

if TYPE_CHECKING:
    from tests.core.export.conftest import Run

EVERY = pytest.mark.parametrize("format", FORMATS)
REWRITTEN = {"files": 2, "webdataset": 2, "parquet": 1}
"""The CSV files are written anew each time."""


def media(to: Path) -> dict[str, tuple[int, int]]:
    """The identity of every file, that of the CSV files aside."""
    return {
        str(path): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in to.rglob("*")
        if path.is_file() and path.suffix != ".csv"
    }


@EVERY
def test_a_second_time_nothing_is_written_again(filled: Run, to: Path, format: str) -> None:
    export(filled.reader(), to, format=format)
    before = media(to)
    report = export(filled.reader(), to, format=format)
    assert media(to) == before
    assert report.written == REWRITTEN[format]
    assert report.skipped > 0


def spoil(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


@EVERY
@pytest.mark.parametrize("damage", [spoil, shorten, lengthen, Path.unlink])
def test_what_is_not_whole_and_right_is_written_again(
    filled: Run, to: Path, format: str, damage: Any
) -> None:
    export(filled.reader(), to, format=format)
    pattern = {"files": "val/picture/*2.png", "webdataset": "*.tar", "parquet": "image-*"}[format]
    [path] = to.glob(pattern)
    before = path.read_bytes()
    damage(path)
    written = export(filled.reader(), to, format=format).written - REWRITTEN[format]
    assert written in ((1, 2) if format == "parquet" else (1,))  # the checksum may be another
    assert path.read_bytes() == before or format == "parquet"
    assert export(filled.reader(), to, format=format).written == REWRITTEN[format]


@EVERY
def test_a_run_that_went_on_is_exported_further(filled: Run, to: Path, format: str) -> None:
    export(filled.reader(), to, format=format)
    filled.picture(b"new", step=9)
    filled.picture(b"replaced", step=2, ts=9.0)
    filled.picture(b"of a new key", "VAL/picture")
    report = export(filled.reader(), to, format=format)
    assert report.rows == len(filled.reader().rows())
    if format != "parquet":
        assert b"of a new key" in b"".join(path.read_bytes() for path in to.rglob("*.*"))
    if format == "files":
        assert (to / "val/picture/000000002.png").read_bytes() == b"replaced"
        [folder] = {Path(line["file"]).parent for line in index(to) if line["key"] == "VAL/picture"}
        assert folder.name.startswith("picture~")
        assert json.loads((to / "keys.json").read_bytes())["VAL/picture"] == folder.as_posix()


@EVERY
def test_another_runs_folder_is_refused(filled: Run, tmp_path: Path, to: Path, format: str) -> None:
    other = MadeRun(tmp_path / "other", "r2")
    other.picture(b"x")
    export(other.reader(), to, format=format)
    before = media(to)
    with pytest.raises(
        StoreError, match="holds an export of another run, 'r2'; name another folder"
    ):
        export(filled.reader(), to, format=format)
    assert media(to) == before


def test_another_choice_is_refused(filled: Run, to: Path) -> None:
    export(filled.reader(), to)
    with pytest.raises(StoreError, match="another choice of format: 'files', not 'parquet'"):
        export(filled.reader(), to, format="parquet")
    with pytest.raises(StoreError, match=r"another choice of keys: \[\], not \['val/\*'\]"):
        export(filled.reader(), to, selection=Selection(("val/*",)))


def test_a_folder_of_something_else_is_refused(filled: Run, to: Path) -> None:
    to.mkdir()
    (to / "index.csv").write_text("mine")
    with pytest.raises(StoreError, match="is not empty and holds no export; name a new folder"):
        export(filled.reader(), to)
    assert (to / "index.csv").read_text() == "mine"
    with pytest.raises(StoreError, match="lies in the run that is exported"):
        export(filled.reader(), filled.path / "export")
    assert not (filled.path / "export").exists()
    (to / "export.json").write_text("{")
    with pytest.raises(StoreError, match=r"export.json: cannot be read"):
        export(filled.reader(), to)


def test_one_at_a_time(filled: Run, to: Path) -> None:
    export(filled.reader(), to)
    with alone(to / "export.json"), pytest.raises(StoreError, match="another `medialog` command"):
        export(filled.reader(), to)


@EVERY
def test_damaged_bytes_are_left_out_and_named(filled: Run, to: Path, format: str) -> None:
    [row] = filled.reader().rows("best")
    assert row.file is not None
    with (filled.path / row.file.uri).open("rb+") as pack:
        pack.seek(row.file.offset or 0)
        pack.write(b"B")
    report = export(filled.reader(), to, format=format)
    [(what, why)] = report.failed.items()
    assert re.search(r"best/summary.png|shard-000000.tar/\d+.png", what)
    assert "are not those that were written" in why
    assert report.rows == len(filled.reader().rows())
    assert b"Best" not in b"".join(path.read_bytes() for path in to.rglob("*.*"))


def test_a_pack_that_is_gone_costs_only_what_it_held(filled: Run, to: Path) -> None:
    reader = filled.reader()
    [pack] = (filled.path / "media").iterdir()
    pack.unlink()
    report = export(reader, to)
    assert "missing, though it is named" in next(iter(report.failed.values()))
    assert (to / "note/000000007.md").read_text() == "# ü"


class Full:
    """A disk on which the n-th file does not fit."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
        self.left = after
        self.is_there = target_module.is_there
        monkeypatch.setattr(target_module, "is_there", self)

    def __call__(self, path: Path, content: Any) -> bool:
        self.left -= 1
        if not self.left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self.is_there(path, content)


def test_a_full_disk_says_how_far_it_came_and_it_goes_on(
    filled: Run, to: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        Full(patched, after=20)
        with pytest.raises(
            StoreError, match=r"No space left.*\d rows are exported, \d+ files written"
        ):
            export(filled.reader(), to)
    assert not (to / "index.csv").exists()
    export(filled.reader(), to)
    export(filled.reader(), tmp_path / "at once")
    assert {p.relative_to(to): p.read_bytes() for p in to.rglob("*") if p.is_file()} == {
        p.relative_to(tmp_path / "at once"): p.read_bytes()
        for p in (tmp_path / "at once").rglob("*")
        if p.is_file()
    }


def test_progress_is_told_by_key(filled: Run, to: Path) -> None:
    said: list[str] = []
    export(
        filled.reader(),
        to,
        progress=lambda what, done, total: said.append(f"{what} {done}/{total}"),
    )
    assert "key 7 of 8: val/list 0/6" in said
    assert len(said) == len(filled.reader().rows())


def test_a_wrong_argument_is_named(filled: Run, to: Path) -> None:
    with pytest.raises(
        InvalidInput, match=r"format: expected one of \['files', 'webdataset', 'parquet'\]"
    ):
        export(filled.reader(), to, format="zip")
    with pytest.raises(InvalidInput, match="shard_mb: expected 1 or more, got 0"):
        export(filled.reader(), to, shard_mb=0)
