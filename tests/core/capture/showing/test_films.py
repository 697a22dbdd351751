"""Inputs with one axis more than pictures are shown as videos; what may be several things is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import skimage.data

from medialog_core.capture import Capture
from medialog_core.capture.batch import split
from medialog_core.capture.datasets import DatasetFacts
from medialog_core.capture.follow import Follower
from medialog_core.capture.predict import Predictions
from medialog_core.capture.samples import Sample
from medialog_core.capture.session import Session
from medialog_core.capture.showing import films
from medialog_core.capture.showing.films import film, films_of, frames_of
from medialog_core.capture.showing.pixels import Look
from medialog_core.capture.showing.predictions import raw_table
from medialog_core.capture.tasks.evidence import Evidence
from medialog_core.media.clips.video import Video

CLIP = np.stack([skimage.data.astronaut()[8 * i : 8 * i + 24, :32] for i in range(5)])
"""T×H×W×C"""
TCHW = CLIP.transpose(0, 3, 1, 2)
VOLUME = CLIP[..., 0][None].astype(np.int16) - 1000
"""1×D×H×W, as of a CT"""
MEAN, STD = (0.5, 0.4, 0.3), (0.2, 0.2, 0.1)
PSNR_DB = 35


def normalised(clips: Any) -> Any:
    mean, std = (np.array(v, np.float32)[:, None, None] for v in (MEAN, STD))
    return (clips.astype(np.float32) / 255 - mean) / std


def close(video: Video, clip: Any) -> bool:
    error = ((video.to_numpy().astype(float) - clip) ** 2).mean()
    return bool(10 * np.log10(255**2 / max(error, 1e-9)) >= PSNR_DB)


@pytest.mark.parametrize(
    ("row", "frames"),
    [
        (TCHW, TCHW),
        (TCHW.swapaxes(0, 1), TCHW),
        (CLIP, TCHW),
        (VOLUME, VOLUME.swapaxes(0, 1)),
        (TCHW / 255, TCHW / 255),
        (TCHW[:3], None),  # as many frames as channels
        (TCHW[:, :2], None),
        (TCHW[..., :7], None),
        (TCHW[:0], None),
        (TCHW[0], None),
        (TCHW > 0, None),
        (TCHW.tolist(), None),
    ],
)
def test_frames_are_told_where_one_order_of_axes_fits(row: Any, frames: Any) -> None:
    found = frames_of(row)
    assert (found is None) == (frames is None)
    assert found is None or np.array_equal(found, frames)


def test_all_inputs_are_films_or_none_is() -> None:
    assert films_of([TCHW[0], TCHW]) is None
    assert films_of([]) is None
    assert [len(each) for each in films_of([TCHW, TCHW[:4]]) or []] == [5, 4]


def test_pixels_are_those_of_the_look() -> None:
    found = film(normalised(TCHW), Look((0.0, 1.0), MEAN, STD), "0/1")
    assert np.array_equal(found.to_numpy(), CLIP)
    assert found.sample_id == "0/1"


def test_what_is_not_finite_is_black() -> None:
    broken = np.full((4, 1, 8, 8), 0.5)
    broken[0], broken[1] = np.nan, np.inf
    assert [int(f.max()) for f in film(broken, Look((0.0, 1.0))).to_numpy()] == [0, 0, 128, 128]


def test_inputs_are_a_list_of_videos_in_true_colours(run: Any, logged: Any) -> None:
    facts = DatasetFacts(mean=MEAN, std=STD)
    batch = normalised(np.stack([TCHW, TCHW[::-1], TCHW])), np.arange(3)
    Session(Capture(num_samples=2), [run]).log_inputs("train", split(batch, {}), facts, 0, None)
    first, second = logged("train/inputs")
    assert close(first, CLIP)
    assert close(second, CLIP[::-1])


def test_as_many_are_shown_as_go_together_and_the_others_are_counted(
    run: Any, logged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [films.shown_of([TCHW] * count) for count in (1, 4)] == [1, 4]
    monkeypatch.setattr(films, "_MOST_BYTES", 2 * TCHW.size)
    assert [films.shown_of([TCHW] * count) for count in (1, 2, 3)] == [1, 2, 2]
    session = Session(Capture(), [run])
    batch = np.stack([TCHW] * 5), np.arange(5)
    session.log_inputs("train", split(batch, {}), DatasetFacts(), 0, None)
    assert (len(logged("train/inputs")), run.health["capture_films_left_out"]) == (2, 3)
    samples = [Sample(f"0/{i}", TCHW, "", {}) for i in range(5)]
    table = raw_table(samples, None, Look(None))
    session.log_table("val/predictions", table, 0, None)
    assert [type(cell) for cell in table.get_column("input")] == [Video] * 2 + [type(None)] * 3
    assert run.health["capture_films_left_out"] == 6
    monkeypatch.setattr(films, "_MOST_BYTES", 1)
    assert films.shown_of([TCHW]) == 1


def test_slices_of_volumes_share_one_range(run: Any, logged: Any) -> None:
    batch = np.stack([VOLUME, VOLUME // 2]), np.arange(2)
    Session(Capture(), [run]).log_inputs("val", split(batch, {}), DatasetFacts(), 0, None)
    low, high = int(batch[0].min()), int(batch[0].max())
    shown = logged("val/inputs")
    for video, volume in zip(shown, batch[0], strict=True):
        assert close(video, ((volume[0] - low) / (high - low) * 255)[..., None])


def test_predictions_of_videos_stand_beside_them_in_a_table(run: Any, logged: Any) -> None:
    parts = split((np.stack([TCHW, TCHW[::-1]]), np.array([0, 1])), {})
    follower = Follower(0, 2, {}, lambda i: i)
    shown = Predictions(
        Session(Capture(), [run]), follower, "val", DatasetFacts(classes={0: "up", 1: "down"})
    )
    follower.begin()
    leading = follower.look(0, parts, lambda _: None)
    assert leading is not None
    scores = [np.array([2.0, 0.0], np.float32)] * 2
    follower.see(leading, [Evidence("call", 0, scores, on_inputs=True)])
    shown.log(lambda *_: [], 0, None)
    [table] = logged("val/predictions")
    assert [row[2:4] for row in table.data] == [["up", "up"], ["down", "up"]]
    assert close(table.data[0][1], CLIP)
    assert close(table.data[1][1], CLIP[::-1])
    assert [row[1].sample_id for row in table.data] == ["0/0", "0/1"]
