"""Plotly figures, kept as the JSON that plotly.js reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ...arrays import describe
from ...checks import check_text
from ...errors import WrongType
from ...payload import Blob, Payload
from ...schema import PlotlyMeta
from .. import kept
from ..captioned import Captioned
from . import figures, plotlyjson

CONTENT_TYPE = "application/vnd.plotly.v1+json"
EXTENSION = "plotly.json"
_ENDINGS = (EXTENSION, "json")
_FIELD = "Plotly: val"
_PIXELS = 2**31


def is_plotly(value: object) -> bool:
    """Say whether `value` is a figure of Plotly's (its traces and Dash's components are none)."""
    return all(hasattr(type(value), name) for name in ("to_plotly_json", "data", "layout"))


class Plotly(Captioned):
    """A figure of Plotly's, fixed when its constructor returns.

    Args:
        val: A Plotly figure; its dictionary, `{"data": [...], "layout": {...}}`, whose arrays may be
            NumPy's; its JSON; the path of a file that ends with `.json`, whose bytes are kept; or a
            matplotlib figure that Plotly can convert (not one with pictures).
        caption: A line of text.
        sample_id: Which sample of the data set it is.

    Raises:
        WrongType: None of these.
        InvalidInput: No figure is in it, it is no JSON, or it cannot be converted.
        OSError: The file cannot be read.
    """

    __slots__ = ("_json",)

    def __init__(
        self, val: Any, *, caption: str | None = None, sample_id: str | int | None = None
    ) -> None:
        self._json = _content(val)
        super().__init__(caption, sample_id)

    def to_json(self) -> str:
        """Give the figure as JSON: `plotly.io.from_json(...)` makes a figure of it."""
        return self._json.decode()

    @property
    def data(self) -> bytes:
        """The JSON's bytes."""
        return self._json

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        return 128 + len(self._json)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Plotly):
            return NotImplemented
        mine, theirs = (self._caption, self._sample_id), (other._caption, other._sample_id)
        if mine != theirs:
            return False
        return self._json == other._json or bool(
            msgspec.json.decode(self._json) == msgspec.json.decode(other._json)
        )

    def __repr__(self) -> str:
        return f"Plotly({len(self._json):,} bytes)"

    __hash__ = None  # type: ignore[assignment]


def encode(plots: Sequence[Plotly]) -> Iterator[Payload]:
    """Give a payload for each figure: its JSON, and what is in it."""
    return map(_payload, plots)


def decode(payload: Payload) -> Plotly:
    """Undo `encode`."""
    plot = Plotly.__new__(Plotly)  # it was checked when it was logged
    Captioned.__init__(plot, payload.caption, payload.sample_id)
    plot._json = payload.files[""].data  # noqa: SLF001 - its own codec
    return plot


def _payload(plot: Plotly) -> Payload:
    blob = Blob.of(plot.data, CONTENT_TYPE, EXTENSION)
    return Payload(_meta(plot.data), [blob], plot.caption, plot.sample_id)


def _content(val: Any) -> bytes:
    if isinstance(val, str) and val.lstrip().startswith("{"):
        return plotlyjson.checked(check_text(val, _FIELD).encode(), _FIELD)
    if kept.is_file(val):
        return _file(val)
    if figures.is_figure(val):
        val = plotlyjson.from_matplotlib(figures.figure_of(val))
    if is_plotly(val):
        return plotlyjson.to_json(val.to_plotly_json(), _FIELD)
    if not isinstance(val, Mapping):
        raise WrongType(
            f"{_FIELD}: expected a figure, its dictionary, its JSON or a path, got {describe(val)}"
        )
    return plotlyjson.checked(plotlyjson.to_json(val, _FIELD), _FIELD)


def _file(source: Any) -> bytes:
    file = kept.read(source, _ENDINGS, _FIELD, unnamed="json")
    return plotlyjson.checked(file.data, f"{_FIELD}: {file.name}")


def _meta(data: bytes) -> PlotlyMeta:
    figure = plotlyjson.parsed(data)
    layout = figure.layout or plotlyjson.Layout()
    title = layout.title.get("text") if isinstance(layout.title, dict) else layout.title
    return PlotlyMeta(
        title=title if isinstance(title, str) else None,
        traces=dict(Counter(trace.type or "scatter" for trace in figure.data)),
        width=_pixels(layout.width),
        height=_pixels(layout.height),
    )


def _pixels(value: Any) -> int | None:
    return round(value) if isinstance(value, int | float) and 0 < value < _PIXELS else None
