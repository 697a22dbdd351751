"""What a chart shows: named series of numbers, and what the places of an axis are called."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import numpy as np

from ...arrays import Array
from ...schema import ChartData, SeriesData, from_number, from_numbers, to_number, to_numbers

_AT_ONCE = 20_000
"""Numbers that one call makes JSON of: the training loop waits for the GIL for less than a millisecond."""
_NONE = np.zeros(0, np.int64)
_CHARACTER_BYTES = 50
"""What a short string costs, roughly."""


@dataclass(frozen=True, eq=False)
class Series:
    """One line, set of points or set of bars; its arrays are read-only.

    Attributes:
        x: Numbers, or places in `Content.categories`; the n + 1 edges of a histogram.
        y: Numbers, as many as `x`; of a histogram the n counts.
        name: What the legend calls it.
        counts: How often each (`x`, `y`) of a confusion matrix came; empty in other charts.
        area: Area under a ROC curve, average precision of a PR curve; NaN where it is undefined.
    """

    x: Array
    y: Array
    name: str | None = None
    counts: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    area: float | None = None

    def __post_init__(self) -> None:
        for name in ("x", "y", "counts"):
            fixed = getattr(self, name).view()
            fixed.flags.writeable = False
            object.__setattr__(self, name, fixed)

    @property
    def arrays(self) -> tuple[Array, Array, Array]:
        """All that is large in it."""
        return self.x, self.y, self.counts

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Series)
            and self.name == other.name
            and _same_area(self.area, other.area)
            and all(map(_same, self.arrays, other.arrays))
        )

    def __repr__(self) -> str:
        name = "" if self.name is None else f"{self.name!r}, "
        area = "" if self.area is None else f", area={self.area:.4g}"
        return f"Series({name}n={len(self.y)}{area})"

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Content:
    """All series of a chart.

    Attributes:
        series: In the order of the legend.
        categories: What the whole numbers of the x axis (of a confusion matrix: of both) stand
            for; empty where they stand for themselves.
        left_out: How many samples or values could not be counted.
    """

    series: tuple[Series, ...]
    categories: tuple[str, ...] = ()
    left_out: int = 0

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds, roughly."""
        held = sum(array.nbytes for one in self.series for array in one.arrays)
        return held + len(self.categories) * _CHARACTER_BYTES

    @property
    def digest(self) -> bytes:
        """What tells it from any other."""
        digest = hashlib.blake2b(digest_size=16, person=b"chart")
        digest.update(repr(self.categories).encode())
        for one in self.series:
            digest.update(repr((one.name, one.area, [a.dtype.str for a in one.arrays])).encode())
            for array in one.arrays:
                digest.update(len(array).to_bytes(8, "little"))
                digest.update(np.ascontiguousarray(array).data)
        return digest.digest()

    def written(self) -> ChartData:
        """Give it as the disk holds it."""
        return ChartData([_written(one) for one in self.series], list(self.categories))

    def to_json(self) -> bytes:
        """Give the JSON of `written`, made part by part: one call for all would keep the GIL."""
        file = io.BytesIO()
        file.writelines(_parts(self))
        return file.getvalue()


Make = Callable[[], Content]
"""Computes a chart's content, in the background."""


def read(data: ChartData, left_out: int) -> Content:
    """Undo `Content.written`."""
    return Content(tuple(map(_read, data.series)), tuple(data.categories), left_out)


def columns(type: str, content: Content) -> dict[str, Any]:
    """Give the content as the columns of a data frame; `Chart.data` tells which."""
    return _COLUMNS.get(type, _xy)(content)


def _written(one: Series) -> SeriesData:
    area = None if one.area is None else to_number(one.area)
    counts: list[int] = one.counts.tolist()
    return SeriesData(to_numbers(one.x), to_numbers(one.y), one.name, counts, area)


def _parts(content: Content) -> Iterator[bytes]:
    yield b'{"series":['
    for place, one in enumerate(content.series):
        yield b"," if place else b""
        yield from _parts_of(one)
    yield b'],"categories":' + msgspec.json.encode(content.categories) + b"}"


def _parts_of(one: Series) -> Iterator[bytes]:
    rest = msgspec.json.encode(_written(replace(one, x=_NONE, y=_NONE, counts=_NONE)))
    for name, numbers in (("x", one.x), ("y", one.y), ("counts", one.counts)):
        yield b'%s"%s":[' % (b"{" if name == "x" else b",", name.encode())
        for start in range(0, len(numbers), _AT_ONCE):
            part = msgspec.json.encode(to_numbers(numbers[start : start + _AT_ONCE]))
            yield part[1:-1] if not start else b"," + part[1:-1]
        yield b"]"
    yield rest.removeprefix(b'{"x":[],"y":[]')


def _read(data: SeriesData) -> Series:
    area = None if data.area is None else from_number(data.area)
    counts = np.array(data.counts, np.int64)
    return Series(from_numbers(data.x), from_numbers(data.y), data.name, counts, area)


def _same(a: Array, b: Array) -> bool:
    return np.array_equal(a, b, equal_nan=a.dtype.kind == b.dtype.kind == "f")


def _same_area(a: float | None, b: float | None) -> bool:
    return a == b or (a is not None and b is not None and math.isnan(a) and math.isnan(b))


def _xy(content: Content) -> dict[str, Any]:
    names = [one.name for one in content.series]
    lengths = [len(one.y) for one in content.series]
    x = _joined([one.x for one in content.series])
    return {
        "series": np.repeat(np.array(names, object), lengths),
        "x": _named(content, x) if content.categories else x,
        "y": _joined([one.y for one in content.series]),
    }


def _histogram(content: Content) -> dict[str, Any]:
    [one] = content.series
    return {"left": one.x[:-1], "right": one.x[1:], "count": one.y}


def _confusion(content: Content) -> dict[str, Any]:
    [one] = content.series
    actual, predicted = _named(content, one.y), _named(content, one.x)
    return {"actual": actual, "predicted": predicted, "count": one.counts}


_COLUMNS: Mapping[str, Callable[[Content], dict[str, Any]]] = {
    "histogram": _histogram,
    "confusion_matrix": _confusion,
}


def _named(content: Content, places: Array) -> Array:
    return np.array(content.categories, object)[places.astype(np.int64)]


def _joined(parts: list[Array]) -> Array:
    return np.concatenate(parts) if parts else np.zeros(0)
