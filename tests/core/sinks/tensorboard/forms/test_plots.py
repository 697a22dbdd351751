"""Plotly's figures in TensorBoard's text tab."""

from __future__ import annotations

import html
import re
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from tensorboard.plugin_util import markdown_to_safe_html

from medialog_core import Plotly, codecs
from medialog_core.sinks.tensorboard import summaries
from medialog_core.sinks.tensorboard.forms import plots


def rendered(figure: Any, caption: str | None = None) -> str:
    [payload] = codecs.encode([Plotly(figure, caption=caption)])
    shown = summaries.show(payload)
    assert shown.plugin == "text"
    assert shown.item is not None
    return str(markdown_to_safe_html(shown.item))


def visible(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page.replace("<br>", "\n")))


def traces(page: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)[1:]
    return [
        [visible(cell) for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)] for row in rows
    ]


def test_it_shows_title_traces_and_first_numbers() -> None:
    figure = go.Figure(
        [
            go.Scatter(x=[1, 2, 3.25], y=np.arange(200.0) / 8, name="a|*b*"),
            go.Bar(x=list("abcdefg"), y=[1, None, 3]),
        ],
        layout={"title": "My _title_"},
    )
    page = rendered(figure, caption="a caption")
    assert visible(page).startswith("a caption\nMy _title_\n")
    assert traces(page) == [
        ["a|*b*", "scatter", "x: 1, 2, 3.25\ny: 0, 0.125, 0.25, 0.375, 0.5, ... (200)"],
        ["\xa0", "bar", "x: a, b, c, d, e, ... (7)\ny: 1, -, 3"],
    ]


def test_it_says_that_it_is_not_the_figure_itself() -> None:
    assert (
        "TensorBoard has no interactive form of a Plotly figure: these are its traces and their "
        'first numbers. The store has the figure: sinks=("store", ...).'
        in visible(rendered(go.Figure()))
    )


@pytest.mark.parametrize("dtype", ["f8", "f4", "i4", "u1", "i2"])
@pytest.mark.parametrize("count", [100, 101, 102, 103])
def test_typed_arrays_are_read(dtype: str, count: int) -> None:
    page = rendered({"data": [{"type": "scattergl", "y": np.arange(count).astype(dtype)}]})
    assert traces(page) == [["\xa0", "scattergl", f"y: 0, 1, 2, 3, 4, ... ({count})"]]


@pytest.mark.parametrize(
    ("trace", "numbers"),
    [
        ({"z": [[1, 2], [3, 4]]}, "z: [1, 2], [3, 4]"),
        ({"z": [list(range(9))]}, "z: [0, 1, 2, 3, 4, ...]"),
        ({"y": {"dtype": "f8", "bdata": "AAAAAAAA8D8="}}, "y: 1"),
        ({"y": {"dtype": "f8", "bdata": ""}}, "y:"),
        ({"y": {"dtype": "q9", "bdata": "AA=="}}, "y: {'dtype': 'q9', 'bdata': 'AA=='}"),
        ({"y": 3}, "y: 3"),
        ({"y": []}, "y:"),
        ({"labels": ["a"], "values": [0.1]}, "labels: a\nvalues: 0.1"),
        ({"lat": [1.5], "lon": [2.5]}, "lat: 1.5\nlon: 2.5"),
        ({"name": 5}, "\xa0"),
    ],
)
def test_odd_traces(trace: Any, numbers: str) -> None:
    [[_, kind, shown]] = traces(rendered({"data": [trace]}))
    assert (kind, shown) == ("scatter", numbers)


def test_of_many_traces_it_says_how_many_are_missing() -> None:
    page = rendered({"data": [{"y": [i]} for i in range(plots.MAX_TRACES + 1_234)]})
    assert len(traces(page)) == plots.MAX_TRACES
    assert "1,234 more traces are not shown here." in visible(page)
