from __future__ import annotations

import math
from typing import Any

import hypothesis.extra.numpy as hnp
import msgspec
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from medialog_core.errors import InvalidInput
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


def brute_force(values: NDArray[Any]) -> dict[tuple[int, int], int]:
    counts: dict[tuple[int, int], int] = {}
    for value in values.astype(np.float64).ravel().tolist():
        sign = (value > 0) - (value < 0)
        place = (sign, math.frexp(value)[1] - 1 if sign else 0)
        counts[place] = counts.get(place, 0) + 1
    return counts


def by_place(histogram: Histogram) -> dict[tuple[int, int], int]:
    form = histogram.to_meta().exponent
    assert form is not None
    counts = {
        (sign, first + i): n
        for sign, (first, ns) in ((-1, form.neg), (1, form.pos))
        for i, n in enumerate(ns)
    }
    counts[0, 0] = form.zero
    return {place: n for place, n in counts.items() if n}


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(["f2", "f4", "f8"]), st.data())
def test_exponents_are_exact_for_any_finite_values(dtype: str, data: st.DataObject) -> None:
    finite = hnp.from_dtype(np.dtype(dtype), allow_nan=False, allow_infinity=False)
    values = data.draw(hnp.arrays(dtype, st.integers(1, 200), elements=finite))
    assert brute_force(values) == by_place(Histogram.exponents(values))


@pytest.mark.parametrize("dtype", DTYPES)
def test_exponents_of_every_dtype(dtype: Any) -> None:
    values = (RNG.standard_normal(500) * 10).astype(dtype)
    assert brute_force(values) == by_place(Histogram.exponents(values))


def test_exponents_of_bfloat16() -> None:
    values = torch.linspace(-2, 2, 101).to(torch.bfloat16)
    assert brute_force(values.float().numpy()) == by_place(Histogram.exponents(values))


def test_exponents_count_apart_what_is_not_finite() -> None:
    values = np.array([1.0, np.nan, np.inf, -np.inf, 0.0], np.float32)
    histogram = Histogram.exponents(values)
    m = histogram.moments
    assert by_place(histogram) == {(1, 0): 1, (0, 0): 1}
    assert (m.n, m.nan, m.pos_inf, m.neg_inf) == (2, 1, 1, 1)


def test_edges_of_exponents_are_powers_of_two_about_zeros_bin() -> None:
    histogram = Histogram.exponents([-5.0, -5.0, -1.5, 0.0, 0.0, 0.25, 2.0])
    assert histogram.edges.tolist() == [-8.0, -4.0, -2.0, -1.0, 0.25, 0.5, 1.0, 2.0, 4.0]
    assert histogram.counts.tolist() == [2, 0, 1, 2, 1, 0, 0, 1]


def test_edges_of_exponents_end_at_zero_where_a_side_is_empty() -> None:
    assert Histogram.exponents([0.0, 1.0]).edges.tolist() == [0.0, 1.0, 2.0]
    assert Histogram.exponents([0.0, -1.0]).edges.tolist() == [-2.0, -1.0, 0.0]
    assert Histogram.exponents([0.0]).edges.tolist() == [-0.5, 0.5]


@pytest.mark.parametrize(
    "values", [np.arange(1, 1001.0).reshape(10, 100), torch.arange(1, 1001.0).reshape(10, 100)]
)
def test_a_sample_says_of_how_many(values: Any) -> None:
    histogram = Histogram.exponents(values, max_samples=100)
    assert histogram.moments.total == 1000
    assert 50 < histogram.moments.n <= 100
    assert b'"total":1000' in msgspec.json.encode(histogram.to_meta())


def test_a_sample_of_rows_sees_every_column() -> None:
    values = np.tile(2.0 ** np.arange(10), 1000)
    assert np.count_nonzero(Histogram.exponents(values, max_samples=1000).counts) == 10


def test_few_values_are_all_counted() -> None:
    assert Histogram.exponents([1.0, 2.0]) == Histogram.exponents([1.0, 2.0], max_samples=2)


def test_a_sample_has_a_size() -> None:
    with pytest.raises(InvalidInput, match="max_samples: expected 1 or more, got 0"):
        Histogram.exponents([1.0], max_samples=0)


# --- adding --------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(*[hnp.arrays(np.float32, st.integers(0, 50), elements=st.floats(width=32))] * 2)
def test_exponents_of_parts_add_up_to_those_of_the_whole(a: NDArray[Any], b: NDArray[Any]) -> None:
    total, whole = (
        Histogram.exponents(a) + Histogram.exponents(b),
        Histogram.exponents(np.concatenate([a, b])),
    )
    assert by_place(whole) == by_place(total)
    for name in ("n", "nan", "pos_inf", "neg_inf", "min", "max"):
        assert getattr(whole.moments, name) == getattr(total.moments, name)


def test_even_bins_of_one_range_add_up() -> None:
    parts = [np.histogram(RNG.random(100), 10, range=(0, 1)) for _ in range(2)]
    total = Histogram(parts[0]) + Histogram(parts[1])
    assert (parts[0][0] + parts[1][0]).tolist() == total.counts.tolist()
    assert total.moments.n == 200


def test_any_edges_add_up_if_they_are_the_same() -> None:
    ready = Histogram(([1, 2], [0.0, 1.0, 10.0]))
    assert (ready + ready).counts.tolist() == [2, 4]


@pytest.mark.parametrize(
    "other",
    [Histogram([0.0, 2.0]), Histogram([0.0, 1.0], num_bins=32), Histogram.exponents([0.0, 1.0])],
)
def test_other_bins_do_not_add_up_and_the_fix_is_named(other: Histogram) -> None:
    for a, b in ((Histogram([0.0, 1.0]), other), (other, Histogram([0.0, 1.0]))):
        with pytest.raises(InvalidInput, match=r"Histogram\.exponents.*range="):
            _ = a + b


def test_densities_do_not_add_up() -> None:
    density = Histogram(np.histogram(RNG.random(10), density=True))
    with pytest.raises(InvalidInput, match="density=False"):
        _ = density + density


def test_samples_add_up_with_their_totals() -> None:
    total = Histogram.exponents(np.ones(100), max_samples=10) + Histogram.exponents(np.ones(7))
    assert total.moments.total == 107


def test_only_histograms_are_added() -> None:
    with pytest.raises(TypeError):
        Histogram([1.0]) + 1  # type: ignore[operator]
