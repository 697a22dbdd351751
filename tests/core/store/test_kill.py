"""A process that writes is killed with -9 at random moments: nothing it committed is lost."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from medialog_core.schema import FORMAT, RunFile
from medialog_core.store.layout import make_run
from medialog_core.store.reader import RunReader

TRIALS = int(os.environ.get("MEDIALOG_FAULT_TRIALS", "5"))
KILLS_OF_A_RUN = 4
"""Then another run is begun: what is read does not grow with the trials."""

WRITE = """
import hashlib, itertools, random, sys, time
from pathlib import Path
from medialog_core.payload import Blob, Entry, LinkedBlob, Payload, Scalars
from medialog_core.schema import TextMeta
from medialog_core.store import layout
from medialog_core.store.writer import StoreWriter

layout.PACK_BYTES, layout.OWN_FILE_BYTES, layout.SEGMENT_ROWS = 200_000, 30_000, 40
rank = int(sys.argv[2])
writer = StoreWriter(Path(sys.argv[1]), "r1", rank)
draw = random.Random(rank)
for step in itertools.count():
    data = draw.randbytes(draw.choice((10, 3_000, 40_000)))
    text = hashlib.sha256(data).hexdigest()
    blob = Blob(lambda: data, "application/octet-stream", "bin")
    writer.write(Entry("k", step, None, time.time(), rank, 0, Payload(TextMeta(text=text), [blob])))
    writer.write(Scalars({"loss": step / 7}, step, None, time.time(), rank))
    if draw.random() < 0.2:
        writer.flush()
        print(writer.committed, flush=True)
"""


def killed_after(directory: Path, rank: int, secs: float) -> int:
    """Let a process write for a while, kill it, and give how many rows it had committed."""
    command = [sys.executable, "-c", WRITE, str(directory), str(rank)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        time.sleep(secs)
        process.send_signal(signal.SIGKILL)
        return max((int(line) for line in process.stdout if line.endswith("\n")), default=0)


@pytest.mark.faults
@pytest.mark.timeout(60 + 10 * TRIALS)
def test_killed_at_any_moment_all_that_was_committed_is_there_and_whole(tmp_path: Path) -> None:
    draw = random.Random(time.time_ns())  # noqa: S311 - no secret
    for trial in range(TRIALS):
        rank = trial % KILLS_OF_A_RUN
        directory = tmp_path / str(trial // KILLS_OF_A_RUN)
        if not rank:
            make_run(directory, RunFile(FORMAT, "r1", "first", "default", 1.0))
        committed = killed_after(directory, rank, draw.uniform(0.0, 0.3))
        check(RunReader(directory), rank, committed)


def check(reader: RunReader, rank: int, committed: int) -> None:
    rows = [row for row in reader.rows("k", history=True) if row.rank == rank]
    points = [point for point in reader.scalars("loss", history=True) if point.rank == rank]
    assert len(rows) + len(points) >= committed
    assert [row.step for row in rows] == list(range(len(rows)))
    assert [point.value for point in points] == [step / 7 for step in range(len(points))]
    for row in rows:
        assert row.file is not None
        assert hashlib.sha256(reader.read(row.file)).hexdigest() in row.meta
    assert [damaged for _, damaged, _ in reader._items.damages() if damaged] == []
