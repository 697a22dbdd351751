"""Sounds that tests log, as real ones are made: speech-like, chords, sweeps, bursts of noise.

No library here brings a recording, so they are synthesised; float64 within [-1, 1].
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_FORMANTS = ((700.0, 90.0, 1.0), (1220.0, 110.0, 0.6), (2600.0, 160.0, 0.3))


def times(rate: int, secs: float) -> Array:
    return np.arange(round(rate * secs)) / rate


def sine(rate: int, secs: float, hz: float, level: float = 0.5) -> Array:
    return level * np.sin(2 * np.pi * hz * times(rate, secs))


def sweep(rate: int, secs: float, lowest: float, highest: float) -> Array:
    at = times(rate, secs)
    phase = lowest * at + (highest - lowest) / (2 * secs) * at**2
    return 0.6 * np.sin(2 * np.pi * phase)


def chord(rate: int, secs: float, *hz: float) -> Array:
    decay = np.exp(-3 * times(rate, secs) / secs)
    return 0.8 * decay * sum(sine(rate, secs, one, 1 / len(hz)) for one in hz)


def bursts(rate: int, secs: float, seed: int = 0) -> Array:
    noise = np.random.default_rng(seed).normal(0, 0.2, round(rate * secs))
    return np.clip(noise, -1, 1) * (np.sin(2 * np.pi * 3 * times(rate, secs)) > 0)


def speech(rate: int, secs: float, seed: int = 0) -> Array:
    """Give pulses of a gliding pitch through three formants, in syllables, over a little noise."""
    rng, at = np.random.default_rng(seed), times(rate, secs)
    cycles = np.cumsum(120 + 20 * np.sin(2 * np.pi * 0.7 * at)) / rate
    source = np.diff(np.floor(cycles), prepend=0) + rng.normal(0, 0.02, len(at))
    hz = np.fft.rfftfreq(len(at), 1 / rate)
    throat = sum(
        gain * np.exp(-(((hz - middle) / width) ** 2)) for middle, width, gain in _FORMANTS
    )
    voiced = np.fft.irfft(np.fft.rfft(source) * throat, len(at))
    voiced *= np.clip(0.3 + np.sin(2 * np.pi * 3 * at), 0, 1)
    sound: Array = 0.7 * voiced / np.abs(voiced).max() + rng.normal(0, 1e-4, len(at))
    return sound


def stereo(left: Array, right: Array) -> Array:
    return np.stack([left, right], axis=1)
