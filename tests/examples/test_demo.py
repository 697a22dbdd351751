"""`medialog demo` of each framework, for two epochs: what it says, what it captures, what it draws."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import PIL.Image
import pytest

from medialog_core import RunReader
from medialog_core.cli import main
from medialog_core.cli.demo import tissue

from .conftest import keys_of, only_run

ROOT = Path(__file__).parents[2]
FRAMEWORKS = ("lightning", "keras", "huggingface")


class Demo(NamedTuple):
    run: RunReader
    said: str
    noise: str


@pytest.fixture(scope="module", params=FRAMEWORKS)
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    out = tmp_path_factory.mktemp("demo")
    options = ["--epochs", "2", "--out", str(out)]
    command = [sys.executable, "-m", "medialog_core.cli", "demo", request.param, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Demo(only_run(out / request.param), done.stdout, done.stderr)


def test_it_captures_inputs_predictions_and_gradients_by_itself(demo: Demo) -> None:
    assert keys_of(demo.run) == {"train/inputs", "val/inputs", "val/predictions", "gradients"}
    assert len(demo.run.rows("val/predictions")) == 2 * 8
    assert demo.run.status == "finished"


def test_truth_is_that_of_the_crop_below_it(demo: Demo) -> None:
    kept = tissue.load().val
    images = [demo.run.load(row) for row in demo.run.rows("val/predictions")[:8]]
    for image, picture, truth in zip(images, kept.inputs, kept.targets, strict=True):
        assert np.abs(image.to_numpy() - picture * 255).max() < 1
        assert np.array_equal(image.masks["ground_truth"].to_numpy(), truth)
        assert set(image.masks["predictions"].class_labels.values()) >= set(tissue.CLASSES)


def test_it_draws_the_predictions_by_epoch(demo: Demo) -> None:
    with PIL.Image.open(demo.run.path / "predictions.png") as sheet:
        assert sheet.width > 1000
    assert str(demo.run.path / "predictions.png") in demo.said


def test_what_it_says_is_short_and_its_own(demo: Demo) -> None:
    assert len(demo.said.splitlines()) < 30
    assert f"medialog show {demo.run.path}" in demo.said
    lines = [line for line in demo.noise.splitlines() if line.strip()]
    assert [x for x in lines if not x.startswith(("medialog: run", "  epoch  "))] == []


@pytest.mark.parametrize("missing", ["keras", "pytorch_lightning", "transformers", "skimage"])
def test_what_is_missing_is_said_in_one_line(missing: str, tmp_path: Path) -> None:
    framework = {"keras": "keras", "transformers": "huggingface"}.get(missing, "lightning")
    program = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from medialog_core.cli import main\n"
        f"sys.exit(main(['demo', {framework!r}, '--out', {str(tmp_path)!r}]))"
    )
    command = [sys.executable, "-c", program]
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    extra = "demo" if missing == "skimage" else f"{framework},demo"
    assert line.endswith(f"pip install 'medialog[{extra}]'")


def test_a_file_is_no_folder_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "notes.txt"
    file.touch()
    with pytest.raises(SystemExit):
        main(["demo", "lightning", "--out", str(file)])
    assert f"expected a folder, got the file '{file}'" in capsys.readouterr().err
