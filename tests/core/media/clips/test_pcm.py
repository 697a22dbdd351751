"""How numbers become samples: by the table of `pcm`."""

from __future__ import annotations

import io
from typing import Any

import av
import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray

from medialog_core import Audio, codecs
from medialog_core.errors import InvalidInput, MissingExtra
from medialog_core.payload import Blob
from medialog_core.schema import AudioMeta, SampleConversion
from medialog_core.sound import libraries
from tests.sounds import speech, stereo

Array = NDArray[Any]
RATE = 16_000
FLOATS = speech(RATE, 0.3).astype(np.float32)
INTEGERS = np.random.default_rng(0).integers(-(2**31), 2**31, 3_000, np.int32)


def encoded(audio: Audio) -> tuple[AudioMeta, Blob]:
    [payload] = codecs.encode([audio])
    own = payload.blobs[0]
    assert isinstance(payload.meta, AudioMeta)
    assert isinstance(own, Blob)
    return payload.meta, own


def conversion(audio: Audio) -> SampleConversion:
    found = encoded(audio)[0].conversion
    assert found is not None
    return found


def by_pyav(data: bytes) -> Array:
    with av.open(io.BytesIO(data), "r") as container:
        frames = [frame.to_ndarray() for frame in container.decode(container.streams.audio[0])]
        channels = container.streams.audio[0].channels
    return np.concatenate([frame.reshape(-1, channels) for frame in frames])


@pytest.fixture
def no_soundfile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "soundfile", lambda: None)


@pytest.mark.parametrize(
    ("data", "format", "encoding", "bits"),
    [
        ((INTEGERS >> 16).astype(np.int16), None, "flac 16-bit", 16),
        ((INTEGERS >> 24).astype(np.int8), None, "flac 16-bit, from int8", 16),
        ((INTEGERS >> 24).astype(np.uint8), None, "flac 16-bit, from uint8", 16),
        (INTEGERS, None, "wav 32-bit", 32),
        (INTEGERS & ~0xFF, None, "flac 24-bit", 24),
        (INTEGERS & ~0xFFFF, None, "flac 16-bit, from int32", 16),
        (INTEGERS, "flac", "flac 24-bit, from int32", 24),
        (FLOATS, None, "flac 24-bit, from float32", 24),
        (FLOATS.astype(np.float16), None, "flac 24-bit, from float16", 24),
        (FLOATS.astype(np.float64), None, "flac 24-bit, from float64", 24),
        (torch.from_numpy(FLOATS).bfloat16(), None, "flac 24-bit, from float32", 24),
        ((INTEGERS >> 16) / 32768, None, "flac 16-bit, from float64", 16),
        ((INTEGERS >> 16).astype(np.float32) / 32767, None, "flac 24-bit, from float32", 24),
        (FLOATS, "wav", "wav float 32-bit", 32),
        (FLOATS.astype(np.float64), "WAV", "wav float 32-bit, from float64", 32),
        ((INTEGERS >> 16).astype(np.int16), ".wav", "wav 16-bit", 16),
        (np.zeros(5, np.int32), None, "flac 16-bit, from int32", 16),
        (np.ones(5, np.float32), None, "flac 24-bit, from float32", 24),
    ],
)
def test_the_form_and_the_meta_that_says_so(
    data: Any, format: str | None, encoding: str, bits: int
) -> None:
    meta, blob = encoded(Audio(data, RATE, format=format))
    assert (meta.encoding, meta.bit_depth) == (encoding, bits)
    assert blob.extension == encoding.split(maxsplit=1)[0]
    assert blob.content_type == f"audio/{blob.extension}"


@pytest.mark.parametrize("format", [None, "wav"])
@pytest.mark.parametrize(
    "data",
    [
        (INTEGERS >> 16).astype(np.int16),
        INTEGERS & ~0xFF,
        FLOATS,
        np.clip(stereo(FLOATS * 3, FLOATS), -2, 2),
        FLOATS.astype(np.float16)[None],
    ],
)
def test_two_libraries_read_the_samples_of_to_numpy(data: Array, format: str | None) -> None:
    audio = Audio(data, RATE, format=format)
    meta, blob = encoded(audio)
    samples = audio.to_numpy()
    read, rate = soundfile.read(io.BytesIO(blob.data), dtype=samples.dtype.name, always_2d=True)
    assert (rate, read.shape) == (RATE, (meta.frames, meta.channels))
    np.testing.assert_array_equal(read, samples)
    np.testing.assert_array_equal(by_pyav(blob.data), samples)


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (INTEGERS, None),
        (INTEGERS & ~0xFF, None),
        ((INTEGERS >> 16).astype(np.int16), None),
        (FLOATS, "wav"),
    ],
)
def test_no_bit_is_lost(data: Array, format: str | None) -> None:
    np.testing.assert_array_equal(Audio(data, RATE, format=format).to_numpy()[:, 0], data)


def test_24_bits_of_a_float_are_off_by_144_db_below_full_scale() -> None:
    read = Audio(FLOATS, RATE).to_numpy()[:, 0] / 2.0**31
    error = np.abs(read - FLOATS).max()
    assert 0 < error <= 2**-24
    assert 20 * np.log10(error) < -144


def test_floats_that_are_16_bits_stay_so_exactly() -> None:
    samples = (INTEGERS >> 16).astype(np.int16)
    exact = samples.astype(np.float32) / 32768
    for data in (exact, exact.astype(np.float64)):
        audio = Audio(data, RATE)
        np.testing.assert_array_equal(audio.to_numpy()[:, 0], samples)


def test_one_number_that_is_not_16_bits_far_into_the_sound_is_seen() -> None:
    floats = np.zeros(400_000, np.float32)
    assert encoded(Audio(floats, RATE))[0].bit_depth == 16
    floats[-1] = 1e-5
    assert encoded(Audio(floats, RATE))[0].bit_depth == 24


def test_what_is_clipped_is_counted_and_the_peak_is_kept() -> None:
    data = np.array([0.5, 1.0, 1.5, -2.5, -1.0], np.float32)
    assert conversion(Audio(data, RATE)) == SampleConversion("float32", 2.5, clipped=2)
    assert Audio(data, RATE).to_numpy()[:, 0].tolist() == [
        2**30,
        2**31 - 256,
        2**31 - 256,
        -(2**31),
        -(2**31),
    ]


def test_float_wav_clips_nothing() -> None:
    data = np.array([0.5, 1.5, -2.5], np.float32)
    audio = Audio(data, RATE, format="wav")
    assert conversion(audio) == SampleConversion("float32", 2.5)
    assert audio.to_numpy()[:, 0].tolist() == data.tolist()


@pytest.mark.parametrize("format", [None, "wav"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_what_is_not_finite_becomes_0_and_is_counted(dtype: type, format: str | None) -> None:
    data: Array = np.array([0.5, np.nan, np.inf, -np.inf, -0.25], dtype)
    audio = Audio(data, RATE, format=format)
    assert conversion(audio) == SampleConversion(np.dtype(dtype).name, 0.5, nonfinite=3)
    assert (audio.to_numpy()[:, 0] == 0).tolist() == [False, True, True, True, False]


@pytest.mark.parametrize("format", [None, "wav"])
def test_numbers_beyond_all_reason_are_kept_as_far_as_the_form_goes(format: str | None) -> None:
    audio = Audio(np.array([1e300, -1e300, 0.5]), RATE, format=format)
    largest = np.finfo(np.float32).max if format else 2**31 - 256
    lowest = -largest if format else -(2**31)
    assert audio.to_numpy()[:2, 0].tolist() == [largest, lowest]
    [payload] = codecs.encode([audio])
    assert all(blob.data for blob in payload.blobs if isinstance(blob, Blob))


def test_all_nan_is_silence() -> None:
    audio = Audio(np.full(10, np.nan), RATE)
    assert conversion(audio) == SampleConversion("float64", 0.0, nonfinite=10)
    assert not audio.to_numpy().any()


@pytest.mark.parametrize(
    ("data", "peak"),
    [
        (np.array([-32768], np.int16), 1.0),
        (np.array([16384], np.int16), 0.5),
        (np.array([0], np.uint8), 1.0),
        (np.array([-(2**31)], np.int32), 1.0),
        (np.array([2**29], np.int32), 0.25),
    ],
)
def test_the_peak_of_integers_is_a_share_of_full_scale(data: Array, peak: float) -> None:
    assert conversion(Audio(data, RATE)) == SampleConversion(data.dtype.name, peak)


@pytest.mark.usefixtures("no_soundfile")
@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ((INTEGERS >> 16).astype(np.int16), "wav 16-bit"),
        (INTEGERS & ~0xFF, "wav 24-bit"),
        (FLOATS, "wav 24-bit, from float32"),
    ],
)
def test_without_soundfile_the_same_samples_are_wav(data: Array, encoding: str) -> None:
    meta, blob = encoded(Audio(data, RATE))
    assert meta.encoding == encoding
    read, _ = soundfile.read(io.BytesIO(blob.data), dtype="int32", always_2d=True)
    np.testing.assert_array_equal(read, Audio(data, RATE).to_numpy().astype(np.int32) * _left(data))


def _left(data: Array) -> int:
    return 65_536 if data.dtype == np.int16 else 1


@pytest.mark.usefixtures("no_soundfile")
def test_flac_without_soundfile_names_the_extra_at_the_call() -> None:
    with pytest.raises(MissingExtra, match=r"format='flac' needs.*pip install 'medialog\[audio\]'"):
        Audio(FLOATS, RATE, format="flac")


@pytest.mark.parametrize("format", ["mp3", "", 3, "ogg"])
def test_another_format_is_refused(format: Any) -> None:
    with pytest.raises(InvalidInput, match="format: expected 'flac' or 'wav' for an array, got"):
        Audio(FLOATS, RATE, format=format)


@pytest.mark.parametrize(
    ("rate", "channels"), [(655_351, 1), (655_360, 1), (65_536, 1), (96_001, 2), (8_000, 9)]
)
def test_what_flac_cannot_hold_is_wav_or_refused(rate: int, channels: int) -> None:
    data = np.zeros((100, channels), np.int16)
    meta, blob = encoded(Audio(data, rate))
    assert meta.encoding == "wav 16-bit"
    assert soundfile.info(io.BytesIO(blob.data)).samplerate == rate
    with pytest.raises(
        InvalidInput,
        match=r"at most 8 channels and 655,350 Hz, above 65,535 Hz whole tens, got .*'wav'",
    ):
        Audio(data, rate, format="flac")


@pytest.mark.parametrize("rate", [1, 8_000, 44_100, 65_535, 96_010, 655_350])
def test_flac_holds_the_others(rate: int) -> None:
    _, blob = encoded(Audio(np.zeros((100, 8), np.int16), rate))
    info = soundfile.info(io.BytesIO(blob.data))
    assert (info.format, info.samplerate, info.channels, info.frames) == ("FLAC", rate, 8, 100)


def test_a_digest_is_of_the_samples_and_of_how_they_are_written() -> None:
    given = [
        Audio(FLOATS, RATE),
        Audio(FLOATS.copy(), RATE, "with a caption"),
        Audio(FLOATS, 8_000),
        Audio(FLOATS, RATE, format="wav"),
        Audio(FLOATS[:-1], RATE),
        Audio(FLOATS.astype(np.float64), RATE),
    ]
    digests = [encoded(audio)[1].digest for audio in given]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 5
