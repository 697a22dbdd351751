"""What is logged: pictures, masks, boxes, tensors and rows. All seeded, all made before the clock runs."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

CLASSES = 21
BOXES = 20
FPS = 10
_GRAIN = 2.4
"""Sensor noise that brings a PNG to half the raw size, as photographs have it."""
_BOTTLENECKS = ((3, 64, 256), (4, 128, 512), (6, 256, 1024), (3, 512, 2048))
"""Blocks, inner and outer width of a ResNet-50's four stages."""
_PHOTOGRAPHS = ("astronaut", "cat", "coffee", "hubble_deep_field", "retina", "rocket")

_PANNED = ("astronaut", "coffee", "cat")


@dataclass(frozen=True)
class Overlay:
    """A picture with a mask of class ids and boxes, `(min_x, min_y, max_x, max_y)` in pixels."""

    image: Pixels
    mask: Pixels
    boxes: NDArray[np.float64]
    classes: NDArray[np.int64]
    scores: NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """A row of a table."""

    index: int
    image: Pixels
    truth: str
    prediction: str
    score: float


def photo_like(count: int, side: int, seed: int) -> list[Pixels]:
    """Make RGB pictures, side×side×3, of smooth shapes and grain."""
    rng = np.random.default_rng(seed)
    return [_photo_like(rng, side) for _ in range(count)]


def photographs(count: int, side: int, seed: int) -> list[Pixels]:
    """Cut side×side×3 crops, at random places and scales, out of scikit-image's photographs."""
    rng = np.random.default_rng(seed)
    return [_crop(rng, photo, side) for photo in rng.choice(_PHOTOGRAPHS, count)]


def panning(count: int, side: int, seed: int) -> Pixels:
    """Move a window over a photograph: count×side×side×3, no two frames alike."""
    photo = np.asarray(_photograph(_PANNED[seed % len(_PANNED)]))
    later = seed // len(_PANNED)
    at = np.arange(count) / max(1, count - 1)
    down, across = 0.5 + 0.5 * np.sin(5 * at + later), 0.1 + 0.5 * at + later % 30 / 100
    tops = (down * (photo.shape[0] - side)).astype(int)
    lefts = (across * (photo.shape[1] - side)).astype(int)
    places = zip(tops.tolist(), lefts.tolist(), strict=True)
    return np.stack([photo[y : y + side, x : x + side] for y, x in places])


def overlays(count: int, side: int, seed: int) -> list[Overlay]:
    """Make pictures with a mask of 21 classes and 20 boxes each."""
    rng = np.random.default_rng(seed)
    return [_overlay(rng, side) for _ in range(count)]


def weights(count: int, seed: int) -> dict[str, Floats]:
    """Make the first `count` of the 161 parameters of a ResNet-50 (25.6 M float32), by name."""
    rng = np.random.default_rng(seed)
    shapes = list(_resnet50_shapes())[:count]
    return {
        f"layer{i:03d}": rng.standard_normal(shape, np.float32) * np.float32(0.02)
        for i, shape in enumerate(shapes)
    }


def rows(count: int, side: int, seed: int) -> list[Row]:
    """Make rows with a picture, two names and a number."""
    rng = np.random.default_rng(seed)
    names = [f"class_{i}" for i in range(CLASSES)]
    return [
        Row(i, image, str(rng.choice(names)), str(rng.choice(names)), float(rng.random()))
        for i, image in enumerate(photo_like(count, side, seed))
    ]


def scalars(count: int, seed: int) -> dict[str, float]:
    """Make numbers by name."""
    rng = np.random.default_rng(seed)
    return {f"train/metric_{i:02d}": float(rng.random()) for i in range(count)}


def _photo_like(rng: np.random.Generator, side: int) -> Pixels:
    shapes = sum(_smooth(rng, side, cells).astype(np.float32) for cells in (3, 9, 27)) / 3
    grain = rng.normal(0, _GRAIN, (side, side, 3)).astype(np.float32)
    return np.clip(shapes + grain, 0, 255).astype(np.uint8)


def _smooth(rng: np.random.Generator, side: int, cells: int) -> Pixels:
    coarse = rng.integers(0, 256, (cells, cells, 3), np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC))


@functools.cache
def _photograph(name: str) -> Image.Image:
    from skimage import data  # noqa: PLC0415 - only where real photographs are asked for

    return Image.fromarray(np.asarray(getattr(data, name)())[..., :3])


def _crop(rng: np.random.Generator, name: str, side: int) -> Pixels:
    photo = _photograph(name)
    cut = int(rng.uniform(0.4, 1.0) * min(photo.size))
    left, top = (int(rng.integers(0, length - cut + 1)) for length in photo.size)
    box = (left, top, left + cut, top + cut)
    return np.array(photo.resize((side, side), Image.Resampling.LANCZOS, box=box))


def _overlay(rng: np.random.Generator, side: int) -> Overlay:
    corners = np.sort(rng.uniform(0, side, (BOXES, 2, 2)), axis=1)
    return Overlay(
        image=_photo_like(rng, side),
        mask=_mask(rng, side),
        boxes=corners.reshape(BOXES, 4),
        classes=rng.integers(0, CLASSES, BOXES),
        scores=rng.random(BOXES),
    )


def _mask(rng: np.random.Generator, side: int) -> Pixels:
    """Let the strongest of 21 smooth fields decide, as a segmentation network's argmax does."""
    fields = rng.random((CLASSES, 6, 6), np.float32)
    size = (side, side)
    grown: list[Any] = [
        Image.fromarray(field).resize(size, Image.Resampling.BICUBIC) for field in fields
    ]
    strongest: Any = np.stack([np.asarray(field) for field in grown]).argmax(axis=0)
    return np.asarray(strongest, np.uint8)


def _resnet50_shapes() -> Iterator[tuple[int, ...]]:
    yield from _convolution(3, 64, 7)
    before = 64
    for blocks, inner, outer in _BOTTLENECKS:
        for block in range(blocks):
            yield from _convolution(before, inner, 1)
            yield from _convolution(inner, inner, 3)
            yield from _convolution(inner, outer, 1)
            if block == 0:
                yield from _convolution(before, outer, 1)
            before = outer
    yield from ((1000, 2048), (1000,))


def _convolution(before: int, after: int, kernel: int) -> Iterator[tuple[int, ...]]:
    """Give the shapes of a convolution and of the normalisation behind it."""
    yield from ((after, before, kernel, kernel), (after,), (after,))
