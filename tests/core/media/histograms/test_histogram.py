from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pytest
import torch

from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.histograms.histogram import Histogram
from medialog_core.testing import CodecTests

RNG = np.random.default_rng(7)
LARGEST = float(np.finfo(np.float64).max)


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
    assert Histogram(values, num_bins=6).counts.tolist() == [1] * 6


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


@pytest.mark.parametrize(
    "arguments", [{}, {"density": True}, {"range": (-1.0, 1.0)}, {"bins": 512}]
)
def test_numpys_own_histogram_is_kept_as_it_is(arguments: Any) -> None:
    counts, edges = np.histogram(RNG.standard_normal(1000), **arguments)
    histogram = Histogram(np_histogram=(counts, edges))
    assert counts.tolist() == histogram.counts.tolist()
    assert edges.tolist() == histogram.edges.tolist() == histogram.bins.tolist()
    assert histogram.histogram.tolist() == histogram.counts.tolist()
    assert bool(arguments.get("density")) == histogram.density


def test_a_tuple_of_counts_and_edges_is_understood_positionally() -> None:
    ready = np.histogram(RNG.standard_normal(1000))
    assert Histogram(np_histogram=ready) == Histogram(ready)


def test_a_torch_histogram_is_understood() -> None:
    ready = torch.histogram(torch.arange(10.0), 5)
    assert Histogram(ready).counts.tolist() == [2.0] * 5


def test_a_tuple_of_two_rows_is_values() -> None:
    assert Histogram(([1.0, 2.0], [3.0, 4.0])).moments.n == 4


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


# --- size -----------------------------------------------------------------------------------------


def test_a_float32_histogram_of_64_bins_is_short_as_text() -> None:
    text = msgspec.json.encode(Histogram(RNG.standard_normal(2_000).astype(np.float32)).to_meta())
    assert len(text) < 450


@pytest.mark.parametrize("num_bins", [np.int64(5), 5.0, torch.tensor(5)])
def test_the_number_of_bins_is_of_any_library(num_bins: Any) -> None:
    assert len(Histogram([1.0, 2.0], num_bins=num_bins).counts) == 5


@pytest.mark.parametrize("num_bins", ["5", None, 2.5])
def test_a_number_of_bins_that_is_none_is_named(num_bins: Any) -> None:
    with pytest.raises(WrongType, match="Histogram: num_bins: expected a whole number, got"):
        Histogram([1.0, 2.0], num_bins=num_bins)
