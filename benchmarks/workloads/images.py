"""Pictures: 16 a step, seeded and real; thousands in one step; the same few again and again."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator, Sequence

from PIL import Image

from .. import clocks
from ..data import Pixels, photo_like, photographs
from .calls import Calls, Measures, Shape

_TINY = Shape(steps=2, count=2, side=16)


def _seeded(shape: Shape) -> Iterator[list[Pixels]]:
    return (photo_like(shape.count, shape.side, seed) for seed in range(shape.steps))


def _real(shape: Shape) -> Iterator[list[Pixels]]:
    return (photographs(shape.count, shape.side, seed) for seed in range(shape.steps))


def _repeated(shape: Shape) -> Iterator[list[Pixels]]:
    return itertools.repeat(photo_like(shape.count, shape.side, seed=0), shape.steps)


def _of_once(batches: Sequence[list[Pixels]], measures: Measures) -> Measures:
    """Give the disk as a multiple of what one PNG of each picture takes."""
    once_kb = sum(map(_png_bytes, batches[0])) / clocks.KB
    kept = {"disk_x": "disk_kb", "sealed_x": "sealed_kb"}
    return {
        name: measures[kb] * len(batches) / once_kb for name, kb in kept.items() if kb in measures
    }


def _png_bytes(pixels: Pixels) -> int:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.tell()


IMAGES224 = Calls(
    "images224",
    "16 RGB images 224×224 a step, seeded, photo-like",
    item="image",
    kinds=("images",),
    full=Shape(steps=20, count=16, side=224),
    tiny=_TINY,
    make=_seeded,
)
PHOTOS224 = Calls(
    "photos224",
    "16 RGB images 224×224 a step, crops of real photographs",
    item="image",
    kinds=("images",),
    full=Shape(steps=20, count=16, side=224),
    tiny=_TINY,
    make=_real,
)
IMAGES64K = Calls(
    "images64k",
    "5,000 RGB images 64×64 in one step",
    item="image",
    kinds=("images",),
    full=Shape(steps=3, count=5_000, side=64),
    tiny=_TINY,
    make=_seeded,
)
REPEAT = Calls(
    "repeat",
    "the same 8 RGB images 224×224, logged 100 times",
    item="image",
    kinds=("images",),
    full=Shape(steps=100, count=8, side=224),
    tiny=_TINY,
    make=_repeated,
    after=_of_once,
)
MEMORY = Calls(
    "memory",
    "400 MB of RGB images 512×512 as fast as the queue takes them",
    item="image",
    kinds=("images",),
    full=Shape(steps=32, count=16, side=512),
    tiny=_TINY,
    make=_seeded,
    only=("medialog", "medialog[fast]", "copy", "tensorboard"),
)
