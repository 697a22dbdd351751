from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import hypothesis.extra.numpy as hnp
import msgspec
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.binning import BLOCK
from medialog_core.media.histogram import Histogram
from medialog_core.testing import CodecTests

RNG = np.random.default_rng(7)
DTYPES = [np.float16, np.float32, np.float64, np.int8, np.uint8, np.int16, np.int32, np.int64, np.bool_]
LARGEST = float(np.finfo(np.float64).max)


def expected(values: NDArray[Any], num_bins: int) -> tuple[NDArray[Any], NDArray[Any]]:
    return np.histogram(values.astype(np.float64), num_bins)


def same(histogram: Histogram, values: NDArray[Any], num_bins: int = 64) -> None:
    counts, edges = expected(values, num_bins)
    assert counts.tolist() == histogram.counts.tolist()
    assert edges.tolist() == histogram.edges.tolist()


class TestCodec(CodecTests):
    @pytest.fixture
    def values(self) -> Sequence[Histogram]:
        normal = RNG.standard_normal(5_000).astype(np.float32)
        return [
            Histogram(normal),
            Histogram(normal, num_bins=512),
            Histogram(np.array([1.0, np.nan, np.inf, -np.inf])),
            Histogram([]),
            Histogram([math.nan]),
            Histogram([-LARGEST, LARGEST]),
            Histogram(np_histogram=np.histogram(normal, density=True)),
            Histogram(np_histogram=np.histogram(normal, weights=normal)),
            Histogram(np_histogram=(np.array([1, 2]), np.array([0.0, 1.0, 10.0]))),
            Histogram.exponents(normal),
            Histogram.exponents([]),
            Histogram.exponents([0.0, -3.0, LARGEST, 5e-324]),
            Histogram.exponents(normal, max_samples=100),
        ]


# --- even bins ------------------------------------------------------------------------------------


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
    drawn = data.draw(hnp.arrays(np.float64, shape, elements=elements, fill=st.sampled_from([0.0, 0.5, -1.0])))
    values = (np.resize(drawn, 2_000) * scale + offset).astype(f"f{width // 8}")
    lo, hi = float(values.min()), float(values.max())
    if hi - lo < 1e-9 * max(abs(lo), abs(hi), 1e-300):  # NumPy refuses so many bins there
        assert Histogram(values).counts.sum() == 2_000
    else:
        same(Histogram(values), values)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_on_the_edges_fall_where_numpy_puts_them(dtype: Any) -> None:
    edges = np.linspace(-3, 5, 65)
    values = np.concatenate([edges, np.nextafter(edges, 9), np.nextafter(edges, -9)] * 20).clip(-3, 5).astype(dtype)
    same(Histogram(values), values)


def test_values_of_several_blocks_are_counted_once() -> None:
    values = RNG.standard_normal(2 * BLOCK + 17).astype(np.float32)
    same(Histogram(values), values)


def test_a_large_offset_with_a_small_range_is_counted_by_the_edges() -> None:
    values = 1e9 + RNG.random(3_000)
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
    assert [500, 0, 1000, 500] == histogram.counts.tolist()
    assert np.isfinite(histogram.edges).all()


@pytest.mark.parametrize("tiny", [5e-324, 1e-310, 1e-45])
def test_ranges_below_normal_numbers_are_counted(tiny: float) -> None:
    values = np.array([0.0, tiny] * 1000)
    assert 2000 == Histogram(values).counts.sum()


def test_what_is_not_finite_is_counted_apart() -> None:
    values = np.array([1.0, 2.0, np.nan, np.nan, np.inf, -np.inf, -np.inf, -np.inf])
    histogram = Histogram(values, num_bins=2)
    m = histogram.moments
    assert (2, 2, 1, 3) == (m.n, m.nan, m.pos_inf, m.neg_inf)
    assert [1, 1] == histogram.counts.tolist()
    assert (1.0, 2.0, 3.0, 5.0) == (m.min, m.max, m.sum, m.sum_squares)


@pytest.mark.parametrize("values", [[], [math.nan] * 3, [math.inf], np.zeros((0, 4))])
def test_without_a_finite_value_all_bins_are_empty(values: Any) -> None:
    histogram = Histogram(values)
    assert 0 == histogram.counts.sum()
    assert 64 == len(histogram.counts)
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


# --- what is taken --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        torch.arange(6.0).reshape(2, 3),
        torch.arange(6.0, requires_grad=True),
        torch.arange(6.0).to(torch.bfloat16),
        torch.arange(6.0).half(),
        torch.arange(6, dtype=torch.int8),
        torch.arange(6.0).reshape(2, 3).t(),
        torch.arange(6.0).to_sparse(),
        np.arange(12.0)[::2] / 2,
        np.arange(6.0)[::-1],
        range(6),
        (0, 1, 2, 3, 4, 5),
        [[0, 1, 2], [3, 4, 5]],
    ],
)
def test_any_array_tensor_or_list_is_taken(values: Any) -> None:
    values = list(values) if isinstance(values, range) else values
    assert [1] * 6 == Histogram(values, num_bins=6).counts.tolist()


def test_nothing_of_the_input_is_kept() -> None:
    values = np.arange(1_000.0)
    histogram = Histogram(values)
    before = histogram.counts.tolist()
    values[:] = 0
    assert before == histogram.counts.tolist()


@pytest.mark.parametrize("make", [Histogram, Histogram.exponents])
def test_complex_values_are_refused_with_the_fix(make: Any) -> None:
    with pytest.raises(WrongType, match=r"real numbers, got .*complex.*abs\(x\)"):
        make(np.ones(3, np.complex64))


@pytest.mark.parametrize("values", ["abc", ["a"], 5, {"a": 1}])
def test_what_is_no_number_is_refused(values: Any) -> None:
    with pytest.raises(WrongType, match="sequence"):
        Histogram(values)


@pytest.mark.parametrize("num_bins", [0, -1, 513])
def test_one_to_512_bins(num_bins: int) -> None:
    with pytest.raises(InvalidInput, match=f"1 to 512, got {num_bins}"):
        Histogram([1.0], num_bins=num_bins)


def test_without_an_argument_it_says_what_is_expected() -> None:
    with pytest.raises(InvalidInput, match="got neither"):
        Histogram()


def test_values_and_ready_made_bins_exclude_each_other() -> None:
    with pytest.raises(InvalidInput, match="got both"):
        Histogram([1.0], np_histogram=np.histogram([1.0]))


# --- ready-made -----------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [{}, {"density": True}, {"range": (-1.0, 1.0)}, {"bins": 512}])
def test_numpys_own_histogram_is_kept_as_it_is(arguments: Any) -> None:
    counts, edges = np.histogram(RNG.standard_normal(1000), **arguments)
    histogram = Histogram(np_histogram=(counts, edges))
    assert counts.tolist() == histogram.counts.tolist()
    assert edges.tolist() == histogram.edges.tolist() == histogram.bins.tolist()
    assert bool(arguments.get("density")) == histogram.density


def test_a_tuple_of_counts_and_edges_is_understood_positionally() -> None:
    ready = np.histogram(RNG.standard_normal(1000))
    assert Histogram(np_histogram=ready) == Histogram(ready)


def test_a_torch_histogram_is_understood() -> None:
    ready = torch.histogram(torch.arange(10.0), 5)
    assert [2.0] * 5 == Histogram(ready).counts.tolist()


def test_a_tuple_of_two_rows_is_values() -> None:
    assert 4 == Histogram(([1.0, 2.0], [3.0, 4.0])).moments.n


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (np.arange(3), "expected a pair"),
        (([1, 2], [0, 1]), r"n counts and n \+ 1 edges, got shapes \(2,\) and \(2,\)"),
        ((np.zeros(513), np.arange(514)), "1 to 512 bins, got 513"),
        (([1, 2], [0, 2, 1]), "ascend"),
        (([1, 2], [0, 1, math.nan]), "finite"),
        (([1, math.nan], [0, 1, 2]), "counts: expected finite"),
    ],
)
def test_a_pair_that_does_not_fit_is_refused(pair: Any, message: str) -> None:
    with pytest.raises((InvalidInput, WrongType), match=message):
        Histogram(np_histogram=pair)


# --- powers of two --------------------------------------------------------------------------------


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
    counts = {(sign, first + i): n for sign, (first, ns) in ((-1, form.neg), (1, form.pos)) for i, n in enumerate(ns)}
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
    assert {(1, 0): 1, (0, 0): 1} == by_place(histogram)
    assert (2, 1, 1, 1) == (m.n, m.nan, m.pos_inf, m.neg_inf)


def test_edges_of_exponents_are_powers_of_two_about_zeros_bin() -> None:
    histogram = Histogram.exponents([-1.5, 0.0, 0.0, 0.25, 2.0])
    assert [-2.0, -1.0, 0.25, 0.5, 1.0, 2.0, 4.0] == histogram.edges.tolist()
    assert [1, 2, 1, 0, 0, 1] == histogram.counts.tolist()


def test_edges_of_exponents_end_at_zero_where_a_side_is_empty() -> None:
    assert [0.0, 1.0, 2.0] == Histogram.exponents([0.0, 1.0]).edges.tolist()
    assert [-2.0, -1.0, 0.0] == Histogram.exponents([0.0, -1.0]).edges.tolist()
    assert [-0.5, 0.5] == Histogram.exponents([0.0]).edges.tolist()


@pytest.mark.parametrize("values", [np.arange(1, 1001.0).reshape(10, 100), torch.arange(1, 1001.0).reshape(10, 100)])
def test_a_sample_says_of_how_many(values: Any) -> None:
    histogram = Histogram.exponents(values, max_samples=100)
    assert 1000 == histogram.moments.total
    assert 50 < histogram.moments.n <= 100
    assert b'"total":1000' in msgspec.json.encode(histogram.to_meta())


def test_a_sample_of_rows_sees_every_column() -> None:
    values = np.tile(2.0 ** np.arange(10), 1000)
    assert 10 == np.count_nonzero(Histogram.exponents(values, max_samples=1000).counts)


def test_few_values_are_all_counted() -> None:
    assert Histogram.exponents([1.0, 2.0]) == Histogram.exponents([1.0, 2.0], max_samples=2)


def test_a_sample_has_a_size() -> None:
    with pytest.raises(InvalidInput, match="max_samples: expected 1 or more, got 0"):
        Histogram.exponents([1.0], max_samples=0)


# --- adding ---------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(*[hnp.arrays(np.float32, st.integers(0, 50), elements=st.floats(width=32))] * 2)
def test_exponents_of_parts_add_up_to_those_of_the_whole(a: NDArray[Any], b: NDArray[Any]) -> None:
    total, whole = Histogram.exponents(a) + Histogram.exponents(b), Histogram.exponents(np.concatenate([a, b]))
    assert by_place(whole) == by_place(total)
    for name in ("n", "nan", "pos_inf", "neg_inf", "min", "max"):
        assert getattr(whole.moments, name) == getattr(total.moments, name)


def test_even_bins_of_one_range_add_up() -> None:
    parts = [np.histogram(RNG.random(100), 10, range=(0, 1)) for _ in range(2)]
    total = Histogram(parts[0]) + Histogram(parts[1])
    assert (parts[0][0] + parts[1][0]).tolist() == total.counts.tolist()
    assert 200 == total.moments.n


def test_any_edges_add_up_if_they_are_the_same() -> None:
    ready = Histogram(([1, 2], [0.0, 1.0, 10.0]))
    assert [2, 4] == (ready + ready).counts.tolist()


@pytest.mark.parametrize(
    "other", [Histogram([0.0, 2.0]), Histogram([0.0, 1.0], num_bins=32), Histogram.exponents([0.0, 1.0])]
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
    assert 107 == total.moments.total


def test_only_histograms_are_added() -> None:
    with pytest.raises(TypeError):
        Histogram([1.0]) + 1  # type: ignore[operator]


# --- size -----------------------------------------------------------------------------------------


def test_a_float32_histogram_of_64_bins_is_short_as_text() -> None:
    text = msgspec.json.encode(Histogram(RNG.standard_normal(2_000).astype(np.float32)).to_meta())
    assert len(text) < 450
