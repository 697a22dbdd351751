"""Metas of what is read: text, HTML, charts."""

from __future__ import annotations

from typing import Literal

from .metas import Meta


class TextMeta(Meta, tag="text"):
    """A text; above 8 KiB `text` is absent and the file holds it."""

    text: str | None = None
    format: Literal["plain", "markdown"] = "plain"


class HtmlMeta(Meta, tag="html"):
    """A page of HTML."""


class PlotlyMeta(Meta, tag="plotly"):
    """A Plotly figure."""


class ChartMeta(Meta, tag="chart"):
    """A chart: data to be drawn."""
