from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core.sound.envelope import Envelope, frames_per_column
from medialog_core.sound.forms import Floats


def noise(frames: int, channels: int) -> Floats:
    return np.random.default_rng(frames).uniform(-1, 1, (frames, channels)).astype(np.float32)


def read(data: bytes, channels: int) -> list[list[list[int]]]:
    columns: list[list[list[int]]] = np.frombuffer(data, "<i2").reshape(-1, channels, 2).tolist()
    return columns


@given(
    frames=st.integers(1, 3_000),
    channels=st.integers(1, 3),
    likely=st.integers(1, 90_000),
    size=st.integers(1, 700),
)
@settings(max_examples=60, deadline=None)
def test_each_column_has_the_extremes_of_its_frames_however_the_blocks_come(
    frames: int, channels: int, likely: int, size: int
) -> None:
    sound, made = noise(frames, channels), Envelope(likely, channels)
    for first in range(0, frames, size):
        made.add(sound[first : first + size])
    width = made.frames_per_column
    expected = [
        [
            np.rint(np.array([part.min(), part.max()]) * np.float32(32_767)).tolist()
            for part in sound[first : first + width].T
        ]
        for first in range(0, frames, width)
    ]
    assert read(made.to_bytes(), channels) == expected


@pytest.mark.parametrize(
    ("frames", "expected"), [(0, 16), (1, 16), (32_000, 16), (32_001, 17), (158_760_000, 79_380)]
)
def test_at_most_2000_columns_of_at_least_16_frames(frames: int, expected: int) -> None:
    assert frames_per_column(frames) == expected


def test_what_is_beyond_full_scale_is_drawn_at_full_scale() -> None:
    made = Envelope(2, 1)
    made.add(np.array([[-3.0], [2.0]], np.float32))
    assert read(made.to_bytes(), 1) == [[[-32767, 32767]]]


def test_a_sound_without_frames_has_no_columns() -> None:
    assert Envelope(10, 2).to_bytes() == b""
