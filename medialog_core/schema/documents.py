"""Metas of what is read: text, HTML, charts."""

from __future__ import annotations

from typing import Literal

import msgspec

from .metas import Meta
from .series import ChartData


class TextMeta(Meta, tag="text"):
    """A text; above 8 KiB `text` is absent and the file holds it."""

    text: str | None = None
    format: Literal["plain", "markdown"] = "plain"


class HtmlMeta(Meta, tag="html"):
    """A page of HTML, or a piece of one, as it came.

    Attributes:
        charset: How its bytes are to be read.
        inject: Whether a viewer opens links in a new tab and adds styles of its own.
    """

    charset: str = "utf-8"
    inject: bool = True

    def read(self, data: bytes) -> str:
        """Give the page as text, without a byte order mark; what cannot be read is U+FFFD."""
        try:
            text = data.decode(self.charset, "replace")
        except (
            LookupError,
            UnicodeError,
        ):  # a name that only browsers know, or a codec of no pages
            text = data.decode(errors="replace")
        return text.removeprefix("\ufeff")


class PlotlyMeta(Meta, tag="plotly"):
    """A Plotly figure: `{data, layout, frames}` as plotly.js reads it.

    Attributes:
        title: Of its layout.
        traces: How many there are of each type, e.g. `{"scatter": 3}`.
        width, height: In pixels, where the layout states them.
    """

    title: str | None = None
    traces: dict[str, int] = msgspec.field(default_factory=dict)
    width: int | None = None
    height: int | None = None


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
