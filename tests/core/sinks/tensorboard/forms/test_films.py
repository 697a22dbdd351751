"""Videos as stock TensorBoard shows them: GIFs among the images."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray

from medialog_core import Video, codecs
from medialog_core.errors import InvalidInput
from medialog_core.film.files import CONTENT_TYPES
from medialog_core.film.frames import Frames
from medialog_core.payload import Blob, Payload
from medialog_core.schema import VideoMeta
from medialog_core.sinks.tensorboard import TensorBoardSink
from medialog_core.sinks.tensorboard.forms import films
from medialog_core.sinks.tensorboard.forms.pictures import Picture

Pixels = NDArray[np.uint8]


def moving(count: int, height: int = 16, width: int = 24) -> Pixels:
    """Frames of one colour each, no two neighbours alike."""
    shades = (np.arange(count) * 37 % 256).astype(np.uint8)
    return np.broadcast_to(shades[:, None, None, None], (count, height, width, 3))


def shown(video: Video) -> Picture | None:
    [payload] = codecs.encode([video])
    assert isinstance(payload.meta, VideoMeta)
    return films.render(payload, payload.meta)


def frames_of(picture: Picture | None) -> tuple[Pixels, float]:
    """Give the frames of a GIF and its length in seconds, its size checked."""
    assert picture is not None
    with PIL.Image.open(io.BytesIO(picture.data)) as image:
        assert (image.format, image.size) == ("GIF", (picture.width, picture.height))
        frames, secs = [], 0.0
        for index in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(index)
            frames.append(np.asarray(image.convert("RGB")))
            secs += image.info["duration"] / 1000
    return np.stack(frames), secs


@pytest.mark.parametrize("form", ["mp4", "webm", "gif", "webp"])
def test_every_format_is_shown_as_a_gif_of_its_frames(form: str) -> None:
    source = moving(8)
    frames, secs = frames_of(shown(Video(source, fps=10, format=form)))
    assert np.abs(frames.astype(int) - source).max() <= 12
    assert secs == pytest.approx(0.8)


def test_the_columns_and_rows_that_only_the_file_has_are_not_shown() -> None:
    frames, _ = frames_of(shown(Video(moving(3, 15, 23))))
    assert frames.shape == (3, 15, 23, 3)


def test_a_caption_stands_below_every_frame() -> None:
    source = moving(3, 64, 300)
    frames, _ = frames_of(shown(Video(source, caption="a caption", format="webp", lossless=True)))
    assert frames.shape[1] > 64
    below = frames[:, 64:, :300].astype(int)
    assert below.min() < 100  # letters
    assert np.abs(below - below[0]).max() <= 8
    assert np.abs(frames[:, :50, :200].astype(int) - source[:, :50, :200]).max() <= 12


def test_a_long_video_is_thinned_out_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    plain = films._sheets

    def sheets(pictures: list[Pixels], text: str) -> Frames:
        said.append(text)
        return plain(pictures, text)

    monkeypatch.setattr(films, "_sheets", sheets)
    frames, secs = frames_of(shown(Video(moving(130), fps=13)))
    assert len(frames) == 44
    assert secs == pytest.approx(10, abs=0.2)
    frames, secs = frames_of(shown(Video(moving(60), fps=120)))
    assert len(frames) == 20
    assert secs == pytest.approx(0.5)
    monkeypatch.setattr(films, "MAX_READ", 50)
    frames, _ = frames_of(shown(Video(moving(100), fps=10)))
    assert len(frames) == 50
    frames, _ = frames_of(shown(Video(moving(2, 300, 600))))
    assert frames.shape[2] == films.MAX_SIDE_PX
    frames_of(shown(Video(moving(3))))
    assert said == [
        "1 frame in 3 of 130",
        "1 frame in 3 of 60",
        "the first 5 s of 10 s",
        "600 x 300 made smaller",
        "",
    ]


def test_a_file_of_the_users_own_is_shown_at_its_own_rate(tmp_path: Path) -> None:
    path = tmp_path / "clip.gif"
    first, *others = [PIL.Image.fromarray(frame) for frame in moving(5)]
    first.save(path, save_all=True, append_images=others, duration=200)
    frames, secs = frames_of(shown(Video(path)))
    assert len(frames) == 5
    assert secs == pytest.approx(1)


def test_a_list_of_videos_is_one_tag_that_tensorboard_serves_as_gifs(
    sink: TensorBoardSink, entries: Any, read: Any
) -> None:
    for entry in entries("clips", [Video(moving(3)), Video(moving(4, 30, 20))], step=5):
        sink.write(entry)
    sink.flush()
    accumulated = read()
    [event] = accumulated.Tensors("clips")
    width, height, *items = event.tensor_proto.string_val
    assert (event.step, width, height, len(items)) == (5, b"24", b"16", 2)
    assert {item[:6] for item in items} == {b"GIF89a"}  # by which TensorBoard tells what it serves
    assert accumulated.SummaryMetadata("clips").plugin_data.plugin_name == "images"


def test_a_video_that_nothing_here_can_read_is_named(
    sink: TensorBoardSink, entries: Any, read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    [payload] = codecs.encode([Video(moving(3), caption="mine")])
    [blob] = payload.blobs
    assert isinstance(blob, Blob)
    data = blob.data
    monkeypatch.setitem(sys.modules, "av", None)
    unknown = Payload(VideoMeta(encoding="file"), [blob], "mine")
    known = Payload(payload.meta, [blob], "mine")
    for key, one in (("unknown", unknown), ("known", known)):
        for entry in entries(key, one):
            sink.write(entry)
    sink.flush()
    accumulated = read()
    assert data
    for key in ("unknown", "known"):
        text = accumulated.Tensors(key)[0].tensor_proto.string_val[0].decode()
        assert "kind **video**" in text
        assert "mine" in text


@pytest.mark.parametrize(
    ("data", "ending"), [(b"nothing", "mp4"), (b"OggS" + bytes(100), "ogg"), (b"GIF89a", "gif")]
)
def test_a_file_of_which_nothing_is_known_and_nothing_can_be_read_is_an_invalid_input(
    data: bytes, ending: str
) -> None:
    blob = Blob(lambda: data, CONTENT_TYPES[ending], ending)
    meta = VideoMeta(encoding="file")
    with pytest.raises(InvalidInput, match=r"video: its bytes .* cannot be read"):
        films.render(Payload(meta, [blob]), meta)


def test_bytes_that_are_no_video_are_an_invalid_input() -> None:
    blob = Blob(lambda: b"nothing", "video/mp4", "mp4")
    meta = VideoMeta(width=4, height=4, channels=3, fps=4.0, frames=2, encoding="file")
    with pytest.raises(InvalidInput, match=r"video: its bytes \(video/mp4\) cannot be read"):
        films.render(Payload(meta, [blob]), meta)
