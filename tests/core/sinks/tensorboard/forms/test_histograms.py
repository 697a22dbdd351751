"""Bins as TensorBoard's rows: every count at its place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core import Histogram, codecs
from medialog_core.schema import ExponentBins, HistogramMeta
from medialog_core.sinks.tensorboard.forms import histograms


def meta_of(histogram: Histogram) -> HistogramMeta:
    [payload] = codecs.encode([histogram])
    assert isinstance(payload.meta, HistogramMeta)
    return payload.meta


def test_linear_bins_keep_edges_and_counts() -> None:
    rows = histograms.rows(meta_of(Histogram([0.0, 1.0, 1.0, 4.0], num_bins=4)))
    assert rows.tolist() == [[0, 1, 1], [1, 2, 2], [2, 3, 0], [3, 4, 1]]


def test_uneven_edges_are_kept() -> None:
    counts, edges = np.array([3, 0, 2]), np.array([-1.0, 0.0, 10.0, 11.0])
    rows = histograms.rows(meta_of(Histogram(np_histogram=(counts, edges))))
    assert rows.tolist() == [[-1, 0, 3], [0, 10, 0], [10, 11, 2]]


def test_powers_of_two_are_expanded_and_zero_fills_the_gap() -> None:
    exponent = ExponentBins(neg=(-1, [5, 6]), zero=7, pos=(0, [8]))
    rows = histograms.rows(HistogramMeta(exponent=exponent))
    assert rows.tolist() == [[-2, -1, 6], [-1, -0.5, 5], [-0.5, 1, 7], [1, 2, 8]]


def test_the_outermost_powers_end_at_the_extremes() -> None:
    rows = histograms.rows(meta_of(Histogram.exponents(np.array([-3.0, 0.0, 1.25]))))
    assert rows.tolist() == [[-3, -2, 1], [-2, 1, 1], [1, 1.25, 1]]


@pytest.mark.parametrize("values", [[], [0.0], [0.0, 0.0], [1.0], [-1.0], [float("nan")]])
def test_odd_histograms_have_rows_that_add_up(values: list[float]) -> None:
    rows = histograms.rows(meta_of(Histogram.exponents(np.array(values))))
    assert rows.shape[1] == 3
    assert rows[:, 2].sum() == np.isfinite(values).sum()


@given(values=st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=60))
@settings(max_examples=50, deadline=None)
def test_each_row_counts_just_the_values_between_its_edges(values: list[float]) -> None:
    array = np.array(values, np.float64)
    rows = histograms.rows(meta_of(Histogram.exponents(array)))
    assert (rows[:, 0] <= rows[:, 1]).all()
    assert (rows[:-1, 1] <= rows[1:, 0]).all()
    finite = array[np.isfinite(array)]
    for left, right, count in rows:
        inside = ((finite > left) & (finite < right)).sum()
        on_an_edge = ((finite == left) | (finite == right)).sum()
        assert inside <= count <= inside + on_an_edge
    assert rows[:, 2].sum() == len(finite)


def test_a_density_becomes_shares() -> None:
    density, edges = np.histogram([0.0, 1.0, 2.0, 2.5, 3.0], bins=[0, 2, 3], density=True)
    rows = histograms.rows(meta_of(Histogram(np_histogram=(density, edges))))
    assert rows[:, 2] == pytest.approx([0.4, 0.6])


def test_a_range_beyond_float64_has_finite_edges() -> None:
    rows = histograms.rows(HistogramMeta(linear=(-1.7e308, 1.7e308, 2), counts=[1, 2]))
    assert rows.tolist() == [[-1.7e308, 0, 1], [0, 1.7e308, 2]]


def test_what_is_not_in_the_bins_is_said() -> None:
    meta = meta_of(Histogram([1.0, float("nan"), float("inf")]))
    assert histograms.nonfinite(meta) == 2
    assert histograms.describe(meta) == "Not in the bins: 1 NaN, 1 +Infinity, 0 -Infinity."
    assert histograms.describe(meta_of(Histogram([1.0]))) == ""


def test_a_sample_is_said_to_be_one() -> None:
    meta = meta_of(Histogram.exponents(np.ones(5000), max_samples=100))
    assert histograms.describe(meta) == "An even sample of 5,000 values."
