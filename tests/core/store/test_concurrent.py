"""Many processes write one run; others read and copy it meanwhile."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from medialog_core.store.parquet import COLUMNS
from medialog_core.store.reader import RunReader
from medialog_core.store.writer import StoreWriter

if TYPE_CHECKING:
    from tests.core.store.conftest import Make

WRITE = """
import sys
from pathlib import Path
from medialog_core.payload import Blob, Entry, Payload, Scalars
from medialog_core.schema import FORMAT, RunFile, TextMeta
from medialog_core.store.layout import make_run
from medialog_core.store.writer import StoreWriter

directory, rank = Path(sys.argv[1]), int(sys.argv[2])
make_run(directory, RunFile(FORMAT, "r1", f"by {rank}", "default", 1.0))
writer = StoreWriter(directory, "r1", rank)
for step in range(int(sys.argv[3])):
    blob = Blob(lambda: f"{rank} {step}".encode() * 1000, "image/png", "png")
    writer.write(Entry("k", step, None, 1.0, rank, 0, Payload(TextMeta(text="x"), [blob])))
    writer.write(Scalars({"loss": float(step)}, step, None, 1.0, rank))
writer.close()
"""


def start(directory: Path, rank: int, steps: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WRITE, str(directory), str(rank), str(steps)])


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A run that four processes wrote at once."""
    processes = [start(tmp_path / "run", rank, 200) for rank in range(4)]
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    return tmp_path / "run"


def check_all(reader: RunReader, ranks: int, steps: int) -> None:
    rows = reader.rows("k")
    assert len(rows) == ranks * steps
    for row in rows:
        assert row.file is not None
        assert reader.read(row.file) == f"{row.rank} {row.step}".encode() * 1000
    assert len(reader.scalars("loss")) == ranks * steps


def test_four_processes_write_one_run_without_a_lock(many: Path) -> None:
    check_all(RunReader(many), 4, 200)
    assert len(list((many / "items").iterdir())) == 4


def test_duckdb_and_tar_alone_read_the_same_rows_and_bytes(many: Path) -> None:
    reader = RunReader(many)
    found = (
        duckdb.read_json(
            str(many / "items" / "*.jsonl"), format="newline_delimited", columns=COLUMNS["items"]
        )
        .filter("id IS NOT NULL")
        .project("id, step, coalesce(rank, 0), file.uri, file.offset, file.size")
    )
    rows = {row.id: row for row in reader.rows("k")}
    contents = {pack: unpacked(pack) for pack in (many / "media").iterdir()}
    for id_, step, rank, uri, offset, size in found.fetchall():
        row = rows.pop(id_)
        assert row.file is not None
        assert (step, rank) == (row.step, row.rank)
        assert (uri, offset, size) == (row.file.uri, row.file.offset, row.file.size)
        assert contents[many / uri][offset] == reader.read(row.file)
    assert rows == {}


def unpacked(pack: Path) -> dict[int, bytes]:
    with tarfile.open(pack) as archive:
        members: list[tuple[int, Any]] = [(m.offset_data, archive.extractfile(m)) for m in archive]
        return {offset: member.read() for offset, member in members}


def test_a_run_copied_while_it_is_written_has_the_bytes_of_every_row(
    tmp_path: Path, directory: Path
) -> None:
    process = start(directory, 0, 3000)
    copies = 0
    while process.poll() is None or not copies:
        copy = tmp_path / f"copy{copies}"
        for source in sorted(directory.iterdir()):
            (shutil.copytree if source.is_dir() else shutil.copy)(source, _made(copy) / source.name)
        reader = RunReader(copy)
        for row in reader.rows("k"):
            assert row.file is not None
            assert reader.read(row.file) == f"{row.rank} {row.step}".encode() * 1000
        copies += 1
    assert process.wait() == 0
    check_all(RunReader(directory), 1, 3000)


def _made(path: Path) -> Path:
    path.mkdir(exist_ok=True)
    return path


def test_rows_sort_before_the_bytes_so_that_rsync_takes_them_first(
    directory: Path, writer: StoreWriter, make: Make
) -> None:
    writer.write(make.picture(b"x"))
    writer.flush()
    assert sorted(path.name for path in directory.iterdir()) == ["items", "media", "run.json"]


def test_a_run_is_moved_and_read_elsewhere(many: Path, tmp_path: Path) -> None:
    check_all(RunReader(many.rename(tmp_path / "elsewhere")), 4, 200)
