"""The forms of samples that are written, and the way of blocks of numbers into them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Floats = NDArray[np.float32]

_BLOCK_SAMPLES = 2**17
_LARGEST = np.finfo(np.float32).max


class Form(NamedTuple):
    """How a sample is written.

    Attributes:
        bits: 16, 24 or 32.
        dtype: What a block of it is; 24 bits stand in the upper 24 of an int32.
    """

    bits: int
    dtype: np.dtype[Any]

    @property
    def floating(self) -> bool:
        """Whether it is a float, which may pass full scale."""
        return self.dtype.kind == "f"


S16 = Form(16, np.dtype(np.int16))
S24 = Form(24, np.dtype(np.int32))
S32 = Form(32, np.dtype(np.int32))
F32 = Form(32, np.dtype(np.float32))


def block_frames(channels: int) -> int:
    """Give how many frames are worked on at once: half a MiB of float32."""
    return max(1, _BLOCK_SAMPLES // channels)


def full_scale(dtype: np.dtype[Any]) -> float:
    """Give what a block's number is divided by to lie within [-1, 1]."""
    return 1.0 if dtype.kind == "f" else float(2 ** (8 * dtype.itemsize - 1))


def from_8_bits(block: Array) -> Array:
    """Give a block of 8-bit samples, of which unsigned ones have their zero at 128, as int16."""
    wide = block.astype(np.int16)
    return (wide - 128 if block.dtype == np.uint8 else wide) << 8


def as_float(block: Array) -> Floats:
    """Give a block as float32 with full scale 1; what is not finite as 0."""
    with np.errstate(over="ignore"):
        floats = block.astype(np.float32)
    if block.dtype.kind != "f":
        floats *= np.float32(1 / full_scale(block.dtype))
        return floats
    np.clip(floats, -_LARGEST, _LARGEST, out=floats)
    floats[~np.isfinite(block)] = 0
    return floats


def quantized(block: Array, form: Form) -> Array:
    """Give a block of floats or of integers in a form: rounded, clipped, what is not finite as 0."""
    if form.floating:
        return as_float(block)
    if block.dtype == form.dtype and form != S24:
        return block
    floats = block if block.dtype == np.float64 else block.astype(_wide_enough(block.dtype))
    steps = 2.0 ** (form.bits - 1)
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = floats * floats.dtype.type(steps / full_scale(block.dtype))
    np.rint(scaled, out=scaled)
    np.clip(scaled, -steps, steps - 1, out=scaled)
    if block.dtype.kind == "f":
        scaled[~np.isfinite(block)] = 0
    whole: Array = scaled.astype(form.dtype)
    if form == S24:
        whole <<= 8
    return whole


def _wide_enough(dtype: np.dtype[Any]) -> type[np.floating[Any]]:
    """Give the float that holds such numbers, and 24 bits, exactly."""
    return np.float64 if dtype.itemsize >= 4 and dtype.kind != "f" else np.float32  # noqa: PLR2004


def regrouped(blocks: Iterable[Array], channels: int) -> Iterator[Array]:
    """Join small blocks into ones of the usual size, or more."""
    frames = block_frames(channels)
    waiting: list[Array] = []
    held = 0
    for block in blocks:
        waiting.append(block)
        held += len(block)
        if held >= frames:
            yield np.concatenate(waiting) if len(waiting) > 1 else block
            waiting, held = [], 0
    if waiting:
        yield np.concatenate(waiting)
