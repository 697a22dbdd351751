"""An image held as numbers: the array as it came, and how it is to become pixels and a file.

The constructor of `Image` makes one of these; all that costs time happens in the background.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ... import checks
from ...errors import InvalidInput
from ...payload import Blob, digest_of
from ...schema import Conversion
from . import conversion, formats
from .formats import Encoding

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may state of the way from numbers to a file."""

    mode: str | None = None
    encoding: Encoding = formats.PNG
    normalize: bool = True
    value_range: tuple[float, float] | None = None
    layout: str | None = None


DEFAULT = Options()


class Encoded(NamedTuple):
    """A file to be, and what `ImageMeta` says of it."""

    blob: Blob
    channels: int
    bit_depth: int
    encoding: str
    conversion: Conversion | None


def checked_options(
    mode: str | None,
    encoding: Encoding,
    normalize: bool,
    value_range: Any,
    layout: str | None,
) -> Options:
    """Check and join the arguments of `Image` that say how numbers become pixels.

    Raises:
        InvalidInput: An unknown mode or layout, or a value range that isn't lo < hi.
    """
    if layout not in (None, "CHW", "HWC"):
        raise InvalidInput(f"layout: expected 'CHW' or 'HWC', got {layout!r}")
    if value_range is not None:
        value_range = checks.value_range(value_range)
    return Options(formats.checked_mode(mode), encoding, bool(normalize), value_range, layout)


class Pixels:
    """An array of H×W, H×W×C or C×H×W that nobody else writes to.

    Args:
        array: C-contiguous; uint8 and uint16 are pixels, all else is converted (`conversion`).
        options: How.
        channels_first: Whether it is C×H×W.
        origin: The mode of the Pillow image it was converted from, where it could not be kept.
    """

    __slots__ = ("_extent", "array", "channels_first", "options", "origin")

    def __init__(
        self,
        array: Array,
        options: Options = DEFAULT,
        *,
        channels_first: bool = False,
        origin: str | None = None,
    ) -> None:
        self.array = array
        self.options = options
        self.channels_first = channels_first
        self.origin = origin
        self._extent: conversion.Extent | None = None

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.array.shape[1 if self.channels_first else 0])

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.array.shape[2 if self.channels_first else 1])

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds."""
        return self.array.nbytes

    def extent(self) -> conversion.Extent | None:
        """Measure a float array that leaves its range to S2's rule; None for any other."""
        options = self.options
        if self.array.dtype.kind != "f" or options.value_range or not options.normalize:
            return None
        if self._extent is None:
            self._extent = conversion.extent(self.array)
        return self._extent

    def to_numpy(self, rule: str) -> Array:
        """Give H×W or H×W×C uint8 or uint16 pixels; `rule` is for floats that state nothing."""
        return self._pixels(self._conversion(rule))

    def encode(self, rule: str) -> Encoded:
        """Say what its file will be; the bytes are made when a sink asks for them."""
        encoding, converted = self.options.encoding, self._conversion(rule)
        channels = self._channels()
        blob = Blob(
            lambda: encoding.write(self._pixels(converted)),
            encoding.format.content_type,
            encoding.format.extension,
            digest=self._digest(converted),
        )
        text = encoding.describe(channels)
        if self.origin or self.options.mode:
            text += f", from mode {self.origin or self.options.mode}"
        depth = 16 if self.array.dtype == np.uint16 and converted is None else 8
        return Encoded(blob, encoding.channels(channels), depth, text, converted)

    def _channels(self) -> int:
        if self.options.mode is not None:
            return formats.CHANNELS_OF_MODE[formats.MODES[self.options.mode]]
        return formats.channels_of(self._view())

    def _view(self) -> Array:
        view = self.array.transpose(1, 2, 0) if self.channels_first else self.array
        return view[:, :, 0] if view.ndim == 3 and view.shape[2] == 1 else view  # noqa: PLR2004

    def _conversion(self, rule: str) -> Conversion | None:
        options, extent = self.options, self.extent()
        if extent is not None:
            return conversion.by_rule(rule, extent.nonfinite)
        stated = conversion.stated(
            self.array, normalize=options.normalize, value_range=options.value_range
        )
        if stated is None and self.array.dtype == np.uint16 and self._narrows():
            return conversion.SIXTEEN_TO_EIGHT
        return stated

    def _narrows(self) -> bool:
        return self.options.mode is not None or not self.options.encoding.is_png

    def _pixels(self, converted: Conversion | None) -> Array:
        pixels = conversion.apply(self._view(), converted)
        mode = self.options.mode
        return pixels if mode is None else formats.as_mode(pixels, mode)

    def _digest(self, converted: Conversion | None) -> bytes:
        array = self.array
        facts = (array.shape, array.dtype.str, self.channels_first, converted, self.options)
        return digest_of(array.data, "image", *facts)
