"""A video held as numbers: the array as it came, and how it is to become frames and a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ...arrays import snapshot, to_numpy
from ...errors import InvalidInput
from ...film.encoding import Encoding
from ...film.frames import Frames
from ...lazy import cached_property
from ...payload import Blob, digest_of
from ...schema import Conversion, VideoMeta
from ..images import conversion, grid
from .cliplayout import in_memory_order, stacked, told

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller states of the way from numbers to a file."""

    fps: float
    encoding: Encoding
    normalize: bool = True
    value_range: tuple[float, float] | None = None


class Clip:
    """An array of frames that nobody else writes to.

    Args:
        array: C-contiguous, of one of the layouts; the videos of a batch lie side by side.
        layout: Which axis is which, one of `cliplayout.LAYOUTS`.
        options: What it is to become.

    Raises:
        InvalidInput: A side longer than the file allows, or losslessness that would cost the alpha.
    """

    def __init__(self, array: Array, layout: str, options: Options) -> None:
        self.array = array
        self.layout = layout
        self.options = options
        sizes = dict(zip(layout, array.shape, strict=True))
        self.count: int = sizes["T"]
        self.channels: int = sizes.get("C", 1)
        self.height, self.width = sizes["H"], sizes["W"]
        if "B" in layout:
            _, (self.height, self.width) = grid.measured(sizes["B"], self.height, self.width)
            self.channels = max(3, self.channels)
        self._check(options.encoding)

    @property
    def fps(self) -> float:
        """Frames a second."""
        return self.options.fps

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds."""
        return self.array.nbytes

    def extent(self) -> conversion.Extent | None:
        """Measure a float array that leaves its range to S2's rule; None for any other."""
        options = self.options
        if self.array.dtype.kind != "f" or options.value_range or not options.normalize:
            return None
        return self._measured

    def to_numpy(self, rule: str) -> Array:
        """Give T×H×W×C uint8; `rule` is for floats that state nothing."""
        frames = self._frames(self._conversion(rule))
        pixels = np.empty((self.count, self.height, self.width, self.channels), np.uint8)
        for place, frame in enumerate(frames):
            pixels[place] = frame
        return pixels

    def encode(self, rule: str) -> tuple[Blob, VideoMeta]:
        """Say what its file will be; the bytes are made when a sink asks for them."""
        encoding, converted = self.options.encoding, self._conversion(rule)
        meta = VideoMeta(
            width=self.width,
            height=self.height,
            padding=encoding.padding(self.height, self.width),
            channels=encoding.channels(self.channels),
            fps=self.fps,
            frames=self.count,
            duration_secs=self.count / self.fps,
            codec=encoding.format.codec or encoding.format.name,
            has_audio=False,
            encoding=encoding.describe(self.channels),
            conversion=converted,
        )
        blob = Blob(
            lambda: encoding.write(self._frames(converted), self.fps),
            encoding.format.content_type,
            encoding.format.name,
            digest=self._digest(converted),
        )
        return blob, meta

    @cached_property
    def _measured(self) -> conversion.Extent:
        parts = [conversion.extent(part) for part in self.array]
        lo, hi = min(part.lo for part in parts), max(part.hi for part in parts)
        return conversion.Extent(lo, hi, sum(part.nonfinite for part in parts))

    def _conversion(self, rule: str) -> Conversion | None:
        extent, options = self.extent(), self.options
        if extent is not None:
            return conversion.by_rule(rule, extent.nonfinite)
        stated = conversion.stated(
            self.array.reshape(-1)[:1], normalize=options.normalize, value_range=options.value_range
        )
        if stated is None:
            return conversion.SIXTEEN_TO_EIGHT if self.array.dtype == np.uint16 else None
        nonfinite = self._measured.nonfinite if self.array.dtype.kind == "f" else 0
        return msgspec.structs.replace(stated, nonfinite=nonfinite)

    def _frames(self, converted: Conversion | None) -> Frames:
        def get(index: int) -> Array:
            return self._frame(index, converted)

        return Frames(self.count, self.height, self.width, self.channels, get)

    def _frame(self, index: int, converted: Conversion | None) -> Array:
        numbers = self.array[:, index] if "B" in self.layout else self.array[index]
        if "C" not in self.layout:
            numbers = numbers[..., None]
        elif self.layout.endswith("CHW"):
            numbers = np.moveaxis(numbers, -3, -1)
        pixels = conversion.apply(numbers, converted)
        if "B" in self.layout:
            pixels = grid.make_grid(pixels, layout="HWC").transpose(1, 2, 0)
        return np.ascontiguousarray(pixels)

    def _digest(self, converted: Conversion | None) -> bytes:
        array, encoding = self.array, self.options.encoding
        how = (encoding.format.name, encoding.quality, encoding.lossless, self.fps)
        facts = (array.shape, array.dtype.str, self.layout, converted, how)
        return digest_of(array.data, "video", *facts)

    def __repr__(self) -> str:
        frames = "1 frame" if self.count == 1 else f"{self.count} frames"
        return f"{frames} {self.width}×{self.height}, {self.fps:g} fps"

    def _check(self, encoding: Encoding) -> None:
        form = encoding.format
        if max(self.height, self.width) > form.max_side:
            raise InvalidInput(
                f"Video: format={form.name!r} holds {form.max_side} pixels a side, "
                f"got {self.width}×{self.height}; log it smaller"
            )
        if encoding.lossless and encoding.channels(self.channels) != self.channels:
            raise InvalidInput(
                f"Video: lossless=True with format={form.name!r} has no alpha; use format='webp'"
            )


def from_numbers(data: Any, layout: str | None, options: Options) -> Clip:
    """Take one snapshot of an array, a tensor or a list of frames.

    Raises:
        InvalidInput: It is no video.
        WrongType: It is no array.
    """
    if isinstance(data, list | tuple):
        array, known = stacked(data)
        return Clip(*_single(array, told(array, layout or known)), options)
    array = to_numpy(data, "Video: data_or_path")
    turned, order = in_memory_order(*_single(array, told(array, layout)))
    return Clip(snapshot(turned), order, options)


def _single(array: Array, layout: str) -> tuple[Array, str]:
    """Give the only video of a batch of one."""
    return (array[0], layout[1:]) if layout[0] == "B" and len(array) == 1 else (array, layout)
