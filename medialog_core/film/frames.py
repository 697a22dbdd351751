"""Frames on their way to a file: one at a time, so that a long clip never lies in memory twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import PIL.Image
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Frames:
    """Pictures of one size, each made when it is asked for.

    Attributes:
        count: How many, at least one.
        height, width: In pixels.
        channels: 1 (grey), 3 (RGB) or 4 (RGBA).
        get: Gives the one of an index as contiguous H×W×C.
    """

    count: int
    height: int
    width: int
    channels: int
    get: Callable[[int], Pixels]

    def __iter__(self) -> Iterator[Pixels]:
        return map(self.get, range(self.count))


def to_rgb(pixels: Pixels) -> Pixels:
    """Give H×W×C as H×W×3: grey in all three, what is transparent over white."""
    channels = pixels.shape[2]
    if channels == 1:
        return np.repeat(pixels, 3, axis=2)
    return pixels if channels == 3 else _over_white(pixels)  # noqa: PLR2004


def to_pillow(pixels: Pixels) -> PIL.Image.Image:
    """Give H×W×C as a Pillow image."""
    return PIL.Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)


def _over_white(pixels: Pixels) -> Pixels:
    image = PIL.Image.fromarray(pixels)
    white = PIL.Image.new("RGBA", image.size, "white")
    return np.asarray(PIL.Image.alpha_composite(white, image).convert("RGB"))
