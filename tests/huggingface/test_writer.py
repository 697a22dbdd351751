"""SummaryWriter's methods on a run: its signatures, and what becomes of what it is given."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from accelerate import Accelerator
from matplotlib import pyplot as plt
from skimage import data

from medialog_core import Histogram, RunReader, open_run
from medialog_core.errors import InvalidInput
from medialog_huggingface.tracker import MediaTracker
from medialog_huggingface.writer import Writer

PICTURES: np.ndarray[Any, Any] = np.stack([data.astronaut()[:24, :40], data.coffee()[:24, :40]])


@pytest.fixture
def tracker(tmp_path: Path) -> MediaTracker:
    return MediaTracker("tb", tmp_path, shown_as="tensorboard")


@pytest.fixture
def writer(tracker: MediaTracker) -> Writer:
    return tracker.writer


def finished(writer: Writer) -> RunReader:
    writer.close()
    run = writer._run.get()
    run.finish()
    return open_run(run.dir)


def loaded(writer: Writer, key: str, step: int) -> list[Any]:
    reader = finished(writer)
    assert reader.steps(key) == [step]
    return [reader.load(row) for row in reader.rows(key)]


def pixels(writer: Writer, step: int = 1) -> list[Any]:
    return [image.to_numpy() for image in loaded(writer, "x", step)]


def test_its_signatures_are_torchs() -> None:
    tensorboard = pytest.importorskip("torch.utils.tensorboard")
    methods = [name for name in vars(Writer) if name.startswith("add_")]
    assert len(methods) == 12
    for name in methods:
        ours, theirs = (
            [
                (p.name, p.default)
                for p in inspect.signature(getattr(kind, name)).parameters.values()
            ]
            for kind in (Writer, tensorboard.SummaryWriter)
        )
        assert ours == theirs, name


def test_a_validation_shaped_as_diffusers_scripts_are_arrives(tmp_path: Path) -> None:
    tracker = MediaTracker("sd", tmp_path, shown_as="tensorboard")
    accelerator = Accelerator(log_with=[tracker], cpu=True)
    accelerator.init_trackers("sd")
    for one in accelerator.trackers:
        assert one.name == "tensorboard"
        one.writer.add_images("validation", PICTURES, 3, dataformats="NHWC")
    unwrapped: Any = accelerator.get_tracker("tensorboard", unwrap=True)
    unwrapped.add_scalar("loss", torch.tensor(0.5), 3)
    accelerator.end_training()
    reader = open_run(tmp_path / "medialog/sd")
    images = [reader.load(row).to_numpy() for row in reader.rows("validation")]
    np.testing.assert_array_equal(images, PICTURES)
    assert reader.steps("validation") == [3]
    assert [p.value for p in reader.scalars("loss")] == [0.5]


@pytest.mark.parametrize("letters", ["NCHW", "NHWC", "CNWH", "nhwc"])
def test_add_images_goes_by_dataformats(writer: Writer, letters: str) -> None:
    moved = PICTURES.transpose(["NHWC".index(axis) for axis in letters.upper()])
    writer.add_images("x", moved, 1, dataformats=letters)
    np.testing.assert_array_equal(pixels(writer), PICTURES)


def test_add_images_takes_channels_first_by_default(writer: Writer) -> None:
    narrow = torch.from_numpy(PICTURES[:, :3, :3])
    writer.add_images("x", narrow, 1)
    np.testing.assert_array_equal(pixels(writer), narrow.permute(0, 2, 3, 1))


def test_floats_are_of_0_to_1_whatever_they_reach(writer: Writer) -> None:
    dark = torch.tensor([[0.0, 0.2], [0.4, 1.5]])
    writer.add_image("x", dark, 1, dataformats="HW")
    [seen] = pixels(writer)
    np.testing.assert_array_equal(seen, [[0, 51], [102, 255]])


def test_negative_floats_are_black_and_not_grey(writer: Writer) -> None:
    writer.add_image("x", torch.tensor([[[-1.0, 1.0]]]).expand(3, 1, 2), 1)
    [seen] = pixels(writer)
    np.testing.assert_array_equal(seen, [[[0] * 3, [255] * 3]])


def test_add_image_takes_width_before_height_too(writer: Writer) -> None:
    grey = PICTURES[0, :, :, 0]
    writer.add_image("x", grey.T, 1, dataformats="WH")
    np.testing.assert_array_equal(pixels(writer), [grey])


@pytest.mark.parametrize("letters", ["NHWC", "HWX", "HHW", "CH", "HWN C"])
def test_odd_dataformats_are_refused(writer: Writer, letters: str) -> None:
    with pytest.raises(
        InvalidInput, match=f"dataformats: expected a letter .* got '{letters}' for"
    ):
        writer.add_image("x", PICTURES[0], 1, dataformats=letters)


def test_scalars_and_hyper_parameters(writer: Writer) -> None:
    writer.add_scalar("loss", 0.5, 1)
    writer.add_scalars("lr", {"a": np.float32(1), "b": torch.tensor([2.0])}, 2)
    writer.add_hparams({"width": 3, "net": "unet"}, {"best": 0.75}, global_step=4)
    reader = finished(writer)
    expected = {"loss": [(1, 0.5)], "lr/a": [(2, 1)], "lr/b": [(2, 2)], "best": [(4, 0.75)]}
    for key, points in expected.items():
        assert [(p.step, p.value) for p in reader.scalars(key)] == points
    assert reader.config == {"width": 3, "net": "unet"}


@pytest.mark.parametrize(
    ("options", "bins"),
    [({}, 64), ({"max_bins": 5}, 5), ({"bins": 3}, 3), ({"bins": [0, 1, 9]}, 2)],
)
def test_histograms(writer: Writer, options: dict[str, Any], bins: int) -> None:
    writer.add_histogram("x", torch.arange(10), 1, **options)
    [histogram] = loaded(writer, "x", 1)
    assert isinstance(histogram, Histogram)
    assert (len(histogram.counts), sum(histogram.counts)) == (bins, 10)
    assert (histogram.edges[0], histogram.edges[-1]) == (0, 9)


def test_max_bins_is_refused_where_it_means_nothing(writer: Writer) -> None:
    with pytest.raises(InvalidInput, match="max_bins: expected None beside bins='auto'"):
        writer.add_histogram("x", [1.0], bins="auto", max_bins=4)


def test_text_is_markdown(writer: Writer) -> None:
    writer.add_text("x", "**bold**", 1)
    [text] = loaded(writer, "x", 1)
    assert (text.data, text.format) == ("**bold**", "markdown")


def test_figures_are_closed_but_for_those_to_be_kept(writer: Writer) -> None:
    figures = [plt.figure(figsize=(1, i), dpi=20, facecolor="red") for i in (1, 2)]
    writer.add_figure("x", figures, 1)
    assert plt.get_fignums() == []
    kept = plt.figure(figsize=(1, 1), dpi=20)
    writer.add_figure("y", kept, 1, close=False)
    assert plt.get_fignums() == [kept.number]
    plt.close(kept)
    seen = pixels(writer)
    assert [image.shape[:2] for image in seen] == [(20, 20), (40, 20)]
    assert seen[0][0, 0, :3].tolist() == [255, 0, 0]


def test_videos_have_their_frames_and_rate(writer: Writer) -> None:
    frames = np.stack([np.full((3, 3, 16, 16), value, np.uint8) for value in (0, 250)])
    writer.add_video("x", torch.from_numpy(frames), 1, fps=8)
    videos = loaded(writer, "x", 1)
    assert [video.fps for video in videos] == [8, 8]
    dark, light = (video.to_numpy() for video in videos)
    assert dark.shape[0] == light.shape[0] == 3
    assert dark.max() < 8
    assert light.min() > 240


def test_sounds_keep_every_sample(writer: Writer) -> None:
    sound = np.linspace(-1, 0.5, 200, dtype=np.float32)
    writer.add_audio("x", torch.from_numpy(sound)[None], 1, sample_rate=8000)
    [audio] = loaded(writer, "x", 1)
    assert audio.sample_rate == 8000
    np.testing.assert_allclose(np.ravel(audio.to_numpy()) / 2**31, sound, atol=2e-7)


SQUARE = np.array([[[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 2]]], np.float32)
COLOURS = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [9, 9, 9]]], np.uint8)


def test_points_have_their_places_and_colours(writer: Writer) -> None:
    writer.add_mesh("x", SQUARE, COLOURS // 255, global_step=1)
    [cloud] = loaded(writer, "x", 1)
    points = cloud.to_numpy()
    np.testing.assert_array_equal(points[:, :3], SQUARE[0])
    np.testing.assert_array_equal(points[:, 3:], COLOURS[0] // 255)


def test_meshes_have_their_faces(writer: Writer) -> None:
    writer.add_mesh("x", SQUARE, COLOURS, [[[0, 1, 2], [0, 2, 3]]], global_step=1)
    writer.add_mesh("plain", SQUARE, faces=torch.tensor([[[0, 1, 2]]]), global_step=1)
    [mesh] = loaded(writer, "x", 1)
    model = mesh.source.model()
    np.testing.assert_array_equal(model.vertices, SQUARE[0])
    np.testing.assert_array_equal(model.faces, [[0, 1, 2], [0, 2, 3]])
    np.testing.assert_array_equal(model.colors, COLOURS[0])
    [plain] = loaded(writer, "plain", 1)
    np.testing.assert_array_equal(plain.source.model().vertices, SQUARE[0])
    assert plain.source.model().colors is None


def test_meshes_of_other_shapes_are_refused(writer: Writer) -> None:
    with pytest.raises(InvalidInput, match="vertices: expected a batch B×N×3"):
        writer.add_mesh("x", SQUARE[0])
    with pytest.raises(InvalidInput, match="colors: expected shape"):
        writer.add_mesh("x", SQUARE, COLOURS[:, :2])
    with pytest.raises(InvalidInput, match="faces: expected a batch of 1, got 2"):
        writer.add_mesh("x", SQUARE, faces=np.zeros((2, 1, 3), int))


def test_pr_curves_are_those_of_the_labels(writer: Writer) -> None:
    labels, scores = [0, 1, 1, 0], [0.1, 0.9, 0.4, 0.6]
    with pytest.raises(InvalidInput, match="weights: expected None"):
        writer.add_pr_curve("x", labels, scores, weights=[1, 1, 1, 1])
    writer.add_pr_curve("x", np.array(labels), torch.tensor(scores), 1)
    [chart] = loaded(writer, "x", 1)
    [curve] = chart.series
    recalls, precisions = [0, 0.5, 0.5, 1, 1], [1, 1, 1 / 2, 2 / 3, 2 / 4]
    np.testing.assert_allclose([curve.x, curve.y], [recalls, precisions])


def test_walltime_is_said_to_be_lost(writer: Writer, caplog: pytest.LogCaptureFixture) -> None:
    for step in range(2):
        writer.add_scalar("x", 1.0, step, walltime=12.0)
    assert caplog.text.count("walltime of 'x' is not kept") == 1


def test_it_says_what_it_has(writer: Writer) -> None:
    with pytest.raises(AttributeError, match="no 'add_embedding'; it has add_audio, add_figure"):
        writer.add_embedding(torch.eye(3))
    assert not hasattr(writer, "add_graph")


def test_it_knows_where_it_writes(writer: Writer, tmp_path: Path) -> None:
    assert writer.log_dir == writer.get_logdir() == str(tmp_path / "medialog/tb")
