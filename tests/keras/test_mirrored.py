"""A model that several devices hold is trained as without us; what can't be looked at alone is said once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="a strategy of TensorFlow's")
def test_two_devices_train_the_same_and_show_inputs(tmp_path: Path) -> None:
    script = Path(__file__).with_name("train_mirrored.py")
    paths = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": paths, "MEDIALOG_SILENT": ""},
    )
    assert done.stdout.splitlines() == ["same", "train/inputs val/inputs"]
    ours = [line for line in done.stderr.splitlines() if line.startswith("run ")]
    assert [line.partition(": ")[2].partition(":")[0] for line in ours] == [
        "capture of gradients/0 is off for the rest of this run",
        "no predictions",
    ]
    assert "Traceback" not in done.stderr
