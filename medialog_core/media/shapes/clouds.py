"""Points in memory and in a file: float32 around an origin, colours of a byte, categories.

| colours | become | rule |
|---|---|---|
| uint8 | kept | none |
| other whole numbers | clipped to 0..255 | `clip` |
| floats, none above 1 in all clouds of a list | floor(x * 255 + 0.5), clipped | `unit` |
| other floats | floor(x + 0.5), clipped to 0..255 | `clip` |
| any, with `color_range=(lo, hi)` | floor((x - lo) * 255 / (hi - lo) + 0.5), clipped | `value_range` |
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...geometry import blocks
from ...lazy import cached_property
from ...payload import Blob, digest_of
from ...schema import BlockMeta, Conversion, Object3DMeta, Point
from ..images import conversion
from .points import WITH_CATEGORY, WITH_COLOR

Array = NDArray[Any]
Range = tuple[float, float]

POINTS = "points"
"""The `file_type` of a file of blocks."""
CONTENT_TYPE = "application/vnd.medialog.points"
_FAR = 64
"""Points that lie farther from zero than so many times their extent are stored around an origin."""
_LARGEST = np.float64(np.finfo(np.float32).max)


class Measured(NamedTuple):
    """The points that are kept, how many are not, and what the kept ones span in float64."""

    array: Array
    dropped: int
    lo: NDArray[np.float64]
    hi: NDArray[np.float64]


class Points(NamedTuple):
    """Points to look at: N×3 places, N×3 uint8 colours, N categories; any may be missing."""

    places: NDArray[Any] | None
    colors: NDArray[np.uint8] | None
    categories: NDArray[Any] | None


class Cloud:
    """Points that nobody else writes to.

    Args:
        array: As `checked` gives it.
        color_range: (lo, hi) become 0 and 255; None leaves it to the rule.
    """

    file_type = POINTS

    def __init__(self, array: Array, color_range: Range | None = None) -> None:
        self.array = array
        self.color_range = color_range

    def __len__(self) -> int:
        return len(self.array)

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds."""
        return self.array.nbytes

    def extent(self) -> conversion.Extent | None:
        """Measure colours that are floats and leave their range to the rule; None of any other."""
        undecided = self.color_range is None and self.array.dtype.kind == "f"
        return self._colors_extent if undecided else None

    def encode(self, rule: str) -> tuple[Object3DMeta, list[Blob]]:
        """Say what its file will be; the bytes are made when a sink asks for them."""
        converted, layout = self._conversion(rule), self._layout
        meta = Object3DMeta(
            file_type=POINTS,
            points=len(self._kept.array),
            layout=layout,
            origin=self._origin,
            bounds=self._bounds(),
            dropped=self._kept.dropped,
            conversion=converted,
        )
        if not meta.points:
            return meta, []
        digest = self._digest(converted)
        pack = lambda: blocks.pack(self._columns(converted), layout)  # noqa: E731 - one blob's content
        return meta, [Blob(pack, CONTENT_TYPE, POINTS, digest=digest)]

    def read(self, rule: str) -> Points:
        """Give the points as they come back."""
        return placed(self._columns(self._conversion(rule)), self._origin)

    def _columns(self, converted: Conversion | None) -> blocks.Columns:
        array, origin = self._kept.array, self._origin
        places = array[:, :3] if origin is None else array[:, :3] - np.array(origin)
        rest = {block.name: block.type for block in self._layout[1:]}
        return blocks.Columns(
            np.ascontiguousarray(places, np.float32),
            _to_rgb(array[:, 3:], converted) if "rgb" in rest else None,
            array[:, 3].astype(rest["category"]) if "category" in rest else None,
        )

    @cached_property
    def _kept(self) -> Measured:
        lo, hi = _span(self.array)
        if np.abs([lo, hi]).max() <= _LARGEST:  # nothing is, if one is NaN
            return Measured(self.array, 0, lo, hi)
        with np.errstate(invalid="ignore"):
            kept = self.array[(np.abs(self.array[:, :3]) <= _LARGEST).all(axis=1)]
        return Measured(kept, len(self.array) - len(kept), *_span(kept))

    @cached_property
    def _layout(self) -> tuple[BlockMeta, ...]:
        array = self._kept.array
        labelled, coloured = array.shape[1] == WITH_CATEGORY, array.shape[1] == WITH_COLOR
        largest = int(array[:, 3].max(initial=0)) if labelled else None
        return blocks.layout(len(array), coloured=coloured, largest_category=largest)

    @cached_property
    def _origin(self) -> tuple[float, float, float] | None:
        lo, hi = self._kept.lo, self._kept.hi
        near = np.abs([lo, hi]).max() <= _FAR * (hi - lo).max()
        if near or np.can_cast(self.array.dtype, np.float32):
            return None
        x, y, z = (lo + (hi - lo) / 2).tolist()
        return x, y, z

    def _bounds(self) -> tuple[Point, Point] | None:
        if not len(self._kept.array):
            return None
        origin = np.array(self._origin or (0.0, 0.0, 0.0))
        ends = np.stack([self._kept.lo, self._kept.hi]) - origin
        lo, hi = (ends.astype(np.float32) + origin).tolist()
        return tuple(lo), tuple(hi)

    @cached_property
    def _colors_extent(self) -> conversion.Extent | None:
        array = self._kept.array
        coloured = array.shape[1] == WITH_COLOR and len(array)
        return conversion.extent(array[:, 3:]) if coloured else None

    def _conversion(self, rule: str) -> Conversion | None:
        extent, kind = self._colors_extent, self.array.dtype
        if extent is None:
            return None
        if self.color_range is not None:
            return Conversion("value_range", *self.color_range, extent.nonfinite)
        if kind == np.uint8:
            return None
        return conversion.by_rule(rule if kind.kind == "f" else "clip", extent.nonfinite)

    def _digest(self, converted: Conversion | None) -> bytes:
        array = self.array
        return digest_of(array.data, "points", array.shape, array.dtype.str, converted)


class StoredCloud:
    """Points in a file, as a store has them.

    Args:
        meta: What is known of them.
        blob: The file; None of no points.
    """

    file_type = POINTS

    def __init__(self, meta: Object3DMeta, blob: Blob | None) -> None:
        self.meta = meta
        self.blob = blob

    def __len__(self) -> int:
        return self.meta.points or 0

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds."""
        return blocks.size(len(self), self.meta.layout)

    def extent(self) -> None:
        """Nothing is left to decide."""

    def encode(self, _rule: str) -> tuple[Object3DMeta, list[Blob]]:
        """Give the file as it is."""
        return self.meta, [] if self.blob is None else [self.blob]

    def read(self, _rule: str) -> Points:
        """Read the file."""
        data = b"" if self.blob is None else self.blob.data
        columns = blocks.unpack(data, len(self), self.meta.layout)
        return placed(columns, self.meta.origin)


def placed(columns: blocks.Columns, origin: Point | None) -> Points:
    """Give points where they are: float32, or float64 around an origin."""
    places = columns.xyz if origin is None else columns.xyz + np.array(origin)
    return Points(places, columns.rgb, columns.category)


def common_rule(extents: Iterable[conversion.Extent | None]) -> str:
    """Give the one rule of all float colours that are logged together: `unit` or `clip`."""
    return "unit" if all(one is None or one.hi <= 1 for one in extents) else "clip"


def _to_rgb(colors: Array, converted: Conversion | None) -> NDArray[np.uint8]:
    return conversion.apply(colors, converted) if len(colors) else np.empty((0, 3), np.uint8)


def _span(array: Array) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not len(array):
        return np.zeros(3), np.zeros(3)
    columns = [array[:, i] for i in range(3)]  # far faster than min(axis=0) of rows of three
    with np.errstate(invalid="ignore"):
        lo = np.array([column.min() for column in columns], np.float64)
        return lo, np.array([column.max() for column in columns], np.float64)
