from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from medialog_core.errors import StoreError
from medialog_core.schema import FORMAT, RunFile
from medialog_core.store import layout


def run_file(name: str = "first") -> RunFile:
    return RunFile(FORMAT, "r1", name, "default", 1.0, tags=["a"])


def test_the_first_process_makes_run_json_and_the_others_read_it(tmp_path: Path) -> None:
    first, second = run_file(), run_file("second")
    assert layout.make_run(tmp_path / "a" / "b", first) is first
    assert layout.make_run(tmp_path / "a" / "b", second) == first
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["run.json"]


def test_run_json_is_made_where_there_are_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    layout.make_run(tmp_path, run_file())
    assert layout.make_run(tmp_path, run_file("second")) == run_file()
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_a_run_that_is_there_gets_no_further_name_which_a_copy_would_miss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout.make_run(tmp_path, run_file())
    monkeypatch.delattr(layout, "_publish")
    assert layout.make_run(tmp_path, run_file("second")) == run_file()


def test_a_run_json_that_another_process_writes_this_moment_is_awaited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout.make_run(tmp_path, run_file())
    whole = (tmp_path / "run.json").read_bytes()
    (tmp_path / "run.json").write_bytes(whole[:20])
    monkeypatch.setattr(time, "sleep", lambda _: (tmp_path / "run.json").write_bytes(whole))
    assert layout.make_run(tmp_path, run_file("second")) == run_file()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no run is here"),
        ("{", "cannot be read"),
        ('{"format":1}', "missing required field"),
        (
            '{"format":2,"run":"r","name":"n","project":"p","created":1}',
            "format 2 is newer than 1",
        ),
    ],
)
def test_a_run_json_that_is_no_use_is_named(
    tmp_path: Path, content: str | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(StoreError, match=message):
        layout.read_run(tmp_path)


@pytest.mark.parametrize("write", [layout._pwritev, layout._seek_and_write])
def test_buffers_are_written_whole_at_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: object
) -> None:
    monkeypatch.setattr(layout, "_write", write)
    buffers = [bytes([i % 251]) * (i % 7) for i in range(3000)]
    fd = layout.create(tmp_path / "f")
    end = layout.write_at(fd, buffers, 5)
    os.close(fd)
    assert (tmp_path / "f").read_bytes() == bytes(5) + b"".join(buffers)
    assert end == 5 + len(b"".join(buffers))


def test_a_short_write_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def three_bytes(fd: int, buffers: list[bytes], offset: int) -> int:
        return os.pwrite(fd, b"".join(buffers)[:3], offset)

    monkeypatch.setattr(layout, "_write", three_bytes)
    fd = layout.create(tmp_path / "f")
    layout.write_at(fd, [b"hello", b"", b" world"], 0)
    os.close(fd)
    assert (tmp_path / "f").read_bytes() == b"hello world"


def test_a_file_is_never_opened_twice_for_writing(tmp_path: Path) -> None:
    os.close(layout.create(tmp_path / "a" / "f"))
    with pytest.raises(FileExistsError):
        layout.create(tmp_path / "a" / "f")
