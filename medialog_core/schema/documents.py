"""Metas of what is read: text, HTML, charts."""

from __future__ import annotations

from typing import Literal

from .metas import Meta
from .series import ChartData


class TextMeta(Meta, tag="text"):
    """A text; above 8 KiB `text` is absent and the file holds it."""

    text: str | None = None
    format: Literal["plain", "markdown"] = "plain"


class HtmlMeta(Meta, tag="html"):
    """A page of HTML."""


class PlotlyMeta(Meta, tag="plotly"):
    """A Plotly figure."""


class ChartMeta(Meta, tag="chart", kw_only=True):
    """A chart: data to be drawn. Of a large one `data` is absent and the file holds it.

    Attributes:
        type: `line`, `scatter`, `bar`, `histogram`, `roc_curve`, `pr_curve` or `confusion_matrix`.
        title, x_name, y_name: What stands above it and at its axes.
        left_out: How many samples or values, NaN or infinite, could not be counted.
        data: Its numbers.
    """

    type: str
    title: str = ""
    x_name: str = ""
    y_name: str = ""
    left_out: int = 0
    data: ChartData | None = None
