from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from medialog_core.payload import Blob, LinkedBlob
from medialog_core.schema import FORMAT, RunFile, TextMeta
from medialog_core.store import layout
from medialog_core.store.layout import make_run
from medialog_core.store.reader import RunReader
from medialog_core.store.writer import StoreWriter
from tests.disk import Disk

if TYPE_CHECKING:
    from tests.core.store.conftest import Make


def pictures(reader: RunReader) -> list[bytes]:
    return [reader.read(row.file) for row in reader.rows() if row.file is not None]


def test_nothing_committed_suffers_and_the_same_writer_goes_on(
    writer: StoreWriter, reader: RunReader, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = [os.urandom(1000) for _ in range(300)]
    for step, data in enumerate(contents[:100]):
        writer.write(make.picture(data, step=step))
    disk = Disk(monkeypatch, full=True)
    for step, data in enumerate(contents[100:200], 100):
        writer.write(make.picture(data, step=step))
    with pytest.raises(OSError, match="No space left"):
        writer.flush()
    assert writer.error is not None
    assert pictures(reader) == contents[:100]
    disk.full = False
    for step, data in enumerate(contents[200:], 200):
        writer.write(make.picture(data, step=step))
    writer.flush()
    assert pictures(reader) == contents
    assert (writer.committed, writer.lost) == (300, 0)
    assert writer.retries == 2


def test_rows_whose_bytes_fitted_are_kept_too(
    writer: StoreWriter, reader: RunReader, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.write(make.picture(b"picture"))
    writer._packs.write()
    disk = Disk(monkeypatch, full=True)
    with pytest.raises(OSError, match="No space left"):
        writer.flush()
    assert reader.rows() == []
    disk.full = False
    writer.flush()
    assert pictures(reader) == [b"picture"]


def test_no_row_of_a_batch_that_failed_is_seen(
    writer: StoreWriter, reader: RunReader, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.write(make.text(step=0))
    writer.flush()
    disk = Disk(monkeypatch, full=True)
    for step in range(1, 11):
        writer.write(make.text(step=step))
    with pytest.raises(OSError, match="No space left"):
        writer.flush()
    assert reader.steps("k") == [0]
    disk.full = False
    writer.flush()
    assert reader.steps("k") == list(range(11))


def test_while_the_disk_is_full_only_a_flush_tries_again(
    writer: StoreWriter, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch, full=True)
    tries: list[int] = []

    def count(fd: int, buffers: list[bytes], offset: int) -> int:
        tries.append(fd)
        return disk(fd, buffers, offset)

    monkeypatch.setattr(layout, "_write", count)
    for _ in range(500):
        writer.write(make.text())
    assert len(tries) == 1
    disk.full = False


def test_what_is_kept_is_bounded_and_the_rest_counted(
    writer: StoreWriter, reader: RunReader, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch, full=True)
    megabyte = bytes(1024 * 1024)
    for step in range(100):
        writer.write(make.picture(megabyte, step=step))
    writer.write(make.scalars({"a": 1.0, "b": 2.0}))
    assert (len(megabyte) * 64) < writer._waiting_bytes() < (len(megabyte) * 66)
    assert writer.lost == 100 - 64 + 2
    disk.full = False
    writer.flush()
    assert reader.steps("k") == list(range(64))
    writer.write(make.picture(b"goes on", step=1000))
    writer.flush()
    assert reader.last_step == 1000


def test_one_record_too_large_to_keep_is_given_up_whole(
    writer: StoreWriter, reader: RunReader, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch, full=True)
    links = [Blob(lambda: bytes(8 * 1024 * 1024), "image/png", "png") for _ in range(10)]
    writer.write(make.entry(TextMeta(), LinkedBlob(links, lambda _: b"", "a/b", "json")))
    assert writer.lost == 1
    disk.full = False
    writer.flush()
    assert reader.rows() == []


def test_what_could_not_be_written_at_the_end_is_lost_and_said(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = StoreWriter(directory, "r1", 0)
    Disk(monkeypatch, full=True)
    ending.write(make.picture(b"x"))
    ending.write(make.scalars({"a": 1.0, "b": 2.0}))
    with pytest.raises(OSError, match="No space left"):
        ending.close()
    assert ending.lost == 3
    ending.close()


LIMITED = """
import resource, sys
from pathlib import Path
from medialog_core.payload import Blob, Entry, Payload
from medialog_core.schema import TextMeta
from medialog_core.store.writer import StoreWriter

soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
writer = StoreWriter(Path(sys.argv[1]), "r1", 0)
for step in range(100):
    blob = Blob(lambda: bytes([step]) * 10_000, "image/png", "png")
    writer.write(Entry("k", step, None, 1.0, 0, 0, Payload(TextMeta(), [blob])))
try:
    writer.flush()
except OSError as error:
    print(error.errno, writer.committed)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
writer.close()
print(writer.lost, writer.committed)
"""


def test_a_file_size_limit_is_survived(directory: Path, reader: RunReader) -> None:
    command = [sys.executable, "-c", LIMITED, str(directory)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == [f"{errno.EFBIG} 0", "0 100"]
    assert pictures(reader) == [bytes([step]) * 10_000 for step in range(100)]


def _may_mount() -> bool:
    """Say whether this process has CAP_SYS_ADMIN; without it the test below is not collected."""
    status = Path("/proc/self/status")
    found = re.search(r"CapEff:\s+(\w+)", status.read_text()) if status.exists() else None
    return found is not None and bool(int(found[1], 16) >> 21 & 1)


if _may_mount():

    @pytest.fixture
    def small_disk(tmp_path: Path) -> Iterator[Path]:
        at = tmp_path / "disk"
        at.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "medialog-test", at], check=True)
        yield at
        subprocess.run(["umount", at], check=True)

    def test_a_real_full_disk_is_survived(small_disk: Path, make: Make) -> None:
        make_run(small_disk / "run", RunFile(FORMAT, "r1", "first", "default", 1.0))
        hog = small_disk / "hog"
        hog.write_bytes(bytes(500_000))
        contents = [os.urandom(10_000) for _ in range(90)]
        small = StoreWriter(small_disk / "run", "r1", 0)
        for step, data in enumerate(contents):
            small.write(make.picture(data, step=step))
        with pytest.raises(OSError, match="No space left"):
            small.flush()
        found = pictures(RunReader(small_disk / "run"))
        assert found == contents[: len(found)]
        hog.unlink()
        small.close()
        assert pictures(RunReader(small_disk / "run")) == contents
        assert small.lost == 0
