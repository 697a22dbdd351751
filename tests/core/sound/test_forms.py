"""Numbers in the forms that are written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from medialog_core.sound import forms
from medialog_core.sound.forms import F32, S16, S24


def test_24_bits_stand_in_the_upper_24() -> None:
    block = np.array([[0.5], [2.0**-23], [-1.0]])
    assert forms.quantized(block, S24).tolist() == [[1 << 30], [1 << 8], [-(1 << 31)]]


def test_full_scale_is_the_greatest_number_and_beyond_is_clipped() -> None:
    block = np.array([[1.0], [1.5], [-1.5], [np.finfo(float).max]])
    assert forms.quantized(block, S16).tolist() == [[32767], [32767], [-32768], [32767]]


@pytest.mark.parametrize("form", [S16, S24, F32])
def test_what_is_not_finite_becomes_zero(form: forms.Form) -> None:
    block = np.array([[np.nan], [np.inf], [-np.inf], [0.25]], np.float32)
    written = forms.quantized(block, form)
    assert written.dtype == form.dtype
    assert (written != 0).tolist() == [[False], [False], [False], [True]]


def test_floats_keep_what_is_beyond_full_scale() -> None:
    assert forms.quantized(np.array([[3.5]]), F32).tolist() == [[3.5]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(values=st.lists(st.floats(-1, 1), min_size=1, max_size=50))
@settings(max_examples=30, deadline=None)
def test_24_bits_are_off_by_half_a_step_at_most(dtype: type, values: list[float]) -> None:
    block: NDArray[Any] = np.array(values, dtype)[:, None]
    steps = forms.quantized(block, S24) >> 8
    errors = np.abs(steps / 2.0**23 - block.astype(np.float64))
    assert errors[block <= 1 - 2.0**-23].max(initial=0) <= 2.0**-24
    assert errors.max() <= 2.0**-23


def test_integers_are_rounded_into_fewer_bits() -> None:
    block = np.array([[127], [129], [384], [2**31 - 1], [-(2**31)]], np.int32)
    rounded = forms.quantized(block, S24) >> 8
    assert rounded.tolist() == [[0], [1], [2], [2**23 - 1], [-(2**23)]]


def test_8_bits_become_the_upper_half_of_16() -> None:
    unsigned = np.array([0, 128, 255], np.uint8)
    signed = np.array([-128, 0, 127], np.int8)
    assert forms.from_8_bits(unsigned).tolist() == [-32768, 0, 32512]
    assert forms.from_8_bits(signed).tolist() == [-32768, 0, 32512]


@pytest.mark.parametrize(
    ("value", "expected"), [(np.int16(-32768), -1), (np.int32(1 << 30), 0.5), (np.float64(2), 2)]
)
def test_as_floats_full_scale_is_1(value: np.generic, expected: float) -> None:
    assert forms.as_float(np.array([[value]])).tolist() == [[expected]]


def test_small_blocks_are_joined_in_order() -> None:
    blocks = [np.full((50_000, 1), i) for i in range(5)]
    joined = list(forms.regrouped(blocks, 1))
    assert [len(block) for block in joined] == [150_000, 100_000]
    np.testing.assert_array_equal(np.concatenate(joined), np.concatenate(blocks))
    assert list(forms.regrouped([], 1)) == []
