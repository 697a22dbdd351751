"""Numbers to pixels: the one documented rule (S2), decided once for all that is seen together.

| numbers | become | rule |
|---|---|---|
| uint8, uint16 | kept | none |
| bool | 0 and 255 | `bool` |
| other integers | clipped to 0..255 | `clip` |
| floats, all within [0, 1] | floor(x * 255 + 0.5) | `unit` |
| floats, all within [-1, 1] | floor((x + 1) * 255 / 2 + 0.5) | `symmetric` |
| other floats | clipped to 0..255, floor(x + 0.5) | `clip` |
| any, with `value_range=(lo, hi)` | floor((x - lo) * 255 / (hi - lo) + 0.5), clipped | `value_range` |
| any but uint16, with `normalize=False` | clipped to 0..255, fraction cut off | `cast` |

NaN and infinities become pixel 0 and are counted; they take no part in deciding the range.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...schema import Conversion

Array = NDArray[Any]

_BLOCK_ITEMS = 256 * 1024
_RANGES = {"unit": (0.0, 1.0), "symmetric": (-1.0, 1.0), "clip": (0.0, 255.0)}
SIXTEEN_TO_EIGHT = Conversion("value_range", 0.0, 65535.0)
"""How 16-bit pixels enter a file that holds 8 bits."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What an array of floats spans: its finite minimum and maximum, and how many aren't finite."""

    lo: float
    hi: float
    nonfinite: int


def extent(array: Array) -> Extent:
    """Measure `array`; one without a finite value spans [0, 0]."""
    if array.dtype.kind != "f":
        return Extent(float(array.min()), float(array.max()), 0)
    lo, hi = float(array.min()), float(array.max())
    if np.isfinite(lo) and np.isfinite(hi):
        return Extent(lo, hi, 0)
    finite = np.isfinite(array)
    count = int(np.count_nonzero(finite))
    if not count:
        return Extent(0.0, 0.0, array.size)
    kept = array[finite]
    return Extent(float(kept.min()), float(kept.max()), array.size - count)


def decide(extents: Iterable[Extent]) -> str:
    """Give the one rule of all float images that are seen together: unit, symmetric or clip."""
    lows, highs = [0.0], [0.0]
    for one in extents:
        lows.append(one.lo)
        highs.append(one.hi)
    lo, hi = min(lows), max(highs)
    if hi > 1 or lo < -1:
        return "clip"
    return "symmetric" if lo < 0 else "unit"


def by_rule(rule: str, nonfinite: int) -> Conversion:
    """Give the conversion of a rule that `decide` gave."""
    return Conversion(rule, *_RANGES[rule], nonfinite)


def stated(
    array: Array, *, normalize: bool, value_range: tuple[float, float] | None
) -> Conversion | None:
    """Give the conversion of an array that needs no decision; None keeps its numbers.

    For floats this is only to be asked where `value_range` or `normalize=False` states it.
    """
    if value_range is not None:
        return Conversion("value_range", *value_range, _nonfinite(array))
    if array.dtype in (np.uint8, np.uint16):
        return None
    if not normalize:
        return Conversion("cast", nonfinite=_nonfinite(array))
    return Conversion("bool") if array.dtype == np.bool_ else Conversion("clip", 0.0, 255.0)


def apply(pixels: Array, conversion: Conversion | None) -> Array:
    """Give `pixels` (H×W or H×W×C, any strides) as contiguous uint8, or as they are without one."""
    if conversion is None:
        return np.ascontiguousarray(pixels)
    out = np.empty(pixels.shape, np.uint8)
    step = max(1, _BLOCK_ITEMS // (pixels.size // len(pixels)))
    for first in range(0, len(pixels), step):
        rows = slice(first, first + step)
        _convert(pixels[rows], conversion, out[rows])
    return out


def _nonfinite(array: Array) -> int:
    return extent(array).nonfinite if array.dtype.kind == "f" else 0


def _convert(block: Array, conversion: Conversion, out: Array) -> None:
    if conversion.rule == "bool":
        np.multiply(block, np.uint8(255), out=out)
        return
    whole = conversion.rule == "cast" or (conversion.rule == "clip" and block.dtype.kind in "iu")
    values = _clipped(block) if whole else _stretched(block, conversion)
    if conversion.nonfinite:
        values[~np.isfinite(block)] = 0
    np.copyto(out, values, casting="unsafe")


def _clipped(block: Array) -> Array:
    if block.dtype.kind == "f":
        return np.clip(block, 0, 255)
    if block.dtype == np.bool_:
        return block.astype(np.uint8)
    return np.clip(block, 0, min(255, np.iinfo(block.dtype).max))


def _stretched(block: Array, conversion: Conversion) -> Array:
    lo, hi = float(conversion.lo or 0.0), float(conversion.hi or 0.0)
    if block.dtype.kind != "f" or block.dtype.itemsize < 4:  # noqa: PLR2004
        block = block.astype(np.float32 if block.dtype.itemsize <= 2 else np.float64)  # noqa: PLR2004
    with np.errstate(invalid="ignore", over="ignore"):
        values = block * 255.0 if lo == 0 else (block - lo) * 255.0
        if hi - lo != 1:
            values /= hi - lo
        values += 0.5
        np.clip(values, 0, 255, out=values)
    return values
