"""The value itself: what it takes, what comes back, what a viewer gets beside it."""

from __future__ import annotations

import io
import math
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray
from PIL import Image as PilImage

import medialog_core as ml
from medialog_core import Audio, Table, codecs
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.payload import Blob, Payload
from medialog_core.schema import AudioMeta, SpectrogramMeta, WaveformMeta
from medialog_core.testing import CodecTests, through_bytes
from tests.sounds import bursts, chord, sine, speech, stereo, sweep

Array = NDArray[Any]
RATE = 16_000


def mp3() -> io.BytesIO:
    buffer = io.BytesIO()
    soundfile.write(buffer, sweep(RATE, 0.5, 100, 4_000), RATE, format="MP3")
    buffer.seek(0)
    return buffer


def encoded(audio: Audio) -> tuple[AudioMeta, dict[str, Blob]]:
    [payload] = codecs.encode([audio])
    assert isinstance(payload.meta, AudioMeta)
    return payload.meta, {b.role: b for b in payload.blobs if isinstance(b, Blob)}


class TestCodec(CodecTests):
    @pytest.fixture
    def values(self) -> Sequence[Audio]:
        return [
            Audio(speech(RATE, 0.5), RATE, "speech", sample_id=7),
            Audio(stereo(bursts(8_000, 0.2), chord(8_000, 0.2, 220, 330)).astype("f4"), 8_000),
            Audio(np.array([[0.5, np.nan, 3.0]], np.float16), 44_100, caption=""),
            Audio(np.array([-5, 5], np.int16), 1),
            Audio(np.array([[2**31 - 1, -(2**31), 1]], np.int32), 96_000),
            Audio([0.0, 0.25], 22_050, format="wav"),
            Audio(mp3(), format="mp3", caption="a file"),
            Audio(np.zeros((300, 64), np.uint8), 100, layout="NC"),
        ]


def test_what_was_read_back_is_encoded_to_the_same_again() -> None:
    [payload] = codecs.encode([Audio(speech(RATE, 0.5) * 2, RATE, "clipped")])
    back = codecs.decode(through_bytes(payload))
    [again] = codecs.encode([back])
    assert isinstance(again, Payload)
    assert again.meta == payload.meta
    assert [b.data for b in again.blobs if isinstance(b, Blob)] == [
        b.data for b in payload.blobs if isinstance(b, Blob)
    ]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Audio([0.0, 0.5], RATE), Audio([0.0, 0.25], RATE)),
        (Audio([0.0, 0.5], RATE), Audio([0.0, 0.5], 8_000)),
        (Audio([0.0, 0.5], RATE), Audio([0.0, 0.5], RATE, "caption")),
        (Audio([0.0, 0.5], RATE), Audio([0.0, 0.5], RATE, sample_id="1")),
        (Audio([0.0, 0.5], RATE), Audio([0.0, 0.5, 0.0], RATE)),
        (Audio([0.0, 0.5], RATE), Audio([[0.0, 0.0], [0.5, 0.5]], RATE, layout="NC")),
        (Audio([0.0, 0.5], RATE), Audio([0.0, 0.5], RATE, format="wav")),
        (Audio([0.0, 0.5], RATE), "sound"),
    ],
)
def test_other_content_is_not_equal(left: Audio, right: object) -> None:
    assert left != right


def test_equal_samples_are_equal_wherever_they_came_from() -> None:
    samples = np.array([1, -2, 3], np.int16)
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, RATE, format="WAV")
    buffer.seek(0)
    assert Audio(samples, RATE) == Audio(buffer, format="wav") == Audio(samples / 32768, RATE)


@pytest.mark.parametrize("format", [None, "wav"])
def test_to_numpy_gives_what_makes_an_equal_sound(format: str | None) -> None:
    for data in (speech(RATE, 0.1), np.array([1, 2, 3], np.int32), np.array([7], np.int16)):
        audio = Audio(data, RATE, format=format)
        assert Audio(audio.to_numpy(), RATE, format=format) == audio


def test_it_is_a_snapshot() -> None:
    data = np.zeros((2, 50_000), np.float32)
    tensor = torch.zeros(10)
    audio, other = Audio(data, RATE), Audio(tensor, RATE)
    data[:], tensor[:] = 1, 1
    assert not audio.to_numpy().any()
    assert not other.to_numpy().any()


@pytest.mark.parametrize(
    "rate", [np.int64(RATE), 16_000.0, np.float32(RATE), torch.tensor(RATE), np.array([RATE])]
)
def test_a_rate_of_any_library(rate: Any) -> None:
    audio = Audio(np.zeros(8_000), rate)
    assert audio.sample_rate == RATE
    assert type(audio.sample_rate) is int
    assert audio.duration_secs == 0.5


def test_a_rate_is_needed_and_the_fix_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"sample_rate: needed .*Audio\(x, sample_rate=16000\)"):
        Audio(np.zeros(5))


@pytest.mark.parametrize(
    ("rate", "reason"),
    [
        (0, "expected 1 or more"),
        (-8_000, "expected 1 or more"),
        (44.1, "expected a whole number, got float 44.1"),
        ("16000", "expected a whole number, got str"),
        (float("nan"), "expected a whole number"),
        (float("inf"), "expected a whole number"),
        (2**31, "is more than a file holds"),
    ],
)
def test_another_rate_is_refused(rate: Any, reason: str) -> None:
    with pytest.raises((InvalidInput, WrongType), match=f"Audio: sample_rate: .*{reason}"):
        Audio(np.zeros(5), rate)


def test_what_no_file_holds_is_refused_at_the_call() -> None:
    shared = np.broadcast_to(np.zeros(1, np.int16), (2**30,))
    with pytest.raises(InvalidInput, match="1,073,741,824 frames of 1 channels are more than"):
        Audio(shared, RATE)


@pytest.mark.parametrize(("caption", "kept"), [("x", "x"), (3, "3"), (np.float32(0.5), "0.5")])
def test_a_caption_is_a_string_or_a_number(caption: Any, kept: str) -> None:
    assert Audio([0.0], RATE, caption).caption == kept


def test_another_caption_is_refused() -> None:
    with pytest.raises(WrongType, match="caption: expected a string"):
        Audio([0.0], RATE, ["a"])  # type: ignore[arg-type]


def test_durations_rates_and_captions_of_a_list() -> None:
    sounds = [Audio(np.zeros(n), rate, c) for n, rate, c in ((8, 8, "a"), (4, 16, None))]
    assert Audio.durations(sounds) == [1.0, 0.25]
    assert Audio.sample_rates(sounds) == [8, 16]
    assert Audio.captions(sounds) == ["a", ""]
    assert Audio.captions(sounds[1:]) is False


def test_it_says_what_it_is() -> None:
    assert repr(Audio(np.zeros((2, 9), "i2"), 8, "x")) == "Audio(9×2 int16, 8 Hz, caption='x')"
    assert repr(Audio(mp3(), format="mp3")).startswith("Audio('BytesIO', ")


def test_it_has_no_hash() -> None:
    with pytest.raises(TypeError):
        hash(Audio([0.0], RATE))


def test_the_envelope_is_that_of_the_samples() -> None:
    sound = stereo(sine(RATE, 3, 2, 0.9), np.zeros(3 * RATE))
    meta, blobs = encoded(Audio(sound, RATE))
    assert meta.waveform == WaveformMeta(24)
    columns = np.frombuffer(blobs["peaks"].data, "<i2").reshape(2_000, 2, 2) / 32_767
    parts = sound.reshape(2_000, 24, 2)
    np.testing.assert_allclose(columns[:, :, 0], parts.min(1), atol=1e-4)
    np.testing.assert_allclose(columns[:, :, 1], parts.max(1), atol=1e-4)


def test_the_spectrogram_says_where_a_sine_is() -> None:
    meta, blobs = encoded(Audio(sine(RATE, 1, 3_000), RATE))
    said = meta.spectrogram
    assert said == SpectrogramMeta(128, 512, 0.0, 8_000.0, -100.0, 0.0)
    assert blobs["spectrogram"].content_type == "image/png"
    picture = np.asarray(PilImage.open(io.BytesIO(blobs["spectrogram"].data)))
    assert picture.dtype == np.uint8
    assert picture.shape == (128, RATE // 128)
    share = math.log10(1 + 3_000 / 700) / math.log10(1 + said.max_hz / 700)
    assert picture[:, 60].argmax() == round(128 - share * 129)
    decibels = said.min_db + picture[:, 60].max() / 255 * (said.max_db - said.min_db)
    assert decibels == pytest.approx(-6, abs=2)


def test_the_pictures_of_a_repeat_have_the_same_digests_and_those_of_others_do_not() -> None:
    data = speech(RATE, 0.2)
    digests = [
        [blob.digest for blob in encoded(Audio(one, RATE))[1].values()]
        for one in (data, data.copy(), data / 2)
    ]
    assert digests[0] == digests[1]
    assert len({*digests[0], *digests[2]}) == 6


def test_nothing_is_decoded_twice_for_both_pictures() -> None:
    audio = Audio(mp3(), format="mp3")
    sound = audio.source.sound
    assert sound is not None
    calls: list[int] = []

    def counted(blocks: Any = sound.blocks) -> Any:
        calls.append(1)
        return blocks()

    object.__setattr__(sound, "blocks", counted)
    _, blobs = encoded(audio)
    assert blobs["peaks"].data
    assert blobs["spectrogram"].data
    assert len(calls) == 1


def test_sounds_of_a_run_come_back_single_in_lists_and_in_tables(tmp_path: Path) -> None:
    run = ml.init(dir=str(tmp_path), project="p")
    single = Audio(speech(RATE, 0.2), RATE, "single")
    several = [Audio(sine(8_000, 0.1, 440), 8_000, "a"), Audio(mp3(), format="mp3")]
    table = Table(columns=["sound"], data=[[single]])
    run.log({"one": single, "many": several, "table": table})
    place = run.dir
    run.finish()
    reader = ml.open_run(place)
    rows = {key: [r for r in reader.rows() if r.key == key] for key in ("one", "many", "table")}
    assert [reader.load(row) for row in rows["one"]] == [single]
    assert [reader.load(row) for row in rows["many"]] == several
    [back] = [reader.load(row) for row in rows["table"]]
    assert back == table


@pytest.mark.parametrize("data", [speech(RATE, 0.1), speech(RATE, 0.1)[:, None].astype(np.float32)])
def test_a_sound_that_was_looked_at_pickles(data: Array) -> None:
    audio = Audio(data, RATE)
    before = audio.to_numpy()
    copied = pickle.loads(pickle.dumps(audio))  # noqa: S301 - our own
    np.testing.assert_array_equal(copied.to_numpy(), before)
    assert encoded_bytes(copied) == encoded_bytes(audio)


def encoded_bytes(audio: Audio) -> bytes:
    [payload] = codecs.encode([audio])
    own = payload.blobs[0]
    assert isinstance(own, Blob)
    return own.data
