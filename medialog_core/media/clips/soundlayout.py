"""Which axis of a sound's array has its channels, and of which types its numbers may be.

| numbers | full scale |
|---|---|
| float16, bfloat16, float32, float64 | 1 |
| int8, int16, int32 | the type's; 24 bits stand in the upper 24 of an int32, as soundfile has them |
| uint8 | 128 on both sides of 128, as 8-bit WAV has them |

One axis is mono. Of two the shorter one is the channels, at most 32, whichever comes first; of two
equal ones the first of a torch tensor and the last of any other array, unless `layout=` states it.
A leading axis of length 1 before two others is dropped.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from ...arrays import describe
from ...errors import InvalidInput

Array = NDArray[Any]

MAX_CHANNELS, MAX_STATED_CHANNELS = 32, 256
_TYPES = ("float16", "float32", "float64", "int8", "int16", "int32", "uint8")
_FIXES = {
    "int64": "cast 16-bit samples to int16, x.astype(np.int16), and 32-bit ones to int32",
    "uint16": "subtract 32768 and cast to int16",
    "bool": "cast to float32",
}
_AXES = {None: "", "CN": " with layout='CN'", "NC": " with layout='NC'"}


def oriented(array: Array, layout: str | None, *, torch: bool) -> tuple[Array, bool]:
    """Give a sound's array with two axes, and whether the first has its channels.

    Raises:
        InvalidInput: A type without a full scale, wrong axes, too many channels, or no samples.
    """
    if array.ndim == 3 and array.shape[0] == 1:  # noqa: PLR2004
        array = array[0]
    name = array.dtype.name
    if name not in _TYPES:
        fix = _FIXES.get(name, "cast to float32, full scale 1")
        raise InvalidInput(
            f"Audio: data_or_path: expected {', '.join(_TYPES)} or bfloat16, got {describe(array)}, "
            f"of which no full scale is known; {fix}"
        )
    if array.ndim not in (1, 2) or not array.size:
        raise _no_sound(array)
    if array.ndim == 1:
        return array[:, None], False
    first = _channels_first(array.shape, layout, torch=torch)
    limit = MAX_CHANNELS if layout is None else MAX_STATED_CHANNELS
    if array.shape[0 if first else 1] > limit:
        raise InvalidInput(
            f"Audio: data_or_path: expected at most {limit} channels, got {describe(array)}"
            f"{_AXES[layout]}; a picture is logged by Image, more channels with layout='NC' or 'CN'"
        )
    return _in_memory_order(array, channels_first=first)


def _channels_first(shape: tuple[int, ...], layout: str | None, *, torch: bool) -> bool:
    if layout is not None:
        return layout == "CN"
    return shape[0] < shape[1] or (shape[0] == shape[1] and torch)


def _in_memory_order(array: Array, *, channels_first: bool) -> tuple[Array, bool]:
    """Give the other axis order where that one is contiguous: it is the cheaper one to copy."""
    if array.T.flags.c_contiguous:
        return array.T, not channels_first
    return array, channels_first


def _no_sound(array: Array) -> InvalidInput:
    if array.ndim > 2:  # noqa: PLR2004
        fix = "log a list, [Audio(x, sample_rate) for x in batch]"
        return InvalidInput(
            f"Audio: data_or_path: expected one sound, N, N×C or C×N, got {describe(array)}; {fix}"
        )
    if not array.ndim:
        return InvalidInput(
            f"Audio: data_or_path: expected one sound, N, N×C or C×N, got {describe(array)}; "
            "a single number is logged as it is, run.log({key: x})"
        )
    return InvalidInput(f"Audio: data_or_path: expected at least one sample, got {describe(array)}")
