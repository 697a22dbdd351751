"""Lines and points: what the chart holds is what the table held."""

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
from medialog_core.media.documents.chart import Chart
from medialog_core.media.tables.table import Table


def columns(chart: Chart) -> list[tuple[str | None, list[Any], list[Any]]]:
    return [(one.name, one.x.tolist(), one.y.tolist()) for one in chart.series]


def test_a_line_from_a_table_as_in_wandbs_guide() -> None:
    table = wandb.Table(data=[[i, i**2] for i in range(5)], columns=["x", "y"])
    chart = wandb.plot.line(table, "x", "y", title="Squares")
    assert columns(chart) == [(None, [0, 1, 2, 3, 4], [0, 1, 4, 9, 16])]
    assert (chart.type, chart.title, chart.x_name, chart.y_name) == ("line", "Squares", "x", "y")


def test_stroke_gives_a_line_for_each_value_in_the_order_they_come() -> None:
    table = {"x": [1, 1, 2, 2, 3], "y": [1, 2, 3, 4, 5], "run": ["b", "a", "b", "a", "b"]}
    chart = wandb.plot.line(table, "x", "y", stroke="run")
    assert columns(chart) == [("b", [1, 2, 3], [1, 3, 5]), ("a", [1, 2], [2, 4])]


def test_a_stroke_may_be_a_number_or_missing() -> None:
    table = {"x": [1, 2, 3], "y": [1, 2, 3], "k": [10, None, 10]}
    assert [one.name for one in wandb.plot.line(table, "x", "y", "k").series] == ["10", "None"]


def test_texts_are_categories() -> None:
    table = {"day": ["mon", "tue", "mon"], "y": [1, 2, 3]}
    chart = wandb.plot.scatter(table, "day", "y")
    assert chart.categories == ("mon", "tue")
    assert columns(chart) == [(None, [0, 1, 0], [1, 2, 3])]


def test_what_is_not_finite_is_kept() -> None:
    values = [1.0, math.nan, math.inf, -math.inf, None]
    chart = wandb.plot.line({"x": range(5), "y": values}, "x", "y")
    expected = [1.0, math.nan, math.inf, -math.inf, math.nan]
    assert np.array_equal(chart.series[0].y, expected, equal_nan=True)


def test_nothing_is_cut() -> None:
    n = 25_000  # W&B draws 10,000
    table = {"x": np.arange(n), "y": np.arange(n) * 2.0, "k": ["ab"[i % 2] for i in range(n)]}
    assert len(wandb.plot.line(table, "x", "y").series[0].y) == n
    assert len(wandb.plot.scatter(table, "x", "y").series[0].y) == n
    assert [len(one.y) for one in wandb.plot.line(table, "x", "y", "k").series] == [n // 2] * 2


def test_rows_added_later_are_not_in_the_chart() -> None:
    table = Table(columns=["x", "y"], data=[[1, 2]])
    chart = wandb.plot.line(table, "x", "y")
    table.add_data(3, 4)
    assert len(chart.series[0].x) == 1


@pytest.mark.parametrize("split_table", [False, True])
@pytest.mark.parametrize("function", [wandb.plot.line, wandb.plot.scatter])
def test_split_table_changes_nothing(function: Any, split_table: bool) -> None:
    table = {"x": [1], "y": [2]}
    assert function(table, "x", "y", split_table=split_table) == function(table, "x", "y")


@pytest.mark.parametrize("function", [wandb.plot.line, wandb.plot.scatter])
def test_columns_of_different_lengths_are_refused(function: Any) -> None:
    with pytest.raises(InvalidInput, match="expected as many of each, got 1 of x, 2 of y"):
        function({"x": [1], "y": [1, 2]}, "x", "y")


def test_a_stroke_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidInput, match="got 2 of y, 1 of stroke"):
        wandb.plot.line({"x": [1, 2], "y": [1, 2], "k": ["a"]}, "x", "y", "k")


def test_y_is_numbers() -> None:
    with pytest.raises(
        WrongType, match=r"plot.line: y: column 'y': row 0: expected a number, got str 'a'"
    ):
        wandb.plot.line({"x": [1], "y": ["a"]}, "x", "y")


@given(
    st.lists(
        st.tuples(st.integers(-9, 9), st.floats(), st.sampled_from(["a", "b", "c"])), max_size=30
    )
)
@settings(max_examples=40, deadline=None)
def test_the_lines_together_are_the_table(rows: list[tuple[int, float, str]]) -> None:
    x, y, k = ([row[i] for row in rows] for i in range(3))
    chart = wandb.plot.line({"x": x, "y": y, "k": k}, "x", "y", "k")
    assert [one.name for one in chart.series] == list(dict.fromkeys(k))
    for one in chart.series:
        mine = [(a, b) for a, b, c in rows if c == one.name]
        assert np.array_equal(one.x, [a for a, _ in mine])
        assert np.array_equal(one.y, [b for _, b in mine], equal_nan=True)


# --- line_series ----------------------------------------------------------------------------------


def test_one_x_serves_all_lines() -> None:
    chart = wandb.plot.line_series(
        [0, 1, 2], [[1, 2, 3], [4, 5, 6]], keys=["a", "b"], title="t", xname="step"
    )
    assert columns(chart) == [("a", [0, 1, 2], [1, 2, 3]), ("b", [0, 1, 2], [4, 5, 6])]
    assert (chart.type, chart.title, chart.x_name) == ("line", "t", "step")


def test_each_line_may_have_its_own_x_and_length() -> None:
    chart = wandb.plot.line_series([[0, 1], [5]], [[1, 2], [3]])
    assert columns(chart) == [("line_0", [0, 1], [1, 2]), ("line_1", [5], [3])]


@pytest.mark.parametrize(
    ("xs", "ys"),
    [
        (np.arange(2), np.array([[1, 2], [3, 4]])),
        (torch.arange(2), torch.tensor([[1, 2], [3, 4]])),
        (np.array([[0, 1], [0, 1]]), [np.array([1, 2]), torch.tensor([3, 4])]),
        (range(2), ((1, 2), (3, 4))),
        ((0, 1), [range(1, 3), range(3, 5)]),
    ],
)
def test_arrays_of_any_library(xs: Any, ys: Any) -> None:
    chart = wandb.plot.line_series(xs, ys)
    assert columns(chart) == [("line_0", [0, 1], [1, 2]), ("line_1", [0, 1], [3, 4])]


def test_texts_are_common_categories() -> None:
    chart = wandb.plot.line_series([["a", "b"], ["b", "c"]], [[1, 2], [3, 4]])
    assert chart.categories == ("a", "b", "c")
    assert columns(chart) == [("line_0", [0, 1], [1, 2]), ("line_1", [1, 2], [3, 4])]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            ([0, 1], [1, 2]),
            r"ys: expected a list of lists .* got list \[1, 2\]; of one line pass \[ys\]",
        ),
        (([[0], [1]], [[1]]), r"xs: expected one for each of the 1 ys, got 2"),
        (([0], [[1]], ["a", "b"]), r"keys: expected one for each of the 1 ys, got 2"),
        (([0, 1], [[1, 2], [3]]), r"line 1: expected as many of each, got 2 of xs, 1 of ys"),
        (([["a"], [1]], [[1], [2]]), r"xs: expected all numbers or all texts, got both"),
        (([0], [["a"]]), r"ys\[0\]: row 0: expected a number, got str 'a'"),
        (([0], [[1]], [[]]), r"keys\[0\]: expected a string, got list"),
    ],
)
def test_what_does_not_fit_is_refused(arguments: Any, error: str) -> None:
    with pytest.raises((InvalidInput, WrongType), match=rf"^plot.line_series: {error}"):
        wandb.plot.line_series(*arguments)
