"""Where event files lie, and that nothing is lost or doubled on the way into them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

from medialog_core.sinks.tensorboard import files, protos
from medialog_core.sinks.tensorboard.files import EventFile
from medialog_core.store import layout


def event(step: int, size: int = 0) -> bytes:
    return protos.event([protos.strings("t" + "x" * size, "text", [b"v"])], step, 1.0)


def steps(directory: Path) -> list[int]:
    [path] = directory.glob("events.*")
    return [loaded.step for loaded in EventFileLoader(str(path)).Load() if loaded.summary.value]


def names(directory: Path) -> list[str]:
    return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("events.*"))


class FullDisk:
    """Stands in for `layout.write_at` and fails after half of it, until there is room."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = False
        self._write_at = layout.write_at
        monkeypatch.setattr(layout, "write_at", self)

    def __call__(self, fd: int, buffers: Sequence[bytes], offset: int) -> int:
        if self.full:
            data = b"".join(buffers)
            self._write_at(fd, [data[: len(data) // 2]], offset)
            raise OSError(errno.ENOSPC, "disk full")
        return self._write_at(fd, buffers, offset)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    return FullDisk(monkeypatch)


def test_a_file_begins_with_its_version_and_bears_tensorboards_name(tmp_path: Path) -> None:
    file = EventFile(tmp_path, 0)
    file.append(event(3))
    file.close()
    [path] = tmp_path.iterdir()
    assert files._NAME.fullmatch(path.name)
    first, second = EventFileLoader(str(path)).Load()
    assert (first.file_version, second.step) == ("brain.Event:2", 3)


def test_what_a_full_disk_refused_is_written_once_there_is_room(
    tmp_path: Path, disk: FullDisk
) -> None:
    file = EventFile(tmp_path, 0)
    file.append(event(0))
    file.commit()
    [path] = tmp_path.iterdir()
    committed = path.read_bytes()
    disk.full = True
    file.append(event(1))
    for _ in range(2):
        with pytest.raises(OSError, match="disk full"):
            file.commit()
        assert path.read_bytes() == committed
    disk.full = False
    file.append(event(2))
    file.close()
    assert (steps(tmp_path), file.lost) == ([0, 1, 2], 0)


def test_what_is_kept_is_bounded_and_the_rest_is_counted(
    tmp_path: Path, disk: FullDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "BATCH_BYTES", 100)
    monkeypatch.setattr(files, "KEPT_BYTES", 1000)
    file = EventFile(tmp_path, 0)
    disk.full = True
    for step in range(50):
        file.append(event(step, size=90))
    assert file.lost > 30
    disk.full = False
    file.commit()
    assert steps(tmp_path) == list(range(50 - file.lost))
    file.close()


def test_closing_on_a_full_disk_raises_and_counts_what_is_lost(
    tmp_path: Path, disk: FullDisk
) -> None:
    file = EventFile(tmp_path, 0)
    file.commit()
    disk.full = True
    file.append(event(1))
    with pytest.raises(OSError, match="disk full"):
        file.close()
    file.close()
    assert (steps(tmp_path), file.lost) == ([], 1)


def test_much_is_written_without_waiting_for_a_flush(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "BATCH_BYTES", 100)
    file = EventFile(tmp_path, 0)
    file.append(event(7, size=200))
    assert steps(tmp_path) == [7]
    file.close()


def test_ranks_have_directories_of_their_own(tmp_path: Path) -> None:
    for rank in (0, 3):
        file = EventFile(tmp_path, rank)
        file.append(event(rank))
        file.close()
    assert (steps(tmp_path), steps(tmp_path / "rank3")) == ([0], [3])


def test_a_rank_that_writes_nothing_leaves_nothing(tmp_path: Path) -> None:
    EventFile(tmp_path, 1).close()
    assert names(tmp_path) == []


def test_a_resumed_run_continues_in_a_later_file_of_the_same_directory(tmp_path: Path) -> None:
    for _ in range(3):
        file = EventFile(tmp_path, 0)
        file.append(event(0))
        file.close()
    secs = [int(name.split(".")[3]) for name in names(tmp_path)]
    assert len(set(secs)) == 3
    assert all("/" not in name for name in names(tmp_path))


def test_a_second_live_process_goes_elsewhere_and_a_dead_one_is_no_hindrance(
    tmp_path: Path,
) -> None:
    script = (
        "import sys; from pathlib import Path; from medialog_core.sinks.tensorboard.files import EventFile\n"
        "file = EventFile(Path(sys.argv[1]), 0); file.commit(); print('ready', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        assert files.choose(tmp_path, 0, forked=False) == tmp_path / f"rank0-{os.getpid()}"
        other.communicate(b"")
    assert files.choose(tmp_path, 0, forked=False) == tmp_path


def test_a_fork_has_a_directory_of_its_own(tmp_path: Path) -> None:
    assert files.choose(tmp_path, 2, forked=True) == tmp_path / f"rank2-{os.getpid()}"


def test_a_taken_name_is_never_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    none: list[Any] = []
    monkeypatch.setattr(files, "_names", lambda _: none)
    monkeypatch.setattr(time, "time", lambda: 5.0)
    made = [EventFile(tmp_path, 0) for _ in range(2)]
    assert [name.split(".")[-1] for name in names(tmp_path)] == ["0", "1"]
    for file in made:
        file.close()
