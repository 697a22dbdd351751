"""Where ticks are, and how short they are written."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core.drawing.chart_axes import (
    Axis,
    between,
    nice_step,
    of_categories,
    of_numbers,
)


def labels(axis: Axis) -> list[str]:
    return [text for _, text in axis.ticks]


@pytest.mark.parametrize(
    ("lo", "hi", "expected"),
    [
        (0.0, 1.0, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (0.0, 10.0, ["0", "2", "4", "6", "8", "10"]),
        (-0.5, 0.5, ["-0.4", "-0.2", "0.0", "0.2", "0.4"]),
        (0.0, 1.1, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
        (0.0, 50_000.0, ["0", "10k", "20k", "30k", "40k", "50k"]),
        (0.0, 5e6, ["0", "1M", "2M", "3M", "4M", "5M"]),
        (0.0, 1.2e6, ["0.00", "0.25M", "0.50M", "0.75M", "1.00M"]),
        (0.0, 4e-6, ["0", "1e-06", "2e-06", "3e-06", "4e-06"]),
        (1e30, 5e30, ["1e+30", "2e+30", "3e+30", "4e+30", "5e+30"]),
        (1e9, 1e9 + 4, ["1000000000", "1000000001", "1000000002", "1000000003", "1000000004"]),
    ],
)
def test_ticks_are_round_numbers_and_short(lo: float, hi: float, expected: list[str]) -> None:
    assert labels(between(lo, hi, 5)) == expected


@pytest.mark.parametrize(
    ("least", "step"), [(1.0, 1), (1.01, 2), (2.1, 2.5), (3, 5), (6, 10), (0.03, 0.05)]
)
def test_steps_are_1_2_two_and_a_half_and_5(least: float, step: float) -> None:
    assert nice_step(least) == pytest.approx(step)


@given(st.lists(st.floats(), max_size=8))
@settings(max_examples=200, deadline=None)
def test_any_numbers_have_an_axis(values: list[float]) -> None:
    axis = of_numbers(np.array(values, float), 5, margin=0.04)
    assert math.isfinite(axis.hi - axis.lo)
    assert axis.hi > axis.lo
    assert 1 <= len(axis.ticks) <= 12
    assert all(axis.lo <= value <= axis.hi for value, _ in axis.ticks)
    assert len(set(labels(axis))) == len(axis.ticks)
    places = axis.fractions(np.array([v for v in values if math.isfinite(v)], float))
    assert ((places >= 0) & (places <= 1)).all()


def test_one_number_stands_in_the_middle() -> None:
    axis = of_numbers(np.array([7.0, 7.0]), 5)
    assert axis.fractions(7.0) == pytest.approx(0.5)


def test_too_many_names_are_thinned() -> None:
    axis = of_categories([f"class {i}" for i in range(100)], 24)
    assert labels(axis) == [f"class {i}" for i in range(0, 100, 5)]
    assert (axis.lo, axis.hi) == (-0.5, 99.5)
    assert labels(of_categories(["a", "b\nc"], 5)) == ["a", "b c"]
    assert of_categories([], 5).ticks == ()
