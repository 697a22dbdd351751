"""Files of the user's own: kept byte for byte, looked at, refused when broken."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray

from medialog_core import Video
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.film import libav
from medialog_core.film.files import CONTENT_TYPES
from medialog_core.media.clips.video import decode, encode
from medialog_core.payload import Blob
from medialog_core.schema import VideoMeta
from medialog_core.testing import through_bytes

Pixels = NDArray[np.uint8]
SOURCE: Pixels = np.random.default_rng(0).integers(0, 256, (6, 16, 24, 3), np.uint8)
_MUXERS = {"m4v": "mp4", "mkv": "matroska", "ogv": "ogg"}
_CODECS = {"ogg": "libvpx", "ogv": "libvpx", "webm": "libvpx-vp9"}
_PILLOW = {"gif": "GIF", "webp": "WEBP", "apng": "PNG"}


def made(ending: str, *, fps: int = 10, audio: bool = False) -> bytes:
    """Make a file as any other program would."""
    return _by_pillow(_PILLOW[ending], fps) if ending in _PILLOW else _by_ffmpeg(ending, fps, audio)


def _by_pillow(form: str, fps: int) -> bytes:
    file = io.BytesIO()
    first, *others = [PIL.Image.fromarray(frame) for frame in SOURCE]
    how: dict[str, Any] = {"duration": 1000 // fps, "loop": 0}
    first.save(file, form, save_all=True, append_images=others, **how)
    return file.getvalue()


def _by_ffmpeg(ending: str, fps: int, audio: bool) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=_MUXERS.get(ending, ending)) as output:
        stream: Any = output.add_stream(_CODECS.get(ending, "libx264"), rate=fps)
        stream.width, stream.height, stream.pix_fmt = 24, 16, "yuv420p"
        sound: Any = output.add_stream("aac", rate=8000) if audio else None
        for frame in SOURCE:
            output.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        output.mux(stream.encode())
        if sound is not None:
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), "fltp", "mono")
            silence.sample_rate = 8000
            output.mux(sound.encode(silence))
            output.mux(sound.encode())
    return file.getvalue()


def encoded(video: Video) -> tuple[Blob, VideoMeta]:
    [payload] = encode([video])
    [blob] = payload.blobs
    assert isinstance(payload.meta, VideoMeta)
    assert isinstance(blob, Blob)
    return blob, payload.meta


@pytest.mark.parametrize("ending", CONTENT_TYPES)
def test_a_file_is_kept_byte_for_byte_and_looked_at(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"clip.{ending.upper()}"
    data = made(ending)
    path.write_bytes(data)
    videos = [Video(path), Video(str(path)), Video(io.BytesIO(data), format=ending)]
    with path.open("rb") as opened:
        videos.append(Video(opened))
    path.unlink()
    for video in videos:
        blob, meta = encoded(video)
        assert blob.data == data
        assert (blob.content_type, blob.extension) == (CONTENT_TYPES[ending], ending)
        assert (meta.encoding, meta.width, meta.height, meta.frames) == ("file", 24, 16, 6)
        assert (meta.has_audio, meta.channels, meta.conversion) == (False, 3, None)
        assert meta.fps == pytest.approx(10, rel=0.2 if ending[0] == "o" else 0.01)
        assert meta.duration_secs == pytest.approx(6 / 10, rel=0.2 if ending[0] == "o" else 0.01)
        assert video.to_numpy().shape == SOURCE.shape
        assert video == videos[0]


@pytest.mark.parametrize("ending", ["mp4", "gif", "apng"])
def test_a_kept_file_comes_back_equal_and_its_frames_are_its_own(ending: str) -> None:
    video = Video(io.BytesIO(made(ending)), "a caption", format=ending)
    [payload] = encode([video])
    back = decode(through_bytes(payload))
    assert back == video
    assert np.array_equal(video.to_numpy(), back.to_numpy())
    assert encoded(back)[0].extension == ending
    if ending == "apng":
        assert np.array_equal(SOURCE, back.to_numpy())


def test_what_the_pictures_are_encoded_with_and_whether_there_is_sound() -> None:
    [mp4, silent, webm] = [
        encoded(Video(io.BytesIO(made(ending, audio=audio)), format=ending))[1]
        for ending, audio in (("mp4", True), ("mp4", False), ("webm", False))
    ]
    assert (mp4.codec, mp4.has_audio, mp4.frames) == ("h264", True, 6)
    assert (silent.codec, silent.has_audio) == ("h264", False)
    assert webm.codec == "vp9"
    gif = encoded(Video(io.BytesIO(made("gif")), format="gif"))[1]
    assert (gif.codec, gif.has_audio) == ("gif", False)


def test_a_transparent_file_has_four_channels() -> None:
    frames = [PIL.Image.fromarray(np.full((4, 5, 4), value, np.uint8)) for value in (9, 200)]
    file = io.BytesIO()
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    file.seek(0)
    video = Video(file, format="webp")
    assert encoded(video)[1].channels == 4
    assert video.to_numpy()[:, 0, 0].tolist() == [[9] * 4, [200] * 4]


def test_times_that_a_browser_takes_for_a_tenth_of_a_second_count_as_such() -> None:
    assert encoded(Video(io.BytesIO(made("gif", fps=100)), format="gif"))[1].fps == 10


def test_the_position_of_an_open_file_stays() -> None:
    file = io.BytesIO(made("gif"))
    Video(file, format="gif")
    assert file.tell() == 0


# --- what is refused ------------------------------------------------------------------------------


def _wav() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, 8000, 0, "NONE", ""))
        writer.writeframes(bytes(1600))
    return file.getvalue()


def _only_sound(ending: str) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=ending) as output:
        sound: Any = output.add_stream("aac", rate=8000)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), "fltp", "mono")
        silence.sample_rate = 8000
        output.mux(sound.encode(silence))
        output.mux(sound.encode())
    return file.getvalue()


def _scrambled(data: bytes, start: int) -> bytes:
    return data[:start] + bytes(len(data) - start)


@pytest.mark.parametrize(
    ("ending", "spoil", "message"),
    [
        ("mp4", lambda data: data[:-10], "it is cut short: "),
        ("mp4", lambda data: data[: len(data) // 2], "it is cut short: "),
        ("mp4", lambda data: data[:40], "it is cut short"),
        ("mp4", lambda _: b"no video at all", "it does not begin as mp4 does"),
        ("mp4", lambda _: made("webm"), "it does not begin as mp4 does"),
        ("mov", lambda data: b"\0" + data, "it does not begin as mp4 does"),
        ("mp4", lambda _: _only_sound("mp4"), "it has no pictures"),
        ("webm", lambda data: data[:100], "no webm that can be read"),
        ("webm", lambda _: made("mp4"), "it does not begin as webm does"),
        ("ogg", lambda _: _wav(), "it does not begin as ogg does"),
        ("mkv", lambda data: _scrambled(data, 60), "no mkv that can be read"),
        ("gif", lambda data: data[:200], "no gif that can be read"),
        ("gif", lambda _: made("webp"), "no gif that Pillow knows"),
        ("webp", lambda data: data[:-50], "no webp that can be read"),
        ("apng", lambda data: data[:100], "no apng that can be read"),
    ],
)
def test_a_broken_file_is_refused_at_once(
    ending: str, spoil: Callable[[bytes], bytes], message: str, tmp_path: Path
) -> None:
    path = tmp_path / f"clip.{ending}"
    path.write_bytes(spoil(made(ending)))
    with pytest.raises(InvalidInput, match=rf"Video: data_or_path: .*clip\.{ending} .*{message}"):
        Video(path)


def test_what_is_broken_behind_the_first_frame_is_kept_all_the_same() -> None:
    data = made("mp4")
    fault = data.index(b"moov") - 600
    video = Video(io.BytesIO(data[:fault] + bytes(500) + data[fault + 500 :]), format="mp4")
    blob, meta = encoded(video)
    assert (len(blob.data), meta.frames) == (len(data), 6)


def test_frames_that_cannot_be_decoded_are_an_error_that_names_the_file() -> None:
    data = made("mp4")
    fault = data.index(b"moov") - 600
    broken = data[:fault] + b"\xa5" * 500 + data[fault + 500 :]
    with pytest.raises(
        InvalidInput, match=r"Video: data_or_path: its file \(video/mp4\) cannot be"
    ):
        Video(io.BytesIO(broken), format="mp4").to_numpy()


@pytest.mark.parametrize("ending", ["mp4", "ogg"])
def test_what_nothing_could_look_at_when_it_was_logged_is_an_error_when_read(
    ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {"mp4": made("mp4").replace(b"avcC", b"xxxx"), "ogg": b"OggS" + bytes(100)}[ending]
    with monkeypatch.context() as without:
        without.setattr(libav, "is_there", lambda: False)
        [payload] = encode([Video(io.BytesIO(data), format=ending)])
    with pytest.raises(InvalidInput, match="cannot be decoded"):
        decode(payload).to_numpy()


def test_of_pictures_cut_short_the_frames_that_are_there_come_back() -> None:
    data = made("gif")
    video = Video(io.BytesIO(data[: len(data) * 2 // 3]), format="gif")
    [payload] = encode([video])
    frames = decode(payload).to_numpy()
    assert 1 <= len(frames) < len(SOURCE)
    assert len(frames) == encoded(video)[1].frames
    np.testing.assert_array_equal(
        frames, Video(io.BytesIO(data), format="gif").to_numpy()[: len(frames)]
    )


@pytest.mark.parametrize(
    ("source", "format", "message"),
    [
        ("clip.avi", None, r"expected a file of mp4, .*apng, got 'clip.avi'"),
        ("clip", None, r"expected a file of mp4, .*, got 'clip'"),
        ("https://example.org/clip.mp4", None, "expected a file on this machine, got the address"),
        (
            io.BytesIO(b"x"),
            None,
            r"format: an open file without a name needs one of mp4, .*got None",
        ),
        (io.BytesIO(b"x"), "avi", r"format: expected one of mp4, .*, got 'avi'"),
        (io.BytesIO(b"x"), 3, r"format: expected one of mp4, .*, got 3"),
        (io.BytesIO(b""), "mp4", "BytesIO is empty"),
    ],
)
def test_what_is_no_video_file_is_refused(source: Any, format: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=rf"Video: .*{message}"):
        Video(source, format=format)


def test_a_missing_file_is_the_systems_own_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Video(tmp_path / "none.mp4")


def test_an_open_file_must_give_bytes() -> None:
    class Odd:
        def read(self) -> int:
            return 3

    with pytest.raises(WrongType, match="expected a file that gives bytes"):
        Video(Odd(), format="mp4")


@pytest.mark.parametrize(
    "options", [{"layout": "THW"}, {"value_range": (0, 1)}, {"normalize": False}, {"quality": 5}]
)
def test_what_is_for_frames_is_refused_with_a_file(options: Any) -> None:
    [name] = options
    with pytest.raises(InvalidInput, match=f"Video: {name}: a file is kept as it is"):
        Video(io.BytesIO(made("gif")), format="gif", **options)


def test_a_stated_rate_or_format_is_ignored_with_a_warning_at_the_callers_line(
    tmp_path: Path,
) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(made("mp4"))
    with pytest.warns(UserWarning, match=r"fps=30.0 is ignored: .*clip.mp4 is kept") as rate:
        assert Video(path, fps=30).fps == 10
    with pytest.warns(UserWarning, match=r"format='gif' is ignored: .*clip.mp4 is kept") as form:
        assert encoded(Video(path, format="gif"))[0].content_type == "video/mp4"
    assert {rate[0].filename, form[0].filename} == {__file__}
    assert encoded(Video(path, format="mp4", lossless=True))[1].encoding == "file"


def test_a_format_says_what_an_unknown_ending_is(tmp_path: Path) -> None:
    path = tmp_path / "clip.tmp"
    path.write_bytes(made("mp4"))
    assert encoded(Video(path, format="mp4"))[0].content_type == "video/mp4"


def test_its_repr_is_short() -> None:
    assert repr(Video(io.BytesIO(made("gif")), format="gif")) == "Video(image/gif)"
