"""What is written plays in Chromium: decoded there, length, rate, channels and samples are right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from medialog_core import Audio, codecs
from medialog_core.payload import Blob
from medialog_core.sound import libraries
from tests.sounds import chord, speech, stereo

from .conftest import Browser

pytestmark = pytest.mark.browser

Array = NDArray[Any]
Play = Callable[[bytes, str, int], "dict[str, Any]"]
_DECODE = """async (address, rate) => {
  const bytes = await (await fetch(address)).arrayBuffer();
  const element = await new Promise(done => {
    const audio = new Audio(address);
    audio.oncanplaythrough = () => done(audio.duration);
    audio.onerror = () => done(audio.error.message);
  });
  const sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes);
  const channels = [...Array(sound.numberOfChannels).keys()];
  return {element, rate: sound.sampleRate, frames: sound.length,
          samples: channels.map(i => [...sound.getChannelData(i).slice(0, 4000)])};
}"""


@pytest.fixture
def play(browser: Browser) -> Play:
    """Decode a file in the page."""

    def decode(data: bytes, extension: str, rate: int) -> dict[str, Any]:
        decoded: dict[str, Any] = browser.run(_DECODE, data, f"audio/{extension}", rate)
        return decoded

    return decode


def file_of(audio: Audio) -> Blob:
    [payload] = codecs.encode([audio])
    own = payload.blobs[0]
    assert isinstance(own, Blob)
    return own


def full_scale(samples: Array) -> Array:
    scale = 1.0 if samples.dtype.kind == "f" else 2.0 ** (8 * samples.dtype.itemsize - 1)
    return samples.astype(np.float64) / scale


def check(play: Play, audio: Audio) -> None:
    own, samples, rate = file_of(audio), full_scale(audio.to_numpy()), audio.sample_rate
    assert rate is not None
    heard = play(own.data, own.extension, rate)
    assert heard["element"] == pytest.approx(audio.duration_secs, abs=1e-3)
    assert (heard["rate"], heard["frames"]) == (rate, audio.frames)
    if audio.to_numpy().dtype == np.int16:
        samples = np.where(samples > 0, samples * 32_768 / 32_767, samples)  # Chromium's full scale
    np.testing.assert_allclose(np.array(heard["samples"]).T, samples[:4_000], rtol=0, atol=6e-8)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_flac_of_16_and_24_bits(play: Play, rate: int, channels: int) -> None:
    sound = stereo(speech(rate, 0.25), chord(rate, 0.25, 440, 660))[:, :channels]
    for data in (np.rint(sound * 32_000).astype(np.int16), sound.astype(np.float32)):
        audio = Audio(data, rate)
        assert file_of(audio).extension == "flac"
        check(play, audio)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [8_000, 44_100, 96_000])
def test_wav_of_16_24_and_32_bits_and_of_floats(
    play: Play, rate: int, channels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "soundfile", lambda: None)
    sound = stereo(speech(rate, 0.25), chord(rate, 0.25, 440, 660))[:, :channels]
    whole = np.rint(sound * 2**30).astype(np.int32)
    for data, form in (
        ((whole >> 16).astype(np.int16), None),
        (whole & ~0xFF, None),
        (whole | 1, None),
        (sound.astype(np.float32), "wav"),
    ):
        audio = Audio(data, rate, format=form)
        assert file_of(audio).extension == "wav"
        check(play, audio)


def test_24_bits_are_heard_as_24(play: Play) -> None:
    quiet = (speech(16_000, 0.25) * 2**-12).astype(np.float32)
    own = file_of(Audio(quiet, 16_000))
    heard = np.array(play(own.data, own.extension, 16_000)["samples"][0])
    assert np.abs(heard - quiet).max() < 2**-22


def test_six_channels(play: Play) -> None:
    check(play, Audio(np.random.default_rng(0).uniform(-1, 1, (4_000, 6)), 48_000))


def test_the_check_can_fail(play: Play) -> None:
    own = file_of(Audio(speech(16_000, 0.25), 16_000))
    with pytest.raises(Exception, match="Unable to decode"):
        play(b"fLaC" + own.data[:30], own.extension, 16_000)
