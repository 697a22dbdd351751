"""`gc` is killed with -9 at random moments: nothing that counts is lost, the next one ends it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from medialog_core.store.doctor import examine
from medialog_core.store.gc import gc
from tests.core.store.test_gc import age, content, fill

if TYPE_CHECKING:
    from tests.core.store.conftest import Make

TRIALS = int(os.environ.get("MEDIALOG_FAULT_TRIALS", "5"))

COLLECT = """
import sys
from pathlib import Path
from medialog_core.store.gc import gc
import duckdb

print("begins", flush=True)
gc(Path(sys.argv[1]), drop_history=True, min_dead=0.3)
"""


def killed_after(directory: Path, secs: float) -> bool:
    """Let a process collect for a while and kill it; say whether it was still at it."""
    command = [sys.executable, "-c", COLLECT, str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(secs)
        process.send_signal(signal.SIGKILL)
        return process.wait() != 0


@pytest.mark.faults
@pytest.mark.timeout(60 + 10 * TRIALS)
def test_killed_at_any_moment_a_run_reads_as_before(
    directory: Path, make: Make, tmp_path: Path
) -> None:
    for rank in range(3):
        fill(directory, make, rank=rank, steps=20)
    age(directory)
    before = content(directory)
    draw = random.Random(time.time_ns())  # noqa: S311 - no secret
    killed = 0
    for trial in range(TRIALS):
        run = shutil.copytree(directory, tmp_path / f"trial {trial}")
        killed += killed_after(run, draw.uniform(0.0, 0.25))
        assert content(run) == before
        gc(run, drop_history=True, min_dead=0.3)
        assert content(run) == before
        assert [finding for finding in examine(run) if finding.level != "note"] == []
        shutil.rmtree(run)
    assert killed
