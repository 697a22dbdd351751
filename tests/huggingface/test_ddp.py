"""Two ranks on one machine: one run, media of both, and nobody waits for ever."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from medialog_core import open_run

pytestmark = pytest.mark.timeout(300)

SCRIPT = Path(__file__).with_name("train_ddp.py")


def train(directory: Path, who: str) -> Path:
    """Train, and give the directory of the only run."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": "2"}
    told |= {"OMP_NUM_THREADS": "1", "MEDIALOG_SILENT": "1"}
    command = [sys.executable, str(SCRIPT), str(directory), who]
    ranks = [
        subprocess.Popen(
            command,
            env={**os.environ, **told, "RANK": rank, "LOCAL_RANK": rank},
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in ("0", "1")
    ]
    said = [rank.communicate(timeout=280)[1] for rank in ranks]
    assert [rank.returncode for rank in ranks] == [0, 0], said
    [run] = (directory / "medialog").iterdir()
    return run


def test_both_ranks_log_to_one_run(tmp_path: Path) -> None:
    reader = open_run(train(tmp_path, "all"))
    for step in (2, 4):
        shown = {}
        for row in reader.rows("val/predictions", step=step):
            image = reader.load(row)
            shown[row.rank, image.sample_id] = int(image.to_numpy()[0, 0, 0])
        # two batches of two for each rank in turn, of which three samples are followed
        expected = {(0, 0), (0, 1), (0, 4), (1, 2), (1, 3), (1, 6)}
        grey = {(rank, f"0/{i}"): int(np.floor(i / 12 * 255 + 0.5)) for rank, i in expected}
        assert shown == grey
    assert {row.rank for row in reader.rows("train/inputs")} == {0, 1}
    for key in ("train/loss", "eval/loss", "gradients_norm"):
        assert {point.rank for point in reader.scalars(key)} == {0}
    assert reader.config["max_steps"] == 4
    assert reader.status == "finished"
    assert (tmp_path / "weights_0.txt").read_text() == (tmp_path / "weights_1.txt").read_text()


def test_a_callback_on_rank_0_alone_keeps_nobody_waiting(tmp_path: Path) -> None:
    reader = open_run(train(tmp_path, "zero"))
    assert {row.rank for row in reader.rows("val/predictions")} == {0}
    assert reader.status == "finished"
