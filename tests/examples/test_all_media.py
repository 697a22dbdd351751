"""`examples.all_media` at one epoch: every type of media is logged, and read back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image as PilImage
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from medialog_core import RunReader, codecs, open_run

ROOT = Path(__file__).parents[2]


def python(*words: str) -> str:
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunReader:
    out = tmp_path_factory.mktemp("all_media")
    return open_run(python("examples.all_media", str(out), "1"))


def test_every_type_is_logged_and_can_be_read_back(run: RunReader) -> None:
    types = {type(run.load(row)) for row in run.rows()}
    assert types == {codec.type for codec in codecs.TABLE}
    assert run.health.keys() <= {"queued_items", "queued_bytes", "waited_secs"}
    assert run.status == "finished"


def test_tensorboard_has_every_key(run: RunReader) -> None:
    accumulator = EventAccumulator(str(run.path)).Reload()
    tags = accumulator.Tags()["tensors"]
    meshes = {f"{key}_VERTEX" for key in run.keys() if key.startswith("shapes/")}  # noqa: SIM118 - not a dict
    others = {key for key in run.keys() if not key.startswith("shapes/")} - {"best"}  # noqa: SIM118
    assert (meshes | others | {"summary/best"}) <= set(tags)
    assert set(run.scalar_keys()) <= {*accumulator.Tags()["scalars"], *tags}


def test_a_sheet_of_it_is_drawn(run: RunReader, tmp_path: Path) -> None:
    python("examples.media_sheet", str(run.path.parents[1]), str(tmp_path / "media.png"))
    with PilImage.open(tmp_path / "media.png") as sheet:
        assert sheet.width > 1200
    assert (tmp_path / "media.png").stat().st_size < 300_000
