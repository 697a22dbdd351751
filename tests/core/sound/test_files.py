"""Files of every kind that is kept, read by what is installed."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import av
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from medialog_core.sound import files, libraries
from medialog_core.sound.forms import S16, S24, Form
from tests.sounds import chord, speech, stereo

Array = NDArray[Any]
RATE = 48_000
SOUND = stereo(speech(RATE, 0.4), chord(RATE, 0.4, 220, 330))


def by_soundfile(container: str, subtype: str, sound: Array = SOUND) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, sound, RATE, format=container, subtype=subtype)
    return buffer.getvalue()


def by_pyav(container: str, codec: str) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as opened:
        stream: Any = opened.add_stream(codec, rate=RATE, layout="stereo")
        planes = np.ascontiguousarray(SOUND.T, np.float32)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
        frame.sample_rate = RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            opened.mux(packet)
    return buffer.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "wav": lambda: by_soundfile("WAV", "PCM_16"),
    "wave": lambda: by_soundfile("WAV", "ULAW"),
    "flac": lambda: by_soundfile("FLAC", "PCM_24"),
    "mp3": lambda: by_soundfile("MP3", "MPEG_LAYER_III"),
    "ogg": lambda: by_soundfile("OGG", "VORBIS"),
    "oga": lambda: by_soundfile("OGG", "VORBIS"),
    "opus": lambda: by_soundfile("OGG", "OPUS"),
    "m4a": lambda: by_pyav("ipod", "aac"),
    "aac": lambda: by_pyav("adts", "aac"),
    "aiff": lambda: by_soundfile("AIFF", "PCM_16"),
    "aif": lambda: by_soundfile("AIFF", "PCM_24"),
    "aifc": lambda: by_soundfile("AIFF", "FLOAT"),
}
CODECS = {
    "wav": ("pcm", 16),
    "wave": ("ulaw", None),
    "flac": ("flac", 24),
    "mp3": ("mp3", None),
    "ogg": ("vorbis", None),
    "oga": ("vorbis", None),
    "opus": ("opus", None),
    "m4a": ("aac", None),
    "aac": ("aac", None),
    "aiff": ("pcm", 16),
    "aif": ("pcm", 24),
    "aifc": ("float", 32),
}


def test_every_ending_is_tried() -> None:
    assert set(FILES) == set(files.KINDS) == set(CODECS)


@pytest.mark.parametrize("ending", FILES)
def test_a_file_is_told_by_its_content(ending: str) -> None:
    data = FILES[ending]()
    assert files.content_of(data) == files.KINDS[ending]
    assert files.is_whole(data, files.KINDS[ending])


@pytest.mark.parametrize("ending", FILES)
def test_rate_channels_length_and_codec_are_found(ending: str) -> None:
    sound = files.opened(FILES[ending]())
    assert sound is not None
    facts = sound.facts
    assert (facts.sample_rate, facts.channels) == (RATE, 2)
    assert (facts.codec, facts.bit_depth) == CODECS[ending]
    assert facts.duration_secs == pytest.approx(0.4, abs=0.08)
    assert facts.likely_frames == pytest.approx(0.4 * RATE, abs=0.08 * RATE)


@pytest.mark.parametrize("ending", FILES)
def test_the_samples_are_the_sounds(ending: str) -> None:
    sound = files.opened(FILES[ending]())
    assert sound is not None
    read = np.concatenate(list(sound.blocks())).astype(np.float64)
    if sound.facts.frames is not None:
        assert len(read) == sound.facts.frames
    levels = [np.abs(np.fft.rfft(one[:18_000, 1] / np.abs(one).max())) for one in (read, SOUND)]
    assert levels[0].argmax() == levels[1].argmax()
    assert np.corrcoef(levels)[0, 1] > 0.95


@pytest.mark.parametrize("form", [S16, S24])
@pytest.mark.parametrize(("rate", "channels"), [(1, 1), (8_000, 2), (44_100, 8), (655_350, 1)])
def test_flac_is_read_by_both_libraries_alike(form: Form, rate: int, channels: int) -> None:
    rng = np.random.default_rng(rate)
    ends = np.iinfo(form.dtype)
    written = rng.integers(ends.min, ends.max, (5_000, channels), form.dtype, endpoint=True)
    written = written & ~0xFF if form is S24 else written
    data = libraries.write_flac([written[:3_000], written[3_000:]], form, rate, channels)
    for read in (libraries.by_soundfile, libraries.by_pyav):
        sound = read(data)
        assert sound is not None
        assert (sound.facts.sample_rate, sound.facts.channels) == (rate, channels)
        np.testing.assert_array_equal(np.concatenate(list(sound.blocks())), written)


@pytest.mark.parametrize(
    ("container", "subtype"),
    [("MP3", "MPEG_LAYER_III"), ("OGG", "VORBIS"), ("FLAC", "PCM_16"), ("WAV", "PCM_16")],
)
def test_what_is_cut_short_is_read_up_to_there(container: str, subtype: str) -> None:
    data = by_soundfile(container, subtype, np.concatenate([SOUND] * 10))
    sound = files.opened(data[: len(data) // 2])
    assert sound is not None
    assert 1 * RATE < sum(len(block) for block in sound.blocks()) < 3 * RATE


def test_an_mp4_that_is_cut_short_is_none() -> None:
    data = FILES["m4a"]()  # what says where its samples are stands at the end
    assert files.opened(data[: len(data) // 2]) is None


@pytest.mark.parametrize(
    "data", [b"", b"text", b"\xff\xfe" + "text".encode("utf-16"), b"RIFF????AVI ", b"\0" * 100]
)
def test_what_is_no_sound_is_none(data: bytes) -> None:
    assert files.content_of(data) is None
    assert files.opened(data) is None


def test_an_id3_tag_in_front_is_passed_over() -> None:
    tag = b"ID3\x04\0\0\0\0\x01\x02" + bytes(130)
    assert files.content_of(tag + FILES["flac"]()) == files.FLAC
    assert files.content_of(tag + FILES["aac"]()) == files.AAC
    assert files.content_of(tag + FILES["mp3"]()[:0]) == files.MP3


def test_a_flac_file_without_its_first_block_is_not_whole() -> None:
    assert not files.is_whole(FILES["flac"]()[:42], files.FLAC)


def test_pyav_reads_what_soundfile_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "soundfile", lambda: None)
    for ending in ("flac", "mp3", "ogg", "opus", "aiff", "aifc", "wave"):
        sound = files.opened(FILES[ending]())
        assert sound is not None
        assert sound.facts.codec == CODECS[ending][0]
        assert (sound.facts.sample_rate, sound.facts.channels) == (RATE, 2)
        assert sound.facts.likely_frames == pytest.approx(0.4 * RATE, abs=0.08 * RATE)


def test_8_bits_of_pyav_are_the_same_as_ours() -> None:
    data = by_soundfile("WAV", "PCM_U8")
    ours, theirs = files.opened(data), libraries.by_pyav(data)
    assert ours is not None
    assert theirs is not None
    np.testing.assert_array_equal(
        np.concatenate(list(ours.blocks())), np.concatenate(list(theirs.blocks()))
    )


def test_a_file_that_does_not_tell_its_length_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "_duration", lambda *_: None)
    sound = libraries.by_pyav(FILES["aac"]())
    assert sound is not None
    assert sound.facts.frames == sum(len(block) for block in sound.blocks())
    assert sound.facts.duration_secs == pytest.approx(0.4, abs=0.08)


def test_without_libraries_only_wav_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert files.has_library()
    monkeypatch.setattr(libraries, "soundfile", lambda: None)
    monkeypatch.setattr(libraries, "pyav", lambda: None)
    assert not files.has_library()
    assert files.opened(FILES["wav"]()) is not None
    assert files.opened(FILES["flac"]()) is None
