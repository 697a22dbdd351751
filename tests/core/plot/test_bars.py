"""Bars, and histograms that count as NumPy does."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import medialog_core as wandb
from medialog_core.errors import InvalidInput, WrongType

RNG = np.random.default_rng(3)


def test_a_bar_for_each_row() -> None:
    table = wandb.Table(columns=["label", "value"], data=[["a", 1], ["b", 2.5], ["a", None]])
    chart = wandb.plot.bar(table, "label", "value", title="Bars")
    [one] = chart.series
    assert chart.categories == ("a", "b", "a")
    assert one.x.tolist() == [0, 1, 2]
    assert np.array_equal(one.y, [1, 2.5, math.nan], equal_nan=True)
    assert (chart.type, chart.title, chart.x_name, chart.y_name) == (
        "bar",
        "Bars",
        "label",
        "value",
    )


def test_numbers_may_label_bars() -> None:
    chart = wandb.plot.bar({"k": [10, 20], "v": [1, 2]}, "k", "v")
    assert chart.categories == ("10", "20")


def test_bars_of_different_lengths_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"plot.bar: expected as many .* 1 of label, 2 of value"):
        wandb.plot.bar({"k": ["a"], "v": [1, 2]}, "k", "v")


# --- histograms -----------------------------------------------------------------------------------


@pytest.mark.parametrize("bins", [1, 7, 30, 512])
@pytest.mark.parametrize("n", [1, 100, 20_000])
def test_the_counts_are_numpys(n: int, bins: int) -> None:
    values = RNG.normal(size=n)
    [one] = wandb.plot.histogram({"v": values}, "v", bins=bins).series
    counts, edges = np.histogram(values, bins)
    assert np.array_equal(one.y, counts)
    assert np.array_equal(one.x, edges)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50), st.integers(1, 40))
@settings(max_examples=50, deadline=None)
def test_the_counts_are_numpys_whatever_the_values(values: list[float], bins: int) -> None:
    [one] = wandb.plot.histogram(values, bins=bins).series
    assert np.array_equal(one.y, np.histogram(values, one.x)[0])
    assert one.y.sum() == len(values)


def test_edges_may_be_given() -> None:
    values = [0.5, 1, 2, 3, 9]
    for edges in ([0, 1, 2, 4], np.array([0, 1, 2, 4]), torch.tensor([0, 1, 2, 4])):
        [one] = wandb.plot.histogram({"v": values}, "v", bins=edges).series
        assert one.y.tolist() == np.histogram(values, [0, 1, 2, 4])[0].tolist()


def test_what_is_not_finite_is_left_out_and_counted() -> None:
    chart = wandb.plot.histogram([1.0, 2.0, math.nan, math.inf, -math.inf, None], bins=2)
    assert chart.series[0].y.tolist() == [1, 1]
    assert chart.left_out == 4


def test_one_value_and_none_have_a_chart() -> None:
    assert wandb.plot.histogram([5.0]).series[0].y.sum() == 1
    assert wandb.plot.histogram([]).series[0].y.sum() == 0


@pytest.mark.parametrize("values", [np.ones((4, 5)), torch.ones(4, 5, requires_grad=True)])
def test_bare_values_may_have_any_shape(values: Any) -> None:
    chart = wandb.plot.histogram(values, "weights")
    assert chart.series[0].y.sum() == 20
    assert (chart.x_name, chart.y_name) == ("weights", "count")


@pytest.mark.parametrize("bins", [0, 513, -1, [1.0], [2.0, 1.0], [0.0, math.nan]])
def test_impossible_bins_are_refused(bins: Any) -> None:
    with pytest.raises(InvalidInput, match=r"plot.histogram: bins: expected"):
        wandb.plot.histogram([1.0], bins=bins)


def test_bins_are_a_number() -> None:
    with pytest.raises(WrongType, match=r"plot.histogram: bins: expected a whole number, got str"):
        wandb.plot.histogram([1.0], bins="auto")
