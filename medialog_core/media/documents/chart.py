"""Charts: data that is kept, and drawn where it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args

import msgspec
import numpy as np

from ...arrays import Array
from ...checks import check_text
from ...errors import InvalidInput
from ...payload import Blob, Payload
from ...schema import ChartData, ChartMeta
from ..captioned import Captioned
from .chartcontent import Content, Make, Series, columns, read

ChartType = Literal[
    "line", "scatter", "bar", "histogram", "roc_curve", "pr_curve", "confusion_matrix"
]
CONTENT_TYPE = "application/vnd.medialog.chart+json"
INLINE_BYTES = 4 * 1024
"""Content of more bytes in memory is a file of its own."""
_OVERHEAD_BYTES = 300


class Chart(Captioned):
    """A chart, fixed when its constructor returns. The functions of `medialog_core.plot` make one.

    Args:
        type: What is drawn.
        content: The series, or a function that computes them: called once, in the background or
            when they are first asked for.
        nbytes: What that function holds, in bytes.
        title: What stands above it.
        x_name: What the x axis shows.
        y_name: What the y axis shows.
        caption: A line of text.
        sample_id: Which sample of the data set it is.

    Raises:
        WrongType: A title, name or caption that is no string.
        InvalidInput: Another type, or a text that no file can hold.
    """

    __slots__ = ("_content", "_make", "_nbytes", "_title", "_type", "_x_name", "_y_name")

    def __init__(
        self,
        type: ChartType,
        content: Content | Make,
        nbytes: int = 0,
        *,
        title: str | None = "",
        x_name: str = "",
        y_name: str = "",
        caption: str | None = None,
        sample_id: str | int | None = None,
    ) -> None:
        super().__init__(caption, sample_id)
        if type not in get_args(ChartType):
            raise InvalidInput(f"Chart: type: expected one of {get_args(ChartType)}, got {type!r}")
        self._type: ChartType = type
        self._title = "" if title is None else check_text(title, "Chart: title")
        self._x_name = check_text(x_name, "Chart: x_name")
        self._y_name = check_text(y_name, "Chart: y_name")
        self._content = content if isinstance(content, Content) else None
        self._make = content
        self._nbytes = nbytes if self._content is None else self._content.nbytes

    @property
    def type(self) -> ChartType:
        """What is drawn: `line`, `scatter`, `bar`, `histogram`, `roc_curve` and so on."""
        return self._type

    @property
    def title(self) -> str:
        """What stands above it; may be empty."""
        return self._title

    @property
    def x_name(self) -> str:
        """What the x axis shows; may be empty."""
        return self._x_name

    @property
    def y_name(self) -> str:
        """What the y axis shows; may be empty."""
        return self._y_name

    @property
    def content(self) -> Content:
        """Series, categories and what was left out, together."""
        if self._content is None:
            assert callable(self._make)  # noqa: S101 - it is one or the other
            self._content = self._make()
        return self._content

    @property
    def series(self) -> tuple[Series, ...]:
        """Its series, in the order of the legend."""
        return self.content.series

    @property
    def categories(self) -> tuple[str, ...]:
        """What the whole numbers of the x axis (of a confusion matrix: of both) stand for."""
        return self.content.categories

    @property
    def left_out(self) -> int:
        """How many samples with a NaN score, or values that are not finite, were not counted."""
        return self.content.left_out

    @property
    def data(self) -> dict[str, Any]:
        """Its numbers as the columns of a data frame.

        `series`, `x` and `y`; of a histogram `left`, `right` and `count`; of a confusion matrix
        `actual`, `predicted` and `count`, without the pairs that never came.
        """
        return columns(self._type, self.content)

    @property
    def matrix(self) -> Array:
        """The counts of a confusion matrix, int64, a row for each true class, as `categories`.

        Raises:
            InvalidInput: It is another chart.
        """
        if self._type != "confusion_matrix":
            raise InvalidInput(f"Chart: matrix: only a confusion matrix has one, this is a {self}")
        [cells] = self.series
        counts = np.zeros((len(self.categories),) * 2, np.int64)
        counts[cells.y.astype(np.int64), cells.x.astype(np.int64)] = cells.counts
        return counts

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        return _OVERHEAD_BYTES + self._nbytes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Chart) and self._facts() == other._facts()

    def __repr__(self) -> str:
        title = f", title={self._title!r}" if self._title else ""
        return f"Chart({self._type!r}{title})"

    __hash__ = None  # type: ignore[assignment]

    def _facts(self) -> tuple[Any, ...]:
        names = (self._type, self._title, self._x_name, self._y_name)
        return (*names, self.caption, self.sample_id, self.content)


def encode(charts: Sequence[Chart]) -> Iterator[Payload]:
    """Give a payload for each; what holds more than 4 KiB becomes a file."""
    return map(_payload, charts)


def decode(payload: Payload) -> Chart:
    """Give the chart back.

    Raises:
        InvalidInput: It is of a type that this version does not know.
    """
    meta = payload.meta_as(ChartMeta)
    data = meta.data or msgspec.json.decode(payload.files[""].data, type=ChartData)
    return Chart(
        meta.type,  # type: ignore[arg-type]  # checked there
        read(data, meta.left_out),
        title=meta.title,
        x_name=meta.x_name,
        y_name=meta.y_name,
        caption=payload.caption,
        sample_id=payload.sample_id,
    )


def _payload(chart: Chart) -> Payload:
    content = chart.content
    inline = content.nbytes <= INLINE_BYTES
    meta = ChartMeta(
        type=chart.type,
        title=chart.title,
        x_name=chart.x_name,
        y_name=chart.y_name,
        left_out=content.left_out,
        data=content.written() if inline else None,
    )
    return Payload(meta, () if inline else [_file(content)], chart.caption, chart.sample_id)


def _file(content: Content) -> Blob:
    return Blob(content.to_json, CONTENT_TYPE, "chart.json", digest=content.digest)
