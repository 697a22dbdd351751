"""What we make is what Chromium shows: frames and their colours, sizes, lengths; pictures too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.data import panning
from medialog_core import Image, Video, codecs
from medialog_core.payload import Blob

if TYPE_CHECKING:
    from tests.browser.conftest import Browser

pytestmark = pytest.mark.browser
Pixels = NDArray[np.uint8]

PLAY = """async (address, times) => {
  const video = document.body.appendChild(document.createElement("video"));
  video.muted = true;
  const shown = () => new Promise((done) => {
    video.requestVideoFrameCallback(done);
    setTimeout(done, 5000);
  });
  const first = shown();
  await new Promise((done, fail) => {
    video.oncanplay = done;
    video.onerror = () => fail(new Error(video.error.message));
    video.src = address;
  });
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const frames = [];
  await first;
  for (const time of times) {
    const presented = shown();
    await new Promise((done) => { video.onseeked = done; video.currentTime = time; });
    await presented;
    context.drawImage(video, 0, 0);
    frames.push([...context.getImageData(0, 0, canvas.width, canvas.height).data]);
  }
  video.remove();
  return { width: canvas.width, height: canvas.height, secs: video.duration, frames };
}"""
"""Gives the pixels that a <video> has at some times."""
RUN = """async (address) => {
  const video = document.createElement("video");
  video.muted = true;
  video.src = address;
  await video.play();
  await new Promise((done) => (video.onended = done));
  return video.getVideoPlaybackQuality().totalVideoFrames;
}"""
"""Plays a <video> to its end."""
ANIMATE = """async (address, type) => {
  const image = new globalThis.Image();
  image.src = address;
  await image.decode();
  const data = await (await fetch(address)).arrayBuffer();
  const decoder = new ImageDecoder({ data, type });
  await Promise.all([decoder.completed, decoder.tracks.ready]);
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const frames = [], times = [];
  for (let index = 0; index < decoder.tracks.selectedTrack.frameCount; index++) {
    const { image: frame } = await decoder.decode({ frameIndex: index });
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(frame, 0, 0);
    times.push((frame.duration ?? 0) / 1e6);
    frames.push([...context.getImageData(0, 0, canvas.width, canvas.height).data]);
  }
  return { width: canvas.width, height: canvas.height, times, frames,
           repeats: decoder.tracks.selectedTrack.repetitionCount === Infinity };
}"""
"""Gives what an <img> can show, frame by frame."""
SHOW = """async (address) => {
  const image = new globalThis.Image();
  image.src = address;
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  return { width: canvas.width, height: canvas.height,
           frames: [[...context.getImageData(0, 0, canvas.width, canvas.height).data]] };
}"""
"""Gives the pixels of an <img>."""
COLOURS = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0], [200, 120, 40]]


def file_of(value: Any, role: str = "") -> Blob:
    [payload] = codecs.encode([value])
    [blob] = [blob for blob in payload.blobs if isinstance(blob, Blob) and blob.role == role]
    return blob


def pixels(seen: Any) -> Pixels:
    """Give the frames as T×H×W×RGBA."""
    shape = (-1, seen["height"], seen["width"], 4)
    return np.array(seen["frames"], np.uint8).reshape(shape)


def difference(ours: Any, theirs: Any) -> int:
    return int(np.abs(np.asarray(ours).astype(int) - theirs).max())


def striped(count: int, height: int = 32, width: int = 32) -> Pixels:
    """Stripes of flat colours that move on by one in each frame."""
    turned = [COLOURS[index:] + COLOURS[:index] for index in np.arange(count) % len(COLOURS)]
    stripes = np.repeat(np.array(turned, np.uint8), width, axis=1)
    return np.repeat(stripes[:, None], height, axis=1)


@pytest.mark.parametrize("form", ["mp4", "webm"])
@pytest.mark.parametrize("fps", [4, 29.97, 60])
def test_a_video_seeks_to_every_frame_and_shows_its_colours(
    browser: Browser, form: str, fps: float
) -> None:
    source = striped(9)
    blob = file_of(Video(source, fps=fps, format=form))
    times = [(index + 0.5) / fps for index in range(9)]
    seen = browser.run(PLAY, blob.data, blob.content_type, times)
    assert (seen["width"], seen["height"]) == (32 * len(COLOURS), 32)
    assert seen["secs"] == pytest.approx(9 / fps, abs=0.002)
    middles = pixels(seen)[:, 16, 16::32, :3]
    assert difference(middles, source[:, 16, 16::32]) <= 4


@pytest.mark.parametrize("form", ["mp4", "webm"])
def test_a_video_plays_to_its_end(browser: Browser, form: str) -> None:
    blob = file_of(Video(striped(20), fps=60, format=form))
    assert browser.run(RUN, blob.data, blob.content_type) > 0


@pytest.mark.parametrize("form", ["mp4", "webm"])
def test_chromium_sees_what_to_numpy_gives(browser: Browser, form: str) -> None:
    video = Video(panning(6, 128, 1), format=form)
    [payload] = codecs.encode([video])
    blob = file_of(video)
    seen = browser.run(PLAY, blob.data, blob.content_type, [0.1, 1.1])
    ours = codecs.decode(payload).to_numpy()[[0, 4]].astype(float)
    error = np.mean((pixels(seen)[..., :3] - ours) ** 2)
    assert 10 * np.log10(255**2 / error) > 35  # colours between pixels are found in other ways


def test_lossless_vp9_is_exact(browser: Browser) -> None:
    source = np.random.default_rng(0).integers(0, 256, (4, 31, 33, 3), np.uint8)
    blob = file_of(Video(source, format="webm", lossless=True))
    seen = browser.run(PLAY, blob.data, blob.content_type, [0.1, 0.35, 0.6, 0.85])
    assert np.array_equal(source, pixels(seen)[..., :3])


@pytest.mark.parametrize("form", ["mp4", "webm"])
@pytest.mark.parametrize(("height", "width"), [(1, 1), (15, 33), (2, 500), (64, 1)])
def test_odd_sizes_play(browser: Browser, form: str, height: int, width: int) -> None:
    source = np.full((3, height, width, 3), 200, np.uint8)
    video = Video(source, format=form, layout="THWC")
    blob = file_of(video)
    seen = browser.run(PLAY, blob.data, blob.content_type, [0.3])
    [payload] = codecs.encode([video])
    across, down = payload.meta.padding  # type: ignore[attr-defined]
    assert (seen["height"], seen["width"]) == (height + down, width + across)
    assert difference(pixels(seen)[..., :3], 200) <= 2


@pytest.mark.parametrize("form", ["mp4", "webm"])
def test_one_grey_frame_plays(browser: Browser, form: str) -> None:
    blob = file_of(Video(np.full((1, 16, 16), 77, np.uint8), format=form))
    seen = browser.run(PLAY, blob.data, blob.content_type, [0.1])
    assert seen["secs"] == pytest.approx(0.25)
    assert difference(pixels(seen)[..., :3], 77) <= 2


@pytest.mark.parametrize(
    ("options", "tolerance"),
    [({"format": "webp", "lossless": True}, 0), ({"format": "webp"}, 6), ({"format": "gif"}, 8)],
)
def test_animated_pictures_show_every_frame_for_its_time(
    browser: Browser, options: Any, tolerance: int
) -> None:
    source = striped(6)
    blob = file_of(Video(source, fps=25, **options))
    seen = browser.run(ANIMATE, blob.data, blob.content_type, blob.content_type)
    assert seen["times"] == [pytest.approx(0.04)] * 6
    assert seen["repeats"]
    assert difference(pixels(seen)[:, 16, 16::32, :3], source[:, 16, 16::32]) <= tolerance


def test_the_fastest_rates_of_pictures_are_shown_as_such(browser: Browser) -> None:
    for form, fps in (("gif", 50), ("webp", 90)):
        blob = file_of(Video(striped(9), fps=fps, format=form))
        seen = browser.run(ANIMATE, blob.data, blob.content_type, blob.content_type)
        assert sum(seen["times"]) == pytest.approx(9 / fps, abs=0.011)


def test_a_lossless_video_shows_its_alpha(browser: Browser) -> None:
    source = np.random.default_rng(0).integers(0, 256, (4, 15, 17, 4), np.uint8)
    source[..., 3] = np.where(source[..., 3] > 127, 255, 0)  # a canvas multiplies by others
    blob = file_of(Video(source, lossless=True))
    seen = pixels(browser.run(ANIMATE, blob.data, blob.content_type, blob.content_type))
    assert np.array_equal(source[..., 3], seen[..., 3])
    opaque = source[..., 3] == 255
    assert np.array_equal(source[opaque], seen[opaque])


RNG = np.random.default_rng(0)
PICTURES = [
    (RNG.integers(0, 256, (9, 11), np.uint8), {}, 0),
    (RNG.integers(0, 256, (9, 11, 3), np.uint8), {}, 0),
    (np.full((9, 11, 4), (10, 200, 90, 255), np.uint8), {}, 0),
    (RNG.integers(0, 256, (9, 11, 3), np.uint8), {"file_type": "webp", "lossless": True}, 0),
    (RNG.integers(0, 256, (9, 11, 3), np.uint8), {"file_type": "bmp"}, 0),
    (np.full((16, 16, 3), (10, 200, 90), np.uint8), {"file_type": "jpg"}, 3),
    (np.full((16, 16, 3), (10, 200, 90), np.uint8), {"file_type": "webp"}, 3),
]


@pytest.mark.parametrize(("source", "options", "tolerance"), PICTURES, ids=range(len(PICTURES)))
def test_pictures_show_their_pixels(
    browser: Browser, source: Pixels, options: Any, tolerance: int
) -> None:
    blob = file_of(Image(source, **options))
    seen = pixels(browser.run(SHOW, blob.data, blob.content_type))[0]
    rgb = np.repeat(source[..., None], 3, axis=2) if source.ndim == 2 else source[..., :3]
    assert difference(seen[..., :3], rgb) <= tolerance


@pytest.mark.parametrize("shape", [(9, 11), (9, 11, 3)])
def test_16_bit_pictures_show_their_upper_8(browser: Browser, shape: tuple[int, ...]) -> None:
    source = RNG.integers(0, 65536, shape, np.uint16)
    blob = file_of(Image(source))
    seen = pixels(browser.run(SHOW, blob.data, blob.content_type))[0, ..., :3]
    expected = source[..., None] if source.ndim == 2 else source
    assert difference(seen, expected / 257) <= 1


@pytest.mark.parametrize("top", [3, 1000])
def test_a_masks_picture_is_one_that_a_browser_opens(browser: Browser, top: int) -> None:
    ids = RNG.integers(0, top + 1, (9, 11))
    image = Image(np.zeros((9, 11, 3), np.uint8), masks={"p": {"mask_data": ids}})
    blob = file_of(image, "mask:p")
    seen = pixels(browser.run(SHOW, blob.data, blob.content_type))[0, ..., :3]
    assert seen.shape == (9, 11, 3)
    one_each = {tuple(colour) for colour in seen.reshape(-1, 3).tolist()}
    assert len(one_each) == (len(np.unique(ids)) if top < 256 else len(np.unique(ids // 257)))
