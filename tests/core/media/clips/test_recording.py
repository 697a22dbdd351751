"""Sound files of the user's own: kept byte for byte, checked at the call, looked into later."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from medialog_core import Audio, codecs
from medialog_core.errors import InvalidInput, MissingExtra, WrongType
from medialog_core.payload import Blob
from medialog_core.schema import AudioMeta
from medialog_core.sound import libraries
from medialog_core.testing import through_bytes
from tests.sounds import chord

RATE = 44_100
SOUND = chord(RATE, 1, 440, 550).astype(np.float32)


def written(form: str, subtype: str | None = None) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, SOUND, RATE, format=form, subtype=subtype)
    return buffer.getvalue()


def encoded(audio: Audio) -> tuple[AudioMeta, list[Blob]]:
    [payload] = codecs.encode([audio])
    assert isinstance(payload.meta, AudioMeta)
    return payload.meta, [blob for blob in payload.blobs if isinstance(blob, Blob)]


@pytest.mark.parametrize(
    ("name", "form", "content_type"),
    [
        ("a.wav", "WAV", "audio/wav"),
        ("a.b.FLAC", "FLAC", "audio/flac"),
        ("a.mp3", "MP3", "audio/mpeg"),
        ("a.oga", "OGG", "audio/ogg"),
        ("ü 1.aiff", "AIFF", "audio/aiff"),
    ],
)
@pytest.mark.parametrize("as_string", [True, False])
def test_the_bytes_are_kept_and_looked_into(
    name: str, form: str, content_type: str, tmp_path: Path, *, as_string: bool
) -> None:
    path, data = tmp_path / name, written(form)
    path.write_bytes(data)
    audio = Audio(str(path) if as_string else path, caption="kept")
    path.unlink()
    meta, [own, peaks, spectrogram] = encoded(audio)
    assert (own.data, own.content_type) == (data, content_type)
    assert own.extension == name.rpartition(".")[2].lower()
    assert (meta.encoding, meta.conversion) == ("file", None)
    assert (meta.sample_rate_hz, meta.channels) == (RATE, 1)
    assert meta.duration_secs == pytest.approx(1, abs=0.06)
    assert (peaks.role, spectrogram.role) == ("peaks", "spectrogram")
    assert (len(peaks.data) > 3_000, spectrogram.data[:4]) == (True, b"\x89PNG")


@pytest.mark.parametrize("format", ["mid", 5, ""])
def test_a_format_that_no_sound_file_has_is_refused(format: Any) -> None:
    with pytest.raises(InvalidInput, match=f"Audio: format: expected one of wav, .*got {format!r}"):
        Audio(io.BytesIO(written("WAV")), format=format)


def test_single_and_list_have_rate_and_duration() -> None:
    sounds = [Audio(io.BytesIO(written("WAV")), format="wav"), Audio(SOUND[:441], RATE)]
    metas = [payload.meta for payload in codecs.encode(sounds)]
    for one in (encoded(sounds[0])[0], *metas):
        assert isinstance(one, AudioMeta)
        assert one.sample_rate_hz == RATE
        assert one.duration_secs in (1.0, 0.01)


def test_an_open_file_is_read_and_stays_where_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(b"junk" + written("FLAC"))
    with (tmp_path / "a.flac").open("rb") as opened:
        opened.seek(4)
        audio = Audio(opened)
        assert opened.tell() == 4
    assert audio.frames == len(SOUND)


def test_a_buffer_needs_its_format() -> None:
    with pytest.raises(InvalidInput, match=r"expected a file of wav, .*got an open file .*format="):
        Audio(io.BytesIO(written("WAV")))
    assert Audio(io.BytesIO(written("WAV")), format=".WAV").sample_rate == RATE


def test_a_text_is_refused_by_its_ending_and_by_its_content(tmp_path: Path) -> None:
    for name, reason in (("a.txt", "expected a file of wav"), ("a.wav", "holds no sound that is")):
        (tmp_path / name).write_text("no sound at all")
        with pytest.raises(InvalidInput, match=reason):
            Audio(tmp_path / name)


def test_an_ending_that_lies_is_refused_with_the_fix(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(written("WAV"))
    with pytest.raises(InvalidInput, match=r"should hold MP3 and holds WAV; pass format='wav'"):
        Audio(path)
    assert encoded(Audio(path, format="wav"))[1][0].content_type == "audio/wav"


@pytest.mark.parametrize("form", ["WAV", "FLAC"])
def test_a_header_cut_short_is_refused_at_once(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{form.lower()}"
    path.write_bytes(written(form)[:30])
    with pytest.raises(InvalidInput, match="is cut short: its header has no end"):
        Audio(path)


def test_a_missing_file_an_empty_one_and_an_address(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Audio(tmp_path / "missing.wav")
    (tmp_path / "a.wav").touch()
    with pytest.raises(InvalidInput, match="is empty"):
        Audio(tmp_path / "a.wav")
    with pytest.raises(InvalidInput, match="download it and give its path"):
        Audio("https://example.org/a.wav")


def test_a_file_that_nothing_can_read_is_kept_with_what_was_stated(tmp_path: Path) -> None:
    data = written("MP3")[:4] + bytes(500)
    (tmp_path / "a.mp3").write_bytes(data)
    audio = Audio(tmp_path / "a.mp3", 22_050)
    assert (audio.sample_rate, audio.channels, audio.frames) == (22_050, None, None)
    assert audio.duration_secs is None
    meta, blobs = encoded(audio)
    assert meta == AudioMeta(encoding="file", sample_rate_hz=22_050)
    assert [blob.data for blob in blobs] == [data]
    with pytest.raises(InvalidInput, match=r"neither soundfile nor PyAV can read .*a\.mp3"):
        audio.to_numpy()


def test_a_files_own_rate_counts() -> None:
    audio = Audio(io.BytesIO(written("WAV")), 8_000, format="wav")
    assert audio.sample_rate == RATE


@pytest.mark.parametrize("rate", [0, "x", 44.1])
def test_a_rate_that_is_none_is_refused_for_files_too(rate: Any) -> None:
    with pytest.raises((InvalidInput, WrongType), match="Audio: sample_rate: expected"):
        Audio(io.BytesIO(written("WAV")), rate, format="wav")


def test_a_wav_without_samples_has_no_pictures() -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, SOUND[:0], RATE, format="WAV")
    audio = Audio(buffer_at_start(buffer), format="wav")
    meta, blobs = encoded(audio)
    assert (meta.frames, meta.waveform, len(blobs)) == (0, None, 1)
    assert audio.to_numpy().shape == (0, 1)


def buffer_at_start(buffer: io.BytesIO) -> io.BytesIO:
    buffer.seek(0)
    return buffer


def test_a_file_that_breaks_off_is_shown_up_to_there() -> None:
    data = written("FLAC")
    audio = Audio(io.BytesIO(data[: len(data) // 2]), format="flac")
    meta, [_, peaks, spectrogram] = encoded(audio)
    assert meta.frames == len(SOUND)
    assert 1_000 < len(peaks.data) < 6_000
    assert spectrogram.data[:4] == b"\x89PNG"


def test_without_libraries_wav_is_known_and_others_name_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(libraries, "soundfile", lambda: None)
    monkeypatch.setattr(libraries, "pyav", lambda: None)
    wave = Audio(io.BytesIO(written("WAV")), format="wav")
    expected, _ = soundfile.read(io.BytesIO(written("WAV")), dtype="int16", always_2d=True)
    np.testing.assert_array_equal(wave.to_numpy(), expected)
    flac = Audio(io.BytesIO(written("FLAC")), format="flac")
    meta, [own] = encoded(flac)
    assert (own.data, meta) == (written("FLAC"), AudioMeta(encoding="file"))
    with pytest.raises(MissingExtra, match=r"reading BytesIO needs .*'medialog\[audio\]'"):
        flac.to_numpy()
    assert flac == Audio(io.BytesIO(written("FLAC")), format="flac")
    assert flac != Audio(io.BytesIO(written("FLAC", "PCM_24")), format="flac")


def test_what_was_read_back_tells_its_facts_without_a_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [payload] = codecs.encode([Audio(SOUND, RATE)])
    back = codecs.decode(through_bytes(payload))
    monkeypatch.setattr(libraries, "soundfile", lambda: None)
    monkeypatch.setattr(libraries, "pyav", lambda: None)
    assert (back.sample_rate, back.channels, back.frames) == (RATE, 1, len(SOUND))
    assert back.duration_secs == 1.0
