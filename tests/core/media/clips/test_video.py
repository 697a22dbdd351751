from __future__ import annotations

import io
import pickle
import tracemalloc
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import PIL.Image
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

import medialog_core
from benchmarks.data import panning
from medialog_core import Image, Video, codecs
from medialog_core.errors import InvalidInput, MissingExtra, WrongType
from medialog_core.media.clips.video import decode, encode
from medialog_core.media.images.grid import make_grid
from medialog_core.payload import Blob
from medialog_core.schema import Conversion, VideoMeta
from medialog_core.testing import CodecTests, back, through_bytes
from tests.pictures import noise

Array = NDArray[Any]


RGB = noise(5, 6, 8, 3)  # T×H×W×C


def encoded(video: Video) -> tuple[Blob, VideoMeta]:
    [payload] = encode([video])
    [blob] = payload.blobs
    assert isinstance(payload.meta, VideoMeta)
    assert isinstance(blob, Blob)
    return blob, payload.meta


class TestCodec(CodecTests):
    @pytest.fixture
    def values(self) -> Sequence[Video]:
        mp4, _ = encoded(Video(RGB))
        return [
            Video(RGB, caption="full", fps=29.97, lossless=True, sample_id=3),
            Video(RGB[..., :1], lossless=True),
            Video(noise(5, 6, 8, 4), lossless=True),
            Video(RGB[:1], lossless=True),
            Video(RGB[:, :1], lossless=True, layout="THWC"),
            Video(RGB[:, :5, :7], lossless=True, format="webm"),
            Video(np.linspace(-1, 1, 5 * 6 * 8, dtype=np.float32).reshape(5, 6, 8), lossless=True),
            Video(np.repeat(RGB, 3, axis=0), lossless=True),
            Video(noise(2, 5, 3, 6, 8), lossless=True),
            Video(io.BytesIO(mp4.data), format="mp4", caption="kept"),
        ]


# --- layouts and shapes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (RGB, RGB),
        (RGB.transpose(0, 3, 1, 2), RGB),
        (RGB[..., 0], RGB[..., :1]),
        (RGB[..., :1], RGB[..., :1]),
        (RGB[:, None, ..., 0], RGB[..., :1]),
        (RGB[:1], RGB[:1]),
        (RGB[None], RGB),
        (RGB.transpose(0, 3, 1, 2)[None], RGB),
        (RGB[::-1, ::-1], RGB[::-1, ::-1]),
        (noise(3, 16, 18, 3), noise(3, 16, 18, 3)),  # W&B: 16 channels, 3 pixels wide
        (torch.from_numpy(RGB), RGB),
        (torch.from_numpy(RGB).permute(0, 3, 1, 2), RGB),
        (torch.from_numpy(RGB).permute(0, 3, 1, 2).contiguous(), RGB),
        (torch.from_numpy(RGB)[..., 0], RGB[..., :1]),
        (RGB.tolist(), RGB),
    ],
    ids=range(15),
)
def test_layouts_that_only_one_reading_fits(data: Any, expected: Array) -> None:
    video = Video(data)
    assert np.array_equal(expected, video.to_numpy())
    assert encoded(video)[1].width == expected.shape[2]


def test_where_both_readings_fit_the_channels_come_second_unless_stated() -> None:
    both = noise(5, 4, 6, 3)
    assert Video(both).to_numpy().shape == (5, 6, 3, 4)
    assert Video(torch.from_numpy(both)).to_numpy().shape == (5, 6, 3, 4)
    assert Video(both, layout="THWC").to_numpy().shape == (5, 4, 6, 3)
    assert Video(both[..., 0], layout="THW").to_numpy().shape == (5, 4, 6, 1)


@settings(max_examples=30, deadline=None)
@given(
    hnp.arrays(
        np.uint8,
        st.tuples(*[st.integers(1, 6)] * 3, st.sampled_from([1, 3, 4])),
    ),
    st.booleans(),
    st.sampled_from(["C", "F"]),
    st.sampled_from([1, -1]),
)
def test_any_layout_and_strides_come_back_exactly(
    frames: Array, first: bool, order: Any, step: int
) -> None:
    turned = frames.transpose(0, 3, 1, 2) if first else frames
    data = np.array(turned, order=order)[::step]
    data.flags.writeable = False
    video = Video(data, layout="TCHW" if first else "THWC", lossless=True)
    assert np.array_equal(frames[::step], back(video).to_numpy())


def test_a_batch_lies_side_by_side_as_make_grid_lays_it() -> None:
    batch = noise(9, 5, 6, 8, 3)
    video = Video(batch, lossless=True)
    expected = [make_grid(batch[:, t], layout="HWC").transpose(1, 2, 0) for t in range(5)]
    assert np.array_equal(expected, video.to_numpy())
    assert np.array_equal(expected, back(video).to_numpy())
    assert np.array_equal(expected, Video(batch.transpose(0, 1, 4, 2, 3)).to_numpy())
    meta = encoded(video)[1]
    assert (meta.height, meta.width) == expected[0].shape[:2]


def test_a_batch_of_grey_videos_is_grey() -> None:
    grid = Video(noise(2, 5, 1, 6, 8)).to_numpy()
    assert grid.shape == (5, 6 + 4, 2 * 8 + 6, 3)
    assert (grid[..., 0] == grid[..., 2]).all()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            noise(5, 6, 8, 2),
            r"got shape \(5, 6, 8, 2\) and dtype uint8; a video is T×C×H×W, .*1, 3",
        ),
        (noise(5, 6), r"got shape \(5, 6\) and dtype uint8; a video is"),
        (noise(2, 3, 5, 6, 8), r"of B×C×T×H×W give x.swapaxes\(1, 2\)"),
        (noise(6, 8, 3), r"shape \(6, 8, 3\) .*looks like one picture; log it as Image\(x\)"),
        (noise(0, 3, 6, 8), r"at least one frame, got shape \(0, 3, 6, 8\)"),
        (noise(5, 3, 0, 8), r"at least one frame, got shape \(5, 3, 0, 8\)"),
        ([], "at least one frame, got an empty list"),
        (np.zeros((5, 6, 8), np.complex64), "expected real numbers"),
        ([RGB[0], RGB[0, :4]], r"frames differ, shape \(6, 8, 3\) .* at 0 and shape \(4, 8, 3\)"),
        ([RGB[0], RGB[0] / 2], r"dtype uint8 at 0 and .* dtype float64 at 1; make them alike"),
        ([[[1, 2], [3]]], "its rows differ in length"),
        ([[]], "expected a frame, got shape"),
    ],
)
def test_what_is_no_video_is_refused_with_the_fix(data: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=f"^Video: data_or_path.*{message}"):
        Video(data)


def test_a_stated_layout_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"shape \(5, 6, 8, 3\) .* with layout='TCHW'"):
        Video(RGB, layout="TCHW")
    with pytest.raises(InvalidInput, match=r"layout: expected one of THW, TCHW.*got 'HWC'"):
        Video(RGB, layout="HWC")


@pytest.mark.parametrize("data", [None, 3, {"a": 1}, b"mp4", PIL.Image.new("L", (4, 4))])
def test_what_no_video_can_be_made_of_is_a_wrong_type(data: Any) -> None:
    with pytest.raises(WrongType, match=r"Video: data_or_path: expected a path, an open file, an"):
        Video(data)


# --- lists of frames ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [
        lambda f: f,
        lambda f: f.transpose(2, 0, 1),
        lambda f: torch.from_numpy(f).permute(2, 0, 1),
        PIL.Image.fromarray,
        Image,
        lambda f: Image(f.transpose(2, 0, 1)),
        lambda f: Image(f, file_type="bmp"),
    ],
    ids=["HWC", "CHW", "tensor", "PIL", "Image", "Image of CHW", "Image with options"],
)
def test_a_list_of_frames_is_a_video(frame: Any) -> None:
    assert np.array_equal(RGB, Video([frame(one) for one in RGB]).to_numpy())


def test_pictures_leave_no_doubt_where_their_channels_are() -> None:
    low = RGB[:, :3]  # as an array, this could be T×C×H×W
    assert np.array_equal(low, Video([PIL.Image.fromarray(f) for f in low]).to_numpy())
    grey = [PIL.Image.fromarray(f) for f in RGB[:, :, :4, 0].copy()]
    assert np.array_equal(RGB[:, :, :4, :1], Video(grey).to_numpy())


@pytest.mark.parametrize("pickled", [False, True])
def test_float_images_in_a_list_share_one_range(pickled: bool) -> None:
    frames = [Image(np.full((4, 5), value, np.float32)) for value in (0.0, 0.5, 200.0)]
    if pickled:
        frames = [pickle.loads(pickle.dumps(frame)) for frame in frames]  # noqa: S301 - our own
    assert Video(frames).to_numpy()[:, 0, 0, 0].tolist() == [0, 1, 200]


def test_a_list_of_videos_is_a_batch() -> None:
    assert np.array_equal(Video(np.stack([RGB, RGB])).to_numpy(), Video([RGB, RGB]).to_numpy())


def test_a_frame_of_another_type_is_named() -> None:
    with pytest.raises(WrongType, match=r"data_or_path\[1\]: expected an array.*got str 'x'"):
        Video([RGB[0], "x"])


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "dtype", "options", "pixels", "rule"),
    [
        ([0.0, 0.5, 1.0], np.float32, {}, [0, 128, 255], Conversion("unit", 0.0, 1.0)),
        ([-1.0, 0.0, 1.0], np.float64, {}, [0, 128, 255], Conversion("symmetric", -1.0, 1.0)),
        ([0.4, 300.0, -3.0], np.float16, {}, [0, 255, 0], Conversion("clip", 0.0, 255.0)),
        ([0.0, np.nan, np.inf], np.float32, {}, [0, 0, 0], Conversion("unit", 0.0, 1.0, 16)),
        ([-5, 300, 7], np.int64, {}, [0, 255, 7], Conversion("clip", 0.0, 255.0)),
        ([0, 257, 65535], np.uint16, {}, [0, 1, 255], Conversion("value_range", 0.0, 65535.0)),
        ([False, True, True], np.bool_, {}, [0, 255, 255], Conversion("bool")),
        ([0, 9, 255], np.uint8, {}, [0, 9, 255], None),
        (
            [2.0, 4.0, np.nan],
            np.float32,
            {"value_range": (2, 4)},
            [0, 255, 0],
            Conversion("value_range", 2.0, 4.0, 8),
        ),
        (
            [0.9, 7.9, -np.inf],
            np.float32,
            {"normalize": False},
            [0, 7, 0],
            Conversion("cast", nonfinite=8),
        ),
    ],
)
def test_numbers_become_pixels_as_in_images(
    numbers: Any, dtype: Any, options: Any, pixels: Any, rule: Any
) -> None:
    data = np.array(numbers, dtype)[:, None, None].repeat(8, axis=2)
    video = Video(data, lossless=True, **options)
    assert encoded(video)[1].conversion == rule
    assert (
        back(video).to_numpy()[:, 0, 0, 0].tolist()
        == pixels
        == video.to_numpy()[:, 0, 0, 0].tolist()
    )


def test_the_range_is_decided_once_for_a_list() -> None:
    dark = Video(np.full((2, 4, 5), 0.5, np.float32), lossless=True)
    light = Video(np.full((2, 4, 5), 200.0, np.float32), lossless=True)
    first, second = (decode(through_bytes(payload)) for payload in encode([dark, light]))
    assert (first.to_numpy() == 1).all()
    assert (second.to_numpy() == 200).all()
    assert (dark.to_numpy() == 128).all()  # alone


def test_one_bright_frame_decides_for_all() -> None:
    frames = np.zeros((3, 4, 5), np.float32)
    frames[0], frames[2] = 0.5, 9
    assert Video(frames).to_numpy()[:, 0, 0, 0].tolist() == [1, 0, 9]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_tensors_of_any_float_with_a_graph(dtype: torch.dtype) -> None:
    data = torch.linspace(0, 1, 2 * 3 * 4 * 5, dtype=dtype).reshape(2, 3, 4, 5).requires_grad_()
    expected = torch.floor(data.detach().double() * 255 + 0.5).permute(0, 2, 3, 1).numpy()
    assert np.array_equal(expected, Video(data).to_numpy())


def test_a_value_range_is_lo_and_hi() -> None:
    with pytest.raises(InvalidInput, match="value_range: expected"):
        Video(RGB, value_range=(3, 1))


# --- the snapshot ---------------------------------------------------------------------------------


def test_what_happens_to_the_array_afterwards_does_not_matter() -> None:
    data = RGB.copy()
    listed = [frame.copy() for frame in RGB]
    one, other = Video(data), Video(listed)
    data[:] = 0
    for frame in listed:
        frame[:] = 0
    assert np.array_equal(RGB, one.to_numpy())
    assert np.array_equal(RGB, other.to_numpy())
    assert one.nbytes >= RGB.nbytes


def test_a_long_clip_is_not_in_memory_several_times() -> None:
    video = Video(noise(200, 64, 64, 3).astype(np.float32), fps=30, value_range=(0, 255))
    raw = 200 * 64 * 64 * 3 * 4
    blob, _ = encoded(video)
    tracemalloc.start()
    try:
        size = len(blob.data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * size + raw / 8


def test_a_repeat_has_the_same_digest_and_other_options_another() -> None:
    videos = [
        Video(RGB),
        Video(RGB.copy(), caption="x"),
        Video(RGB, fps=5),
        Video(RGB, format="webm"),
        Video(RGB, quality=50),
        Video(RGB[::-1]),
    ]
    digests = [encoded(video)[0].digest for video in videos]
    assert digests[0] == digests[1]
    assert len(set(digests)) == len(videos) - 1


def test_nothing_is_encoded_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medialog_core.film.libav.write", None)
    encoded(Video(RGB))


# --- files that are made --------------------------------------------------------------------------


Seen = tuple[Array, float, float]
"""Frames, frames a second, seconds."""


def decoded_by_pyav(data: bytes, _tmp: Path | None = None) -> Seen:
    with av.open(io.BytesIO(data), "r") as container:
        stream = container.streams.video[0]
        frames = np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(stream)])
        assert container.duration is not None
        assert stream.average_rate is not None
        return frames, float(stream.average_rate), container.duration / 1e6


def decoded_by_opencv(data: bytes, tmp: Path) -> Seen:
    path = tmp / "film"  # it looks at the content
    path.write_bytes(data)
    capture = cv2.VideoCapture(str(path))
    frames = []
    while (read := capture.read())[0]:
        frames.append(read[1][..., ::-1])
    fps = float(capture.get(cv2.CAP_PROP_FPS))
    return np.stack(frames), fps, len(frames) / fps


def decoded_by_opencv_images(data: bytes, _tmp: Path | None = None) -> Seen:
    _, film = cv2.imdecodeanimation(np.frombuffer(data, np.uint8))
    frames = np.stack([frame[..., [2, 1, 0, 3][: frame.shape[2]]] for frame in film.frames])
    secs = sum(film.durations) / 1000
    return frames, len(frames) / secs, secs


def decoded_by_pillow(data: bytes, _tmp: Path | None = None) -> Seen:
    with PIL.Image.open(io.BytesIO(data)) as image:
        frames, durations = [], []
        for index in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(index)
            frames.append(np.asarray(image.convert("RGB")))
            durations.append(image.info["duration"])
    secs = sum(durations) / 1000
    return np.stack(frames), len(frames) / secs, secs


def psnr(ours: Array, source: Array) -> float:
    error = np.mean((ours.astype(np.float64) - source) ** 2)
    return float(10 * np.log10(255**2 / error))


READERS: dict[str, list[Callable[[bytes, Path], Seen]]] = {
    "mp4": [decoded_by_pyav, decoded_by_opencv],
    "webm": [decoded_by_pyav, decoded_by_opencv],
    "gif": [decoded_by_pillow, decoded_by_opencv],
    "webp": [decoded_by_pillow, decoded_by_opencv_images],
}
"""Two libraries for each format."""


@pytest.mark.parametrize("photo", range(3))
@pytest.mark.parametrize("form", READERS)
def test_two_libraries_see_the_photographs_frames_at_the_right_times(
    form: str, photo: int, tmp_path: Path
) -> None:
    source = panning(16, 160, photo)
    [payload] = encode([Video(source, fps=12.5, format=form)])
    [blob], meta = payload.blobs, payload.meta
    assert isinstance(blob, Blob)
    assert isinstance(meta, VideoMeta)
    assert (meta.frames, meta.fps, meta.duration_secs) == (16, 12.5, 16 / 12.5)
    seen = [reader(blob.data, tmp_path) for reader in READERS[form]]
    least = 34 if form == "gif" else 35  # 256 colours
    for frames, fps, secs in seen:
        assert frames.shape == source.shape
        assert psnr(frames, source) >= least
        assert fps == pytest.approx(12.5, rel=0.01)
        assert secs == pytest.approx(16 / 12.5, rel=0.01)
    assert psnr(seen[0][0], seen[1][0] + 1e-9) > 45
    assert np.array_equal(seen[0][0], decode(through_bytes(payload)).to_numpy())


@pytest.mark.parametrize("form", ["webp", "webm"])
@pytest.mark.parametrize("channels", [1, 3])
def test_two_libraries_see_a_lossless_video_exactly(
    form: str, channels: int, tmp_path: Path
) -> None:
    source = noise(6, 7, 9, channels)
    blob, meta = encoded(Video(source, format=form, lossless=True))
    assert "lossless" in meta.encoding
    for reader in READERS[form]:
        frames, _, _ = reader(blob.data, tmp_path)
        assert np.array_equal(np.broadcast_to(source, (6, 7, 9, 3)), frames[..., :3])


def test_a_lossless_video_keeps_alpha_and_the_colours_below_it() -> None:
    source = noise(6, 7, 9, 4)
    source[:, 2:5, 2:5, 3] = 0
    blob, meta = encoded(Video(source, lossless=True))
    assert (meta.encoding, meta.channels) == ("webp lossless", 4)
    assert np.array_equal(source, decoded_by_opencv_images(blob.data)[0])
    assert np.array_equal(source, back(Video(source, lossless=True)).to_numpy())


@pytest.mark.parametrize("form", ["gif", "webp"])
@pytest.mark.parametrize("fps", [3, 25, 29.97])
def test_equal_frames_come_back_each(form: str, fps: float) -> None:
    source = np.repeat(noise(4, 6, 8), [1, 5, 2, 9], axis=0)
    video = Video(source, fps=fps, format=form, lossless=form == "webp")
    blob, meta = encoded(video)
    assert decoded_by_pillow(blob.data)[2] == pytest.approx(17 / fps, abs=0.01)
    assert meta.frames == 17
    assert np.array_equal(source[..., None], back(video).to_numpy())


@pytest.mark.parametrize("fps", [0.01, 0.5, 24000 / 1001, 59.94, 240, 1000])
def test_any_frame_rate_is_kept(fps: float, tmp_path: Path) -> None:
    video = Video(RGB, fps=fps)
    blob, meta = encoded(video)
    assert meta.fps == fps == back(video).fps
    with av.open(io.BytesIO(blob.data), "r") as container:
        rate = container.streams.video[0].average_rate
        assert rate is not None
        assert float(rate) == pytest.approx(fps, rel=1e-6)
    assert decoded_by_opencv(blob.data, tmp_path)[1] == pytest.approx(fps, rel=1e-3)


def test_the_frames_of_a_gif_do_not_drift() -> None:
    blob, _ = encoded(Video(noise(90, 4, 5), fps=30, format="gif"))
    assert decoded_by_pillow(blob.data)[2] == pytest.approx(3)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 8), (6, 9), (63, 1)])
def test_odd_sides_of_an_mp4_repeat_the_last_row_and_column(height: int, width: int) -> None:
    source = np.repeat(noise(1, height, width, 3), 4, axis=0)
    video = Video(source, layout="THWC", quality=100)
    blob, meta = encoded(video)
    assert (meta.height, meta.width) == (height, width)
    assert meta.padding == (width % 2, height % 2)
    frames, _, _ = decoded_by_pyav(blob.data)
    assert frames.shape[1:3] == (height + height % 2, width + width % 2)
    assert back(video).to_numpy().shape == source.shape


def test_what_is_padded_looks_like_its_neighbour() -> None:
    source = np.zeros((4, 31, 31, 3), np.uint8)
    source[:, :, -1] = source[:, -1] = 255
    frames, _, _ = decoded_by_pyav(encoded(Video(source))[0].data)
    assert frames[:, :, -1].min() > 230
    assert frames[:, -1].min() > 230


def test_an_mp4_is_what_every_browser_plays() -> None:
    blob, meta = encoded(Video(noise(4, 7, 9)))
    assert (blob.content_type, blob.extension) == ("video/mp4", "mp4")
    assert meta.encoding == "mp4 h264 lossy q90"
    assert blob.data.index(b"moov") < blob.data.index(b"mdat")
    with av.open(io.BytesIO(blob.data), "r") as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.color_primaries, context.color_trc, context.colorspace) == (1, 13, 6)
        assert context.color_range == 1


@pytest.mark.parametrize("form", ["mp4", "webm", "webp"])
def test_flat_colours_are_the_source_s(form: str, tmp_path: Path) -> None:
    colours = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [200, 120, 40], [128, 128, 128]])
    frame = np.repeat(np.repeat(colours, 32, axis=0)[None], 32, axis=0).astype(np.uint8)
    frames = np.stack([frame] * 3)
    frames[:, 0, 0, 0] = [0, 99, 255]  # still pictures are no animation
    blob, _ = encoded(Video(frames, format=form))
    for reader in READERS[form]:
        seen, _, _ = reader(blob.data, tmp_path)
        assert np.abs(seen[-1, 16, 16::32].astype(int) - colours).max() <= 4


@pytest.mark.parametrize("form", ["mp4", "webm", "gif"])
def test_where_a_file_has_no_alpha_white_shows_and_the_meta_says_so(form: str) -> None:
    source = np.zeros((3, 8, 8, 4), np.uint8)
    source[..., 3] = 51  # black, a fifth opaque
    video = Video(source, format=form)
    _, meta = encoded(video)
    assert meta.channels == 3
    assert meta.encoding.endswith(", alpha over white")
    assert np.abs(back(video).to_numpy().astype(int) - 204).max() <= 3


def test_a_webp_keeps_alpha() -> None:
    source = np.full((3, 8, 8, 4), 200, np.uint8)
    source[:, :4, :, 3] = 90
    video = Video(source, format="webp")
    assert encoded(video)[1].encoding == "webp lossy q90"
    assert np.array_equal(source[..., 3], back(video).to_numpy()[..., 3])


@pytest.mark.parametrize("form", ["mp4", "webm", "webp"])
def test_a_lower_quality_is_smaller(form: str) -> None:
    source = panning(8, 64, 0)
    sizes = [
        len(encoded(Video(source, format=form, quality=quality))[0].data)
        for quality in (10, 60, 90, 100)
    ]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize("form", READERS)
def test_one_frame_is_a_video(form: str) -> None:
    video = Video(RGB[:1], format=form)
    assert back(video).to_numpy().shape == RGB[:1].shape
    assert encoded(video)[1].duration_secs == 0.25


# --- options --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "avi"}, "format: frames become one of mp4, webm, gif, webp, got 'avi'"),
        ({"format": "ogg"}, "format: frames become one of mp4, webm, gif, webp, got 'ogg'"),
        ({"format": "mp4", "lossless": True}, "lossless=True goes with format='webp'"),
        ({"format": "gif", "lossless": True}, "lossless=True goes with format='webp'"),
        ({"quality": 90, "lossless": True}, "lossless=True goes with .*without a quality"),
        ({"format": "gif", "quality": 90}, "quality: a gif has none"),
        ({"quality": 0}, "quality: expected 1 to 100, got 0"),
        ({"fps": 0}, "fps: expected 0.01 to 1000 frames a second, got 0"),
        ({"fps": -4}, "fps: expected 0.01 to 1000 frames a second, got -4"),
        ({"fps": 10**6}, "fps: expected 0.01 to 1000 frames a second, got 1e"),
        ({"fps": float("nan")}, "fps: expected 0.01 to 1000 frames a second, got nan"),
        ({"fps": 60, "format": "gif"}, "at most 50 frames a second of a gif, got 60"),
        ({"fps": 120, "lossless": True}, "at most 90 frames a second of a webp, got 120"),
    ],
)
def test_options_that_cannot_be_are_refused(options: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        Video(RGB, **options)


def test_options_of_a_wrong_type_are_refused() -> None:
    with pytest.raises(WrongType, match=r"Video: fps: expected a number, got str '4'"):
        Video(RGB, fps="4")  # type: ignore[arg-type]
    with pytest.raises(WrongType, match=r"quality: expected a whole number"):
        Video(RGB, quality=1.5)  # type: ignore[arg-type]
    with pytest.raises(WrongType, match=r"caption: expected a string, got list"):
        Video(RGB, caption=["a"])  # type: ignore[arg-type]


def test_lossless_webm_has_no_alpha() -> None:
    with pytest.raises(InvalidInput, match="format='webm' has no alpha; use format='webp'"):
        Video(noise(5, 6, 8, 4), format="webm", lossless=True)


def test_a_side_beyond_what_browsers_play_is_refused() -> None:
    with pytest.raises(InvalidInput, match="format='mp4' holds 16384 pixels a side, got 16385×2"):
        Video(np.zeros((1, 2, 16_385, 3), np.uint8))


@pytest.mark.parametrize("number", [np.float32(8), torch.tensor(8), np.int64(8), 8])
def test_numbers_of_any_library_are_frame_rates_and_captions(number: Any) -> None:
    video = Video(RGB, fps=number, caption=number, sample_id=number)
    assert video.fps == 8.0
    assert video.caption in ("8", "8.0")


@pytest.mark.parametrize("form", ["MP4", ".mp4"])
def test_a_format_may_be_written_as_an_ending(form: str) -> None:
    assert encoded(Video(RGB, format=form))[0].content_type == "video/mp4"


def test_w_and_b_s_order_of_arguments() -> None:
    video = Video(RGB, "a caption", 8, "webm")
    assert (video.caption, video.fps) == ("a caption", 8.0)
    assert encoded(video)[0].content_type == "video/webm"


def test_equality_compares_frames_rate_caption_and_sample() -> None:
    video = Video(RGB, caption="a", sample_id=1)
    assert video == Video(RGB.transpose(0, 3, 1, 2), caption="a", sample_id=1)
    assert video != Video(RGB[::-1], caption="a", sample_id=1)
    assert video != Video(RGB, caption="a", sample_id=1, fps=5)
    assert video != Video(RGB, caption="b", sample_id=1)
    assert video != Video(RGB, caption="a")
    assert video != 3
    with pytest.raises(TypeError, match="unhashable"):
        hash(video)


def test_its_repr_is_short() -> None:
    assert repr(Video(RGB, caption="x")) == "Video(5 frames 8×6, 4 fps, caption='x')"
    assert repr(Video(RGB[:1])) == "Video(1 frame 8×6, 4 fps)"


# --- without PyAV ---------------------------------------------------------------------------------


@pytest.fixture
def no_pyav(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "av", None)


@pytest.mark.usefixtures("no_pyav")
def test_without_pyav_frames_become_webp() -> None:
    blob, meta = encoded(Video(RGB))
    assert (blob.content_type, meta.encoding) == ("image/webp", "webp lossy q90")
    assert back(Video(RGB)).to_numpy().shape == RGB.shape


@pytest.mark.usefixtures("no_pyav")
@pytest.mark.parametrize("form", ["mp4", "webm"])
def test_without_pyav_a_format_that_needs_it_is_refused_at_once(form: str) -> None:
    with pytest.raises(
        MissingExtra, match=rf"format='{form}' needs .*pip install 'medialog\[video\]'"
    ):
        Video(RGB, format=form)


def test_without_pyav_a_file_is_kept_and_compared_but_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = encoded(Video(RGB))[0].data
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    video = Video(io.BytesIO(data), format="mp4")
    blob, meta = encoded(video)
    assert blob.data == data
    assert meta == VideoMeta(encoding="file")
    assert back(video) == video
    with pytest.raises(MissingExtra, match=r"pip install 'medialog\[video\]'"):
        video.to_numpy()
    with pytest.raises(InvalidInput, match="cut short"):
        Video(io.BytesIO(data[:-100]), format="mp4")


# --- through a run --------------------------------------------------------------------------------


def test_a_run_brings_videos_back(tmp_path: Path) -> None:
    videos = [
        Video(RGB, caption="a", lossless=True),
        Video(RGB[:2, :5], caption="b", lossless=True),
    ]
    with medialog_core.init(dir=tmp_path) as run:
        run.log({"clips": videos, "one": Video(panning(6, 32, 0))}, step=3)
    reader = medialog_core.open_run(run.dir)
    rows = reader.rows("clips")
    assert [(row.width, row.height, row.caption) for row in rows] == [(8, 6, "a"), (8, 5, "b")]
    assert [reader.load(row) for row in rows] == videos
    [one] = reader.rows("one")
    assert one.file is not None
    assert one.file.content_type == "video/mp4"
    assert reader.load(one).to_numpy().shape == (6, 32, 32, 3)


def test_a_table_holds_videos() -> None:
    table = medialog_core.Table(columns=["clip"], data=[[Video(RGB, lossless=True)]])
    [payload] = codecs.encode([table])
    assert codecs.decode(through_bytes(payload)) == table


def test_the_quality_does_not_depend_on_the_frame_rate() -> None:
    source = panning(16, 64, 0)
    found = [psnr(back(Video(source, fps=fps)).to_numpy(), source) for fps in (1, 4, 25, 100)]
    assert max(found) - min(found) < 0.1


def test_the_rate_is_a_fraction_that_the_container_holds() -> None:
    blob, _ = encoded(Video(RGB, fps=30000 / 1001))
    with av.open(io.BytesIO(blob.data), "r") as container:
        assert container.streams.video[0].average_rate == Fraction(30000, 1001)
