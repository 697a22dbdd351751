"""Which axis of an array has the channels, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core import Audio
from medialog_core.errors import InvalidInput, WrongType

LEFT = np.linspace(-0.5, 0.5, 100, dtype=np.float32)
RIGHT = LEFT[::-1] / 2


def read(data: Any, **options: Any) -> Any:
    return Audio(data, 8_000, format="wav", **options).to_numpy()


@pytest.mark.parametrize(
    "data",
    [
        LEFT,
        LEFT[:, None],
        LEFT[None],
        LEFT[None, None],
        LEFT[None, :, None],
        LEFT.tolist(),
        tuple(LEFT.tolist()),
        [LEFT],
        torch.from_numpy(LEFT)[None],
        torch.from_numpy(LEFT).requires_grad_(),
        np.repeat(LEFT, 3)[::3],
        LEFT.astype(">f4"),
        LEFT.astype(np.float64),
    ],
)
def test_mono_comes_in_many_shapes(data: Any) -> None:
    np.testing.assert_array_equal(read(data), LEFT[:, None])


@pytest.mark.parametrize(
    "data",
    [
        np.stack([LEFT, RIGHT]),
        np.stack([LEFT, RIGHT], 1),
        np.asfortranarray(np.stack([LEFT, RIGHT])),
        np.stack([LEFT, RIGHT])[None],
        [LEFT.tolist(), RIGHT.tolist()],
        [torch.from_numpy(LEFT), torch.from_numpy(RIGHT.copy())],
        torch.from_numpy(np.stack([LEFT, RIGHT])),
        torch.from_numpy(np.stack([LEFT, RIGHT], 1)).double().requires_grad_(),
        np.repeat(np.stack([LEFT, RIGHT]), 2, axis=1)[:, ::2],
    ],
)
def test_the_shorter_axis_is_the_channels(data: Any) -> None:
    np.testing.assert_array_equal(read(data), np.stack([LEFT, RIGHT], 1))


def test_of_a_square_torch_has_its_channels_first_and_others_last() -> None:
    square = np.array([[0.0, 0.25], [0.5, 0.75]], np.float32)
    np.testing.assert_array_equal(read(square), square)
    np.testing.assert_array_equal(read(torch.from_numpy(square)), square.T)


@pytest.mark.parametrize("shape", [(2, 100), (100, 2), (5, 5)])
def test_layout_states_it(shape: tuple[int, int]) -> None:
    data = np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)
    np.testing.assert_array_equal(read(data, layout="NC"), data)
    np.testing.assert_array_equal(read(data, layout="CN"), data.T)
    np.testing.assert_array_equal(read(torch.from_numpy(data), layout="NC"), data)


@pytest.mark.parametrize("layout", ["NCW", "CHW", "nc", 3])
def test_another_layout_is_refused(layout: Any) -> None:
    with pytest.raises(InvalidInput, match=r"layout: expected 'NC' or 'CN', got"):
        Audio(LEFT, 8_000, layout=layout)


def test_a_picture_is_no_sound() -> None:
    with pytest.raises(
        InvalidInput, match=r"at most 32 channels, got numpy.*\(80, 200\).*by Image"
    ):
        Audio(np.zeros((80, 200), np.float32), 8_000)


def test_many_channels_are_legal_if_stated() -> None:
    assert Audio(np.zeros((64, 200), np.float32), 8_000, layout="CN").channels == 64
    with pytest.raises(InvalidInput, match=r"at most 256 .*\(300, 400\) .*with layout='CN'"):
        Audio(np.zeros((300, 400), np.float32), 8_000, layout="CN")


def test_a_batch_is_refused_with_what_to_do() -> None:
    with pytest.raises(InvalidInput, match=r"one sound.*\(4, 2, 100\).*for x in batch"):
        Audio(np.zeros((4, 2, 100), np.float32), 8_000)


@pytest.mark.parametrize("data", [np.zeros(0), np.zeros((0, 2)), [], torch.zeros(1, 0)])
def test_a_sound_has_a_sample(data: Any) -> None:
    with pytest.raises(InvalidInput, match="expected at least one sample, got"):
        Audio(data, 8_000)


@pytest.mark.parametrize("data", [np.array(0.5), np.float32(0.5), torch.tensor(0.5)])
@pytest.mark.parametrize("layout", [None, "CN"])
def test_a_single_number_is_no_sound(data: Any, layout: Any) -> None:
    with pytest.raises(InvalidInput, match=r"one sound.*shape \(\) and .*run\.log"):
        Audio(data, 8_000, layout=layout)


@pytest.mark.parametrize(
    ("dtype", "fix"),
    [
        ("int64", r"x\.astype\(np\.int16\)"),
        ("uint16", "subtract 32768"),
        ("bool", "cast to float32"),
        ("complex64", "cast to float32"),
        ("uint32", "cast to float32"),
    ],
)
def test_numbers_without_a_known_full_scale_are_refused(dtype: str, fix: str) -> None:
    with pytest.raises(InvalidInput, match=rf"float16.*got numpy.ndarray .*{dtype}.*{fix}"):
        Audio(np.zeros(10, dtype), 8_000)


@pytest.mark.parametrize("data", [None, 5, {"array": [0.0]}, b"RIFF", object()])
def test_what_is_no_array_and_no_file_is_refused(data: Any) -> None:
    with pytest.raises(WrongType, match="Audio: data_or_path: expected an array"):
        Audio(data, 8_000)


def test_rows_of_several_lengths_are_refused() -> None:
    with pytest.raises(InvalidInput, match="Audio: data_or_path: its rows differ in length"):
        Audio([[0.0, 0.5], [0.5]], 8_000)


@given(
    frames=st.integers(1, 200),
    channels=st.integers(1, 32),
    first=st.booleans(),
    torched=st.booleans(),
    fortran=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_every_shape_keeps_every_sample(
    frames: int, channels: int, *, first: bool, torched: bool, fortran: bool
) -> None:
    samples = np.random.default_rng(frames).integers(-32768, 32768, (frames, channels), np.int16)
    data: Any = np.array(samples.T if first else samples, order="F" if fortran else "C")
    data = torch.from_numpy(data) if torched else data
    audio = Audio(data, 8_000, layout="CN" if first else "NC")
    np.testing.assert_array_equal(audio.to_numpy(), samples)
    if channels < frames:
        assert Audio(data, 8_000) == audio
