"""Two ranks on one machine, by every way of starting them: one run, and nobody waits for ever."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from medialog_core import open_run

pytestmark = pytest.mark.timeout(300)

SCRIPT = Path(__file__).with_name("train_ddp.py")
TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
LAUNCHERS = {"ddp_spawn": (), "ddp_fork": (), "ddp": (), "torchrun": TORCHRUN}


def train(launcher: str, namespace: str, directory: Path, who: str = "all") -> Path:
    """Train, and give the directory of the only run."""
    strategy = "ddp" if launcher == "torchrun" else launcher
    environ = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("MASTER_", "LOCAL_", "RANK", "WORLD_"))
    }
    environ |= {"OMP_NUM_THREADS": "1", "MEDIALOG_SILENT": "1"}
    command = [
        sys.executable,
        *LAUNCHERS[launcher],
        str(SCRIPT),
        namespace,
        strategy,
        str(directory),
        who,
    ]
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    [run] = (directory / "a/b").iterdir()
    return run


@pytest.mark.parametrize(
    ("launcher", "namespace"),
    [
        ("ddp_spawn", "lightning.pytorch"),
        ("ddp_fork", "pytorch_lightning"),
        ("ddp", "lightning.pytorch"),
        ("torchrun", "pytorch_lightning"),
    ],
)
def test_both_ranks_log_to_one_run(launcher: str, namespace: str, tmp_path: Path) -> None:
    run = train(launcher, namespace, tmp_path)
    reader = open_run(run)
    shown = {(row.rank, int(reader.load(row).to_numpy()[0, 0])) for row in reader.rows("seen")}
    assert shown == {(0, 10), (1, 11)}
    assert reader.steps("seen") == [0, 1]
    assert {(p.rank, p.value) for p in reader.scalars("mine")} == {(0, 0.0), (1, 1.0)}
    assert {p.rank for p in reader.scalars("setup")} == {0, 1}
    assert {p.rank for p in reader.scalars("tested")} == {0, 1}
    assert {p.rank for p in reader.scalars("loss")} == {0}
    assert reader.status == "finished"
    assert (tmp_path / "parent.txt").read_text() == str(run)
    assert list(run.glob("checkpoints/*.ckpt"))


def test_a_logger_on_rank_0_alone_keeps_nobody_waiting(tmp_path: Path) -> None:
    reader = open_run(train("torchrun", "lightning.pytorch", tmp_path, "zero"))
    assert {row.rank for row in reader.rows("seen")} == {0}
    assert reader.status == "finished"
