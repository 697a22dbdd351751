from __future__ import annotations

import math
from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from medialog_core.media.histograms.binning import BLOCK
from medialog_core.media.histograms.histogram import Histogram

RNG = np.random.default_rng(7)
DTYPES = [
    np.float16,
    np.float32,
    np.float64,
    np.int8,
    np.uint8,
    np.int16,
    np.int32,
    np.int64,
    np.bool_,
]
LARGEST = float(np.finfo(np.float64).max)


def expected(values: NDArray[Any], num_bins: int) -> tuple[NDArray[Any], NDArray[Any]]:
    return np.histogram(values.astype(np.float64), num_bins)


def same(histogram: Histogram, values: NDArray[Any], num_bins: int = 64) -> None:
    counts, edges = expected(values, num_bins)
    assert counts.tolist() == histogram.counts.tolist()
    assert edges.tolist() == histogram.edges.tolist()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("num_bins", [1, 2, 63, 64, 100, 512])
def test_counts_and_edges_are_numpys(dtype: Any, num_bins: int) -> None:
    values = (RNG.standard_normal(4_321) * 10).astype(dtype)
    same(Histogram(values, num_bins=num_bins), values, num_bins)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_counts_are_numpys_for_any_finite_values(data: st.DataObject) -> None:
    width = data.draw(st.sampled_from([32, 64]))
    scale = data.draw(st.sampled_from([1e-30, 1e-3, 1.0, 1e3, 1e30]))
    offset = data.draw(st.sampled_from([0.0, 1.0, -1e3, 1e6]))
    shape = data.draw(st.sampled_from([1, 2, 100, 2_000]))
    elements = st.floats(-1, 1, width=32)
    drawn = data.draw(
        hnp.arrays(np.float64, shape, elements=elements, fill=st.sampled_from([0.0, 0.5, -1.0]))
    )
    values = (np.resize(drawn, 2_000) * scale + offset).astype(f"f{width // 8}")
    lo, hi = float(values.min()), float(values.max())
    if hi - lo < 1e-9 * max(abs(lo), abs(hi), 1e-300):  # NumPy refuses so many bins there
        assert Histogram(values).counts.sum() == 2_000
    else:
        same(Histogram(values), values)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_on_the_edges_fall_where_numpy_puts_them(dtype: Any) -> None:
    edges = np.linspace(-3, 5, 65)
    values = (
        np.concatenate([edges, np.nextafter(edges, 9), np.nextafter(edges, -9)] * 20)
        .clip(-3, 5)
        .astype(dtype)
    )
    same(Histogram(values), values)


@pytest.mark.parametrize("num_bins", [1, 2, 63, 64, 128, 129, 512])
def test_values_of_several_blocks_are_counted_once(num_bins: int) -> None:
    values = RNG.standard_normal(2 * BLOCK + 17).astype(np.float32)
    same(Histogram(values, num_bins=num_bins), values, num_bins)


def test_a_large_offset_with_a_small_range_is_counted_by_the_edges() -> None:
    values = 1e13 + RNG.random(3_000) * 0.7
    same(Histogram(values), values)


@pytest.mark.parametrize("value", [0.0, 5.0, -1e6, 1e300, -LARGEST, 5e-324])
def test_a_single_value_lies_inside_a_widened_range(value: float) -> None:
    histogram = Histogram([value])
    assert histogram.counts.sum() == 1
    assert histogram.edges[0] <= value <= histogram.edges[-1]
    assert histogram.edges[0] < histogram.edges[-1]


def test_the_range_of_a_constant_is_widened_as_numpys() -> None:
    same(Histogram(np.full(10, 3.0)), np.full(10, 3.0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_widest_range_is_counted(dtype: Any) -> None:
    info = np.finfo(dtype)
    values = np.array([info.min, info.max, 0, 1] * 500, dtype)
    histogram = Histogram(values, num_bins=4)
    assert histogram.counts.tolist() == [500, 0, 1000, 500]
    assert np.isfinite(histogram.edges).all()


@pytest.mark.parametrize("tiny", [5e-324, 1e-310, 1e-45])
def test_ranges_below_normal_numbers_are_counted(tiny: float) -> None:
    values = np.array([0.0, tiny] * 1000)
    assert Histogram(values).counts.sum() == 2000


def test_what_is_not_finite_is_counted_apart() -> None:
    values = np.array([1.0, 2.0, np.nan, np.nan, np.inf, -np.inf, -np.inf, -np.inf])
    histogram = Histogram(values, num_bins=2)
    m = histogram.moments
    assert (m.n, m.nan, m.pos_inf, m.neg_inf) == (2, 2, 1, 3)
    assert histogram.counts.tolist() == [1, 1]
    assert (m.min, m.max, m.sum, m.sum_squares) == (1.0, 2.0, 3.0, 5.0)


@pytest.mark.parametrize("values", [[], [math.nan] * 3, [math.inf], np.zeros((0, 4))])
def test_without_a_finite_value_all_bins_are_empty(values: Any) -> None:
    histogram = Histogram(values)
    assert histogram.counts.sum() == 0
    assert len(histogram.counts) == 64
    assert histogram.moments.min is None


def test_the_sums_of_large_float32_do_not_overflow() -> None:
    moments = Histogram(np.full(4, 1e30, np.float32)).moments
    assert moments.sum_squares == pytest.approx(4e60, rel=1e-6)


def test_the_sums_of_small_float32_do_not_vanish() -> None:
    moments = Histogram(np.full(4, 1e-30, np.float32)).moments
    assert moments.sum_squares == pytest.approx(4e-60, rel=1e-6)


def test_the_sums_are_near_those_in_double_precision() -> None:
    values = RNG.standard_normal(300_000).astype(np.float32) + 1
    moments = Histogram(values).moments
    assert moments.sum == pytest.approx(values.sum(dtype=np.float64), rel=1e-5)
    assert moments.sum_squares == pytest.approx(np.square(values, dtype=np.float64).sum(), rel=1e-5)
