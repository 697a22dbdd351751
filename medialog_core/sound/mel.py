"""A mel spectrogram as a grey picture, made of blocks in bounded memory.

Windows (Hann) follow each other by a quarter of their length, of long sounds by half of it; their
power, the mean of all channels, is averaged over the windows of a column and then summed in triangles
that are equally spaced in mel (HTK's: 2595 log10(1 + f / 700)). 0 dB is a sine of full scale in the middle of a row.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .forms import Floats

Array = NDArray[Any]

ROWS = 128
MAX_COLUMNS = 1_000
MIN_DB, MAX_DB = -100.0, 0.0
_WINDOW_SECS = 0.04
_SHORTEST, _LONGEST = 256, 16_384
_SAMPLES_AT_ONCE = 2**19
_HANN_NOISE_BANDWIDTH = 1.5
_WHITE = 255
_LOUDEST = np.float32(1e6)
"""Floats may be beyond full scale; their power shall be no infinity."""


def to_mel(hz: float) -> float:
    """Give a frequency in mel."""
    return 2595.0 * math.log10(1.0 + hz / 700.0)


def to_hz(mels: Array) -> Array:
    """Undo `to_mel`, for many."""
    hz: Array = 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
    return hz


def window_frames(rate: int) -> int:
    """Give the length of a window: about 40 ms, a power of two."""
    power = round(math.log2(max(1.0, rate * _WINDOW_SECS)))
    return int(min(_LONGEST, max(_SHORTEST, 2**power)))


class Spectrogram:
    """Made of blocks, in order.

    Args:
        rate: Frames a second.
        frames: How many there will be, or are likely to be.
        channels: How many samples a frame has.

    Attributes:
        window: Frames of a window.
        frames_per_column: Frames from one column to the next; the windows of a column have their
            middles in it.
    """

    def __init__(self, rate: int, frames: int, channels: int) -> None:
        self.window = window_frames(rate)
        quarter = self.window // 4
        self._hop = quarter if frames <= MAX_COLUMNS * quarter else 2 * quarter
        self._windows_per_column = max(1, math.ceil(frames / (self._hop * MAX_COLUMNS)))
        self.frames_per_column = self._hop * self._windows_per_column
        self._rate, self._frames = rate, 0
        self._hann = np.hanning(self.window + 1)[:-1].astype(np.float32)[:, None]
        self._signal = np.zeros(((self.window - self._hop) // 2, channels), np.float32)
        self._powers = np.zeros((0, self.window // 2 + 1), np.float32)
        self._columns: list[Array] = []

    def add(self, block: Floats) -> None:
        """Take the next block, N×C."""
        self._frames += len(block)
        self._take(np.clip(block, -_LOUDEST, _LOUDEST))

    def to_pixels(self) -> NDArray[np.uint8]:
        """Give the picture: 128 rows, the highest frequency on top, a column for each step in time."""
        windows = max(1, math.ceil(self._frames / self._hop))
        missing = (windows - 1) * self._hop + self.window
        missing -= self._frames + (self.window - self._hop) // 2
        self._take(np.zeros((max(0, missing), self._signal.shape[1]), np.float32))
        if len(self._powers):
            self._columns.append(self._powers.mean(0, keepdims=True))
        power = self._in_mel(np.concatenate(self._columns))[::-1]
        decibels = 10 * np.log10(np.maximum(power, 10 ** (MIN_DB / 10)))
        grey = (decibels - MIN_DB) * (_WHITE / (MAX_DB - MIN_DB)) + 0.5
        pixels: NDArray[np.uint8] = np.clip(grey, 0, _WHITE).astype(np.uint8)
        return pixels

    def _take(self, block: Floats) -> None:
        signal = np.concatenate((self._signal, block))
        count = max(0, (len(signal) - self.window) // self._hop + 1)
        step = max(1, _SAMPLES_AT_ONCE // (self.window * signal.shape[1]))
        for first in range(0, count, step):
            last = min(count, first + step)
            part = signal[first * self._hop : (last - 1) * self._hop + self.window]
            self._group(self._power(part))
        self._signal = signal[count * self._hop :]

    def _power(self, part: Floats) -> Array:
        """Give the power of each window, W×bins, the mean of the channels."""
        windows = np.lib.stride_tricks.sliding_window_view(part, self.window, axis=0)
        windows = windows[:: self._hop]
        spectra = np.fft.rfft(windows * self._hann[:, 0], axis=2)
        powers: Array = (spectra.real**2 + spectra.imag**2).mean(1)
        return powers

    def _group(self, powers: Array) -> None:
        powers = np.concatenate((self._powers, powers))
        size = self._windows_per_column
        whole = len(powers) // size
        if whole:
            self._columns.append(powers[: whole * size].reshape(whole, size, -1).mean(1))
        self._powers = powers[whole * size :]

    def _in_mel(self, columns: Array) -> Array:
        """Give the rows of columns×bins of power, lowest first; without BLAS, whose threads would spin."""
        full = (float(self._hann.sum()) / 2) ** 2 * _HANN_NOISE_BANDWIDTH
        rows = np.empty((ROWS, len(columns)), np.float32)
        for row, (first, weights) in enumerate(_triangles(self._rate, self.window)):
            reached = columns[:, first : first + len(weights)]
            np.einsum("cb,b->c", reached, weights / full, out=rows[row], casting="unsafe")
        return rows


@lru_cache(8)
def _triangles(rate: int, window: int) -> list[tuple[int, Floats]]:
    """Give for each row, lowest first, its first bin and the weights from there on, at most 1.

    Where rows are closer than bins, a triangle still reaches the bins on both sides of its middle.
    """
    corners = to_hz(np.linspace(0.0, to_mel(rate / 2), ROWS + 2))
    bins = np.fft.rfftfreq(window, 1 / rate)
    middle = corners[1:-1]
    below = np.maximum(middle - corners[:-2], rate / window)
    above = np.maximum(corners[2:] - middle, rate / window)
    rising = (bins - middle[:, None]) / below[:, None] + 1
    falling = (middle[:, None] - bins) / above[:, None] + 1
    weights = np.maximum(np.minimum(rising, falling), 0).astype(np.float32)
    reached = [np.flatnonzero(row) for row in weights]
    return [(int(at[0]), row[at[0] : at[-1] + 1]) for at, row in zip(reached, weights, strict=True)]
