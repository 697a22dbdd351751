"""Two ranks of accelerate's on one machine: one run, media of both, and nobody waits for ever."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from medialog_core import RunReader, open_run

from .conftest import by_name

pytestmark = [
    pytest.mark.timeout(200),
    by_name,
]

SCRIPT = Path(__file__).with_name("train_accelerate.py")
TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
OWN = ("MASTER_", "LOCAL_", "RANK", "WORLD_", "ACCELERATE_", "MEDIALOG_")


def trained(directory: Path, how: str) -> RunReader:
    """Train on two processes, and read their only run."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith(OWN)}
    environ |= {"OMP_NUM_THREADS": "1", "MEDIALOG_SILENT": "1"}
    command = [sys.executable, *TORCHRUN, str(SCRIPT), str(directory), how]
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    [run] = (directory / "medialog").iterdir()
    return open_run(run)


def seen(reader: RunReader) -> set[tuple[int, int | None, int]]:
    """Give rank, step and grey of the pictures."""
    return {
        (row.rank, row.step, int(reader.load(row).to_numpy()[0, 0, 0]))
        for row in reader.rows("seen")
    }


@pytest.mark.parametrize("how", ["instance", "name"])
def test_media_come_from_both_ranks_and_numbers_from_rank_0(how: str, tmp_path: Path) -> None:
    reader = trained(tmp_path, how)
    assert seen(reader) == {(0, 0, 10), (0, 1, 11), (1, 0, 20), (1, 1, 21)}
    notes = {(row.rank, reader.load(row).data) for row in reader.rows("note")}
    assert notes == {(0, "of 10"), (0, "of 11"), (1, "of 20"), (1, "of 21")}
    for key in ("loss", "rank", "written"):
        assert [(p.rank, p.step) for p in reader.scalars(key)] == [(0, 0), (0, 1)]
    assert reader.config == {"world": 2}
    assert reader.status == "finished"


def test_trackers_that_accelerate_makes_are_the_main_process_s(tmp_path: Path) -> None:
    reader = trained(tmp_path, "main")
    assert seen(reader) == {(0, 0, 10), (0, 1, 11)}
    assert reader.status == "finished"
