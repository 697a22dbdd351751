"""The spectrogram against the formula, and against torch's Fourier transform."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from medialog_core.sound import mel
from tests.sounds import bursts, sine, speech, stereo, sweep

Array = NDArray[Any]


def picture(
    sound: Array, rate: int, size: int = 10_000
) -> tuple[NDArray[np.uint8], mel.Spectrogram]:
    block = np.atleast_2d(sound.astype(np.float32).T).T
    made = mel.Spectrogram(rate, len(block), block.shape[1])
    for first in range(0, len(block), size):
        made.add(block[first : first + size])
    return made.to_pixels(), made


def row_of(hz: float, rate: int) -> float:
    """Give the row, from the top, that HTK's formula gives a frequency."""
    mels = [2595 * math.log10(1 + one / 700) for one in (hz, rate / 2)]
    return 128 - mels[0] / mels[1] * 129


def by_torch(sound: Array, rate: int, made: mel.Spectrogram) -> Array:
    """Give decibels, 128 rows by a column a window, by loops over triangles."""
    window, hop = made.window, made.frames_per_column
    front = (window - hop) // 2
    padded = np.concatenate([np.zeros(front), sound, np.zeros(window)])
    spectrum = torch.stft(
        torch.from_numpy(padded),
        window,
        hop,
        window=torch.hann_window(window, periodic=True, dtype=torch.float64),
        center=False,
        return_complex=True,
    )
    columns = math.ceil(len(sound) / hop)
    power = (spectrum.abs().numpy()[:, :columns] / (window / 4)) ** 2
    corners = [700 * (10 ** (i / 129 * math.log10(1 + rate / 2 / 700)) - 1) for i in range(130)]
    rows = []
    for low, middle, high in zip(corners, corners[1:], corners[2:], strict=False):
        start, end = min(low, middle - rate / window), max(high, middle + rate / window)
        total = np.zeros(columns)
        for place, row in enumerate(power):
            hz = place * rate / window
            side = (hz - start) / (middle - start) if hz < middle else (end - hz) / (end - middle)
            total += max(0.0, side) * row
        rows.append(10 * np.log10(np.maximum(total / 1.5, 1e-10)))
    return np.array(rows[::-1])


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 96_000])
@pytest.mark.parametrize("hz", [60, 220, 440, 1_000, 3_000])
def test_a_sine_lands_in_its_row(hz: float, rate: int) -> None:
    pixels, _ = picture(sine(rate, 0.5, hz), rate)
    middle = pixels[:, pixels.shape[1] // 2].astype(float)
    assert abs(int(middle.argmax()) - row_of(hz, rate)) < 0.75


@pytest.mark.parametrize("level", [1.0, 0.1, 0.001])
def test_a_full_sine_is_0_db(level: float) -> None:
    pixels, _ = picture(sine(16_000, 0.5, 2_000, level), 16_000)
    decibels = pixels[:, 30].max() / 255 * 100 - 100
    assert decibels == pytest.approx(20 * math.log10(level), abs=2)


@pytest.mark.parametrize(
    ("sound", "rate"),
    [
        (speech(16_000, 1), 16_000),
        (bursts(8_000, 0.4), 8_000),
        (sweep(44_100, 0.7, 50, 18e3), 44_100),
    ],
)
def test_it_is_what_torch_computes(sound: Array, rate: int) -> None:
    pixels, made = picture(sound, rate)
    expected = np.clip((by_torch(sound, rate, made) + 100) * 2.55, 0, 255)
    assert pixels.shape == expected.shape
    assert np.abs(pixels - expected).max() <= 1


def test_a_sweep_rises_through_the_picture() -> None:
    pixels, _ = picture(sweep(16_000, 2, 100, 7_000), 16_000)
    loudest = pixels[:, 5:-5].argmax(0)
    assert (np.diff(loudest.astype(int)) <= 0).all()
    assert loudest[0] - loudest[-1] > 90


@pytest.mark.parametrize("size", [1, 37, 5_000, 100_000])
def test_it_does_not_depend_on_the_blocks(size: int) -> None:
    sound = speech(8_000, 0.3)
    np.testing.assert_array_equal(picture(sound, 8_000, size)[0], picture(sound, 8_000)[0])


def test_a_column_covers_its_frames_and_long_sounds_have_1000_at_most() -> None:
    rate = 8_000
    sound = np.zeros(rate * 60)
    sound[rate * 30 : rate * 31] = sine(rate, 1, 1_000)
    pixels, made = picture(sound, rate, 65_536)
    assert made.frames_per_column == 512
    assert pixels.shape == (128, math.ceil(len(sound) / 512))
    heard = np.flatnonzero(pixels.max(0) > 150)
    assert heard[0] == pytest.approx(rate * 30 / 512, abs=1)
    assert heard[-1] == pytest.approx(rate * 31 / 512, abs=1)


def test_the_mean_of_a_column_keeps_the_level() -> None:
    pixels, _ = picture(sine(8_000, 60, 1_000), 8_000)
    assert pixels[:, 100].max() / 2.55 - 100 == pytest.approx(-6, abs=3)


def test_channels_against_each_other_do_not_cancel() -> None:
    left = sine(16_000, 0.5, 1_000)
    both, _ = picture(stereo(left, -left), 16_000)
    one, _ = picture(left, 16_000)
    np.testing.assert_array_equal(both, one)


@pytest.mark.parametrize("frames", [0, 1, 100])
def test_a_sound_shorter_than_a_window_has_a_picture(frames: int) -> None:
    pixels, _ = picture(sine(16_000, 1, 440)[:frames], 16_000)
    assert pixels.shape == (128, 1)


def test_silence_is_black() -> None:
    assert not picture(np.zeros(4_000), 8_000)[0].any()


@pytest.mark.parametrize(
    ("rate", "window"), [(1, 256), (8_000, 256), (16_000, 512), (44_100, 2_048), (10**7, 16_384)]
)
def test_a_window_is_about_40_ms(rate: int, window: int) -> None:
    assert mel.window_frames(rate) == window
