"""`make demo`, at one epoch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import PIL.Image
import pytest

from medialog_core import RunReader, open_run

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    out = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "examples.demo", "--epochs", "1", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out, done.stdout


@pytest.fixture(params=["tissue", "digits"])
def run(request: pytest.FixtureRequest, demo: tuple[Path, str]) -> RunReader:
    return open_run(demo[0] / request.param / "version_0")


def test_it_captures_inputs_predictions_and_gradients_by_itself(run: RunReader) -> None:
    assert {"train/inputs", "val/inputs", "val/predictions"} <= set(run.keys())
    assert any(key.startswith("gradients/") for key in run.keys())  # noqa: SIM118 - not a dict
    assert len(run.rows("val/predictions")) == 8
    assert run.status == "finished"


def test_its_captions_and_masks_tell_truth_from_prediction(demo: tuple[Path, str]) -> None:
    digits, tissue = (open_run(demo[0] / name / "version_0") for name in ("digits", "tissue"))
    labels = [digits.load(row).notes.label for row in digits.rows("val/predictions")]
    assert [label.truth for label in labels] == ["1", "7", "4", "6", "3", "1", "3", "9"]
    masks = [set(tissue.load(row).masks) for row in tissue.rows("val/predictions")]
    assert [{"ground_truth", "predictions"}] * 8 == masks


def test_it_draws_the_predictions_by_epoch(run: RunReader) -> None:
    with PIL.Image.open(run.path / "predictions.png") as sheet:
        assert sheet.width > 1000


def test_it_says_what_was_captured_where_and_how_to_look(demo: tuple[Path, str]) -> None:
    out, said = demo
    assert f"Captured without a line of code, in {out / 'tissue' / 'version_0'}" in said
    assert f"tensorboard --logdir {out} --samples_per_plugin images=1000" in said
