"""accelerate's tracker: where its run lies, what reaches it, and what it is called."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch
from accelerate import Accelerator
from skimage import data

import medialog_huggingface  # noqa: F401 - puts the name into accelerate
from medialog_core import Image, RunReader, Table, open_run
from medialog_core.errors import InvalidInput, WrongType
from medialog_huggingface.tracker import MediaTracker

from .conftest import by_name

PICTURE: np.ndarray[Any, Any] = data.astronaut()[:32, :48]
OTHER: np.ndarray[Any, Any] = data.coffee()[:32, :48]


@pytest.fixture
def tracker(tmp_path: Path) -> MediaTracker:
    return MediaTracker("first try", tmp_path)


def finished(tracker: MediaTracker) -> RunReader:
    """End a tracker's run, and read it."""
    tracker.finish()
    run = tracker.run
    run.finish()
    return open_run(run.dir)


def points(reader: RunReader, *keys: str) -> dict[str, list[tuple[int | None, float]]]:
    return {key: [(p.step, p.value) for p in reader.scalars(key)] for key in keys}


def loaded(reader: RunReader, key: str) -> list[Any]:
    return [reader.load(row) for row in reader.rows(key)]


# --- by accelerate's own calls --------------------------------------------------------------------


@by_name
def test_log_with_finds_it_by_name(tmp_path: Path) -> None:
    accelerator = Accelerator(log_with="medialog", project_dir=tmp_path, cpu=True)
    options = {"medialog": {"tags": ["a", "b"], "notes": "of the loop", "project": "trials"}}
    accelerator.init_trackers("text2image", config={"lr": 1e-4, "net": "unet"}, init_kwargs=options)
    accelerator.log({"loss": torch.tensor(0.5), "lr": {"a": 1, "b": 2.5}}, step=3)
    [tracker] = accelerator.trackers
    assert accelerator.get_tracker("medialog") is tracker
    assert accelerator.get_tracker("medialog", unwrap=True) is tracker.run
    accelerator.end_training()
    reader = open_run(tmp_path / "medialog/text2image")
    assert reader.status == "finished"
    assert reader.config == {"lr": 1e-4, "net": "unet"}
    assert (reader.info.tags, reader.info.notes, reader.info.project) == (
        ["a", "b"],
        "of the loop",
        "trials",
    )
    assert points(reader, "loss", "lr/a", "lr/b") == {
        "loss": [(3, 0.5)],
        "lr/a": [(3, 1.0)],
        "lr/b": [(3, 2.5)],
    }


@by_name
def test_the_name_is_there_where_the_tracker_is_imported_first() -> None:
    code = (
        "from medialog_huggingface import MediaTracker\n"
        "from accelerate.tracking import LOGGER_TYPE_TO_CLASS as table\n"
        "assert table['medialog'] is MediaTracker"
    )
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_an_instance_does_too(tmp_path: Path, tracker: MediaTracker) -> None:
    accelerator = Accelerator(log_with=[tracker], cpu=True)
    accelerator.init_trackers("not asked for", config={"lr": 1e-4})
    accelerator.log({"loss": 0.25, "note": "a text"}, step=1)
    accelerator.end_training()
    reader = open_run(tmp_path / "medialog/first try")
    assert [p.value for p in reader.scalars("loss")] == [0.25]
    assert loaded(reader, "note")[0].data == "a text"
    assert reader.config == {"lr": 1e-4}


# --- where it lies --------------------------------------------------------------------------------


def test_a_second_run_of_a_name_has_a_folder_of_its_own(tmp_path: Path) -> None:
    trackers = [MediaTracker("a", tmp_path) for _ in range(3)]
    for tracker in reversed(trackers):
        tracker.start()
    assert [t.run.dir.name for t in trackers] == ["a_3", "a_2", "a"]


def test_a_folder_is_claimed_before_a_run_is_in_it(tmp_path: Path) -> None:
    places = [MediaTracker("a", tmp_path)._run.place for _ in range(2)]
    assert [place.decide()[0].name for place in places] == ["a", "a_2"]


def test_a_resumed_one_goes_on_in_the_last(tmp_path: Path) -> None:
    for value in (0, 1):
        first = MediaTracker("a", tmp_path)
        first.log({"x": value}, 0)
        finished(first)
    again = MediaTracker("a", tmp_path, resume=True)
    again.log({"x": 2}, 1)
    assert [p.value for p in finished(again).scalars("x")] == [1, 2]
    assert sorted(p.name for p in (tmp_path / "medialog").iterdir()) == ["a", "a_2"]


def test_a_name_leads_to_no_other_folder(tmp_path: Path) -> None:
    tracker = MediaTracker("../up", tmp_path)
    assert tracker.run.dir == tmp_path / "medialog/..%2Fup"


def test_the_environment_may_say_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIALOG_DIR", str(tmp_path / "all"))
    monkeypatch.setenv("MEDIALOG_PROJECT", "mine")
    assert MediaTracker("a", tmp_path / "here").run.dir == tmp_path / "all/mine/a"


def test_nothing_is_made_before_it_starts(tmp_path: Path, tracker: MediaTracker) -> None:
    assert list(tmp_path.iterdir()) == []
    tracker.start()
    assert (tmp_path / "medialog/first try").is_dir()


def test_a_disabled_one_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIALOG_MODE", "disabled")
    tracker = MediaTracker("a", tmp_path)
    tracker.start()
    tracker.log({"x": 1})
    tracker.log_images({"y": PICTURE[None]})
    tracker.finish()
    assert list(tmp_path.iterdir()) == []


# --- pictures and tables --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "batch",
    [
        np.stack([PICTURE, OTHER]),
        np.stack([PICTURE, OTHER]).transpose(0, 3, 1, 2),
        torch.from_numpy(np.stack([PICTURE, OTHER])).permute(0, 3, 1, 2),
        torch.from_numpy(np.stack([PICTURE, OTHER])),
        np.stack([PICTURE, OTHER]).astype(np.float32) / 255,
        [PIL.Image.fromarray(PICTURE), PIL.Image.fromarray(OTHER)],
        [PICTURE, torch.from_numpy(OTHER).permute(2, 0, 1)],
    ],
    ids=["NHWC", "NCHW", "torch NCHW", "torch NHWC", "floats", "PIL", "mixed list"],
)
def test_log_images_keeps_every_pixel_of_a_batch(tracker: MediaTracker, batch: Any) -> None:
    tracker.log_images({"validation": batch}, step=7, caption=["a cat", "a dog"])
    reader = finished(tracker)
    first, second = loaded(reader, "validation")
    np.testing.assert_array_equal(first.to_numpy(), PICTURE)
    np.testing.assert_array_equal(second.to_numpy(), OTHER)
    assert (first.caption, second.caption) == ("a cat", "a dog")
    assert reader.steps("validation") == [7]


def test_log_images_goes_by_dataformats(tracker: MediaTracker) -> None:
    narrow = PICTURE[:3, :3]
    tracker.log_images({"x": torch.from_numpy(narrow)[None]}, 0, dataformats="NHWC")
    tracker.log_images({"y": narrow[None]}, 0, dataformats="NCHW", caption="b")
    reader = finished(tracker)
    np.testing.assert_array_equal(loaded(reader, "x")[0].to_numpy(), narrow)
    [other] = loaded(reader, "y")
    np.testing.assert_array_equal(other.to_numpy(), narrow.transpose(1, 2, 0))
    assert other.caption == "b"


def test_log_takes_media_values_as_wandbs_tracker_does(tracker: MediaTracker) -> None:
    tracker.log({"validation": [Image(PICTURE, caption="0: a prompt")], "loss": 1}, 2, epoch=0.5)
    reader = finished(tracker)
    [image] = loaded(reader, "validation")
    assert image.caption == "0: a prompt"
    np.testing.assert_array_equal(image.to_numpy(), PICTURE)
    assert [(p.step, p.epoch) for p in reader.scalars("loss")] == [(2, 0.5)]


def test_log_table_keeps_rows_with_pictures(tracker: MediaTracker) -> None:
    rows = [["a cat", Image(PICTURE), 0.5], ["a dog", Image(OTHER), 0.25]]
    tracker.log_table("samples", columns=["prompt", "image", "score"], data=rows, step=4)
    [table] = loaded(finished(tracker), "samples")
    assert isinstance(table, Table)
    assert table.columns == ["prompt", "image", "score"]
    assert [row[0] for row in table.data] == ["a cat", "a dog"]
    np.testing.assert_array_equal(table.data[1][1].to_numpy(), OTHER)


def test_a_batch_that_is_no_picture_is_named(tracker: MediaTracker) -> None:
    with pytest.raises(InvalidInput, match=r"log_images\('bad'\)\[0\]"):
        tracker.log_images({"bad": np.zeros((2, 5, 6, 7))})
    with pytest.raises(InvalidInput, match="expected 1 items for caption"):
        tracker.log_images({"bad": PICTURE[None]}, caption=["a", "b"])


# --- arguments ------------------------------------------------------------------------------------


def test_a_script_that_looks_for_tensorboard_finds_it(
    tracker: MediaTracker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tracker.name == "medialog"
    assert MediaTracker("a", tmp_path, shown_as="tensorboard").name == "tensorboard"
    monkeypatch.setenv("MEDIALOG_TRACKER_NAME", "tensorboard")
    assert MediaTracker("a", tmp_path).name == "tensorboard"
    assert MediaTracker("a", tmp_path, shown_as="medialog").name == "medialog"
    assert MediaTracker.name == "medialog"


def test_no_other_name_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        InvalidInput, match=r"shown_as: expected one of .*'tensorboard'.*, got 'wandb'"
    ):
        MediaTracker("a", tmp_path, shown_as="wandb")
    monkeypatch.setenv("MEDIALOG_TRACKER_NAME", "tb")
    with pytest.raises(InvalidInput, match=r"MEDIALOG_TRACKER_NAME: expected one of .* got 'tb'"):
        MediaTracker("a", tmp_path)


@pytest.mark.parametrize("name", [None, "", 3])
def test_a_run_has_a_name(name: Any, tmp_path: Path) -> None:
    with pytest.raises(WrongType, match="run_name: expected a name, got"):
        MediaTracker(name, tmp_path)


def test_a_media_value_in_the_config_is_refused(tracker: MediaTracker) -> None:
    with pytest.raises(WrongType, match="media cannot be part of the config"):
        tracker.store_init_configuration({"picture": Image(PICTURE)})
