"""WAV files of ours in three other readers, and files of others in ours."""

from __future__ import annotations

import io
import struct
import wave
from typing import Any

import av
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from medialog_core.sound import wav
from medialog_core.sound.forms import F32, S16, S24, S32, Form

Array = NDArray[Any]
RATE = 22_050


def samples(form: Form, frames: int, channels: int) -> Array:
    rng = np.random.default_rng(frames * channels)
    if form.floating:
        return rng.uniform(-2, 2, (frames, channels)).astype(np.float32)
    ends = np.iinfo(form.dtype)
    drawn = rng.integers(ends.min, ends.max, (frames, channels), form.dtype, endpoint=True)
    drawn[:2] = [[ends.min], [ends.max]]
    return drawn & ~0xFF if form is S24 else drawn


def read_by_ours(data: bytes) -> Array:
    sound = wav.opened(data)
    assert sound is not None
    return np.concatenate(list(sound.blocks()))


def read_by_pyav(data: bytes) -> Array:
    with av.open(io.BytesIO(data), "r") as container:
        [stream] = container.streams.audio
        frames = list(container.decode(stream))
        return np.concatenate([frame.to_ndarray().reshape(-1, stream.channels) for frame in frames])


@pytest.mark.parametrize("channels", [1, 2, 5])
@pytest.mark.parametrize("form", [S16, S24, S32, F32])
def test_three_libraries_and_ours_read_the_same_samples(form: Form, channels: int) -> None:
    written = samples(form, 999, channels)
    data = wav.write([written[:500], written[500:]], form, RATE, channels)
    by_soundfile, rate = soundfile.read(io.BytesIO(data), dtype=form.dtype.name, always_2d=True)
    assert rate == RATE
    for read in (by_soundfile, read_by_pyav(data), read_by_ours(data)):
        assert read.dtype == form.dtype
        np.testing.assert_array_equal(read, written)


@pytest.mark.parametrize("form", [S16, S24, S32])
def test_the_standard_library_reads_the_bytes(form: Form) -> None:
    written = samples(form, 101, 1)
    with wave.open(io.BytesIO(wav.write([written], form, RATE, 1))) as opened:
        assert opened.getparams()[:4] == (1, form.bits // 8, RATE, 101)
        raw = opened.readframes(200)
    expected = written.astype("<i4" if form is not S16 else "<i2").view(np.uint8)
    assert raw == expected.reshape(101, -1)[:, -form.bits // 8 :].tobytes()


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_a_file_has_the_size_that_its_header_says(frames: int) -> None:
    data = wav.write([samples(S24, 3, 1)[:frames]], S24, RATE, 1)
    assert len(data) % 2 == 0
    assert struct.unpack_from("<I", data, 4)[0] == len(data) - 8
    assert struct.unpack_from("<I", data, 40)[0] == 3 * frames


@pytest.mark.parametrize(
    ("subtype", "dtype", "codec", "bits"),
    [
        ("PCM_U8", "int16", "pcm", 8),
        ("PCM_16", "int16", "pcm", 16),
        ("PCM_24", "int32", "pcm", 24),
        ("PCM_32", "int32", "pcm", 32),
        ("FLOAT", "float32", "float", 32),
        ("DOUBLE", "float64", "float", 64),
    ],
)
@pytest.mark.parametrize("container", ["WAV", "WAVEX"])
def test_files_of_others_are_read_as_soundfile_reads_them(
    container: str, subtype: str, dtype: str, codec: str, bits: int
) -> None:
    buffer = io.BytesIO()
    values = np.random.default_rng(1).uniform(-1, 1, (300, 2))
    soundfile.write(buffer, values, 8_000, format=container, subtype=subtype)
    sound = wav.opened(buffer.getvalue())
    assert sound is not None
    assert sound.facts == (8_000, 2, 300, 300 / 8_000, codec, bits)
    expected, _ = soundfile.read(io.BytesIO(buffer.getvalue()), dtype=dtype)
    np.testing.assert_array_equal(read_by_ours(buffer.getvalue()), expected)


def test_further_chunks_are_passed_over() -> None:
    written = samples(S16, 10, 1)
    data = wav.write([written], S16, RATE, 1)
    note = b"LIST" + struct.pack("<I", 5) + b"noted\0"
    np.testing.assert_array_equal(read_by_ours(data[:12] + note + data[12:] + note), written)


def test_what_was_cut_off_is_read_up_to_there() -> None:
    written = samples(S16, 100, 2)
    data = wav.write([written], S16, RATE, 2)
    np.testing.assert_array_equal(read_by_ours(data[:-7]), written[:98])


def test_a_stream_that_never_said_its_size_is_read_whole() -> None:
    written = samples(S16, 100, 1)
    data = wav.write([written], S16, RATE, 1)
    endless = data[:40] + b"\xff\xff\xff\xff" + data[44:]
    np.testing.assert_array_equal(read_by_ours(endless), written)


@pytest.mark.parametrize("subtype", ["ULAW", "IMA_ADPCM"])
def test_other_codecs_are_left_to_the_libraries(subtype: str) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.zeros(500), 8_000, format="WAV", subtype=subtype)
    assert wav.opened(buffer.getvalue()) is None


@pytest.mark.parametrize("cut", [0, 11, 12, 20, 35, 43])
def test_a_header_without_an_end_is_none(cut: int) -> None:
    data = wav.write([samples(S16, 10, 1)], S16, RATE, 1)
    assert wav.opened(data[:cut]) is None


def test_memory_is_read_in_blocks() -> None:
    data = wav.write([np.zeros((300_000, 2), np.int16)], S16, RATE, 2)
    sound = wav.opened(data)
    assert sound is not None
    assert max(len(block) for block in sound.blocks()) == 65_536
