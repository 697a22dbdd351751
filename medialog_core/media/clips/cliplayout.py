"""Which axis of a video's array is which: one documented rule.

| axes | read as |
|---|---|
| 3 | T×H×W, grey |
| 4 | T×C×H×W where the second axis has 1, 3 or 4 channels, else T×H×W×C where the last has |
| 5 | B×T×C×H×W or B×T×H×W×C, told likewise: videos side by side |

`layout=` states it. Three axes that end with 1, 3 or 4 look like one picture and are refused unless
stated. A height of 1 is a height.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ...arrays import describe, is_array, to_numpy
from ...errors import InvalidInput, WrongType
from ...pool import POOL
from ..images import pixels, stored
from ..images.image import Image

Array = NDArray[Any]
LAYOUTS = ("THW", "TCHW", "THWC", "BTCHW", "BTHWC")
"""What `layout=` may be."""
_CHANNELS = (1, 3, 4)


def told(array: Array, layout: str | None) -> str:
    """Give the layout of a video's array.

    Raises:
        InvalidInput: It is no video: wrong number of axes or channels, empty, complex numbers, or
            not of the layout that is stated.
    """
    if layout is not None and layout not in LAYOUTS:
        raise InvalidInput(f"Video: layout: expected one of {', '.join(LAYOUTS)}, got {layout!r}")
    if not array.size or array.dtype.kind == "c":
        raise InvalidInput(
            f"Video: data_or_path: expected real numbers, at least one frame, got {_came(array)}"
        )
    if layout is None and array.ndim == 3 and array.shape[2] in _CHANNELS:  # noqa: PLR2004
        raise InvalidInput(
            f"Video: data_or_path: {_came(array)} looks like one picture; "
            "log it as Image(x), or state layout='THW' for grey frames so narrow"
        )
    for one in LAYOUTS if layout is None else (layout,):
        if _fits(array.shape, one):
            return one
    raise _refusal(array, layout)


def in_memory_order(array: Array, layout: str) -> tuple[Array, str]:
    """Give the other order of H, W and C where that one is contiguous, and its layout."""
    if "C" in layout and not array.flags.c_contiguous:
        first = layout.endswith("CHW")
        turned = np.moveaxis(array, -3, -1) if first else np.moveaxis(array, -1, -3)
        if turned.flags.c_contiguous:
            return turned, layout[:-3] + ("HWC" if first else "CHW")
    return array, layout


def stacked(frames: Sequence[Any]) -> tuple[Array, str | None]:
    """Copy a list of frames (or of videos, for a batch) into one array.

    Returns:
        The array, and its layout where the frames are Pillow's or `Image`s and leave no doubt.

    Raises:
        InvalidInput: No frames, or frames that differ in shape or dtype.
        WrongType: One is no array, tensor or picture.
    """
    if not frames:
        raise InvalidInput("Video: data_or_path: expected at least one frame, got an empty list")
    first, upright = _frame(frames[0], 0)
    shape = (len(frames), *first.shape)
    nbytes = len(frames) * first.nbytes
    whole = POOL.take(nbytes).view(first.dtype).reshape(shape)
    for place, frame in enumerate(frames):
        array, _ = (first, upright) if place == 0 else _frame(frame, place)
        if (array.shape, array.dtype) != (first.shape, first.dtype):
            raise InvalidInput(
                "Video: data_or_path: its frames differ, "
                f"{_came(first)} at 0 and {_came(array)} at {place}; make them alike"
            )
        np.copyto(whole[place], array)
    whole.flags.writeable = False
    return whole, ("THW" if first.ndim == 2 else "THWC") if upright else None  # noqa: PLR2004


def _frame(frame: Any, place: int) -> tuple[Array, bool]:
    """Give a frame as an array, and whether it is a picture, whose axes leave no doubt."""
    if isinstance(frame, PIL.Image.Image):
        return stored.pillow_to_array(frame)[0], True
    if isinstance(frame, Image):
        return _numbers_of(frame), True
    field = f"Video: data_or_path[{place}]"
    if is_array(frame) or isinstance(frame, list | tuple):
        array = to_numpy(frame, field)
        if not array.size:
            raise InvalidInput(f"{field}: expected a frame, got {_came(array)}")
        return array, False
    raise WrongType(f"{field}: expected an array, a tensor or a picture, got {describe(frame)}")


def _numbers_of(image: Image) -> Array:
    """Give an image's own numbers, for its range is decided with the other frames'."""
    source = image.source
    if not isinstance(source, pixels.Pixels) or source.options != pixels.DEFAULT:
        return image.to_numpy()
    return source.array.transpose(1, 2, 0) if source.channels_first else source.array


def _fits(shape: tuple[int, ...], layout: str) -> bool:
    if len(shape) != len(layout):
        return False
    return "C" not in layout or shape[layout.index("C")] in _CHANNELS


def _refusal(array: Array, layout: str | None) -> InvalidInput:
    where = f" with layout={layout!r}" if layout else ""
    fix = "a video is T×C×H×W, T×H×W×C or T×H×W, a batch B×T×C×H×W or B×T×H×W×C, C of 1, 3 or 4"
    if layout is None and array.ndim == 5 and array.shape[1] in _CHANNELS:  # noqa: PLR2004
        fix += "; of B×C×T×H×W give x.swapaxes(1, 2)"
    return InvalidInput(f"Video: data_or_path: got {_came(array)}{where}; {fix}")


def _came(array: Array) -> str:
    return f"shape {array.shape} and dtype {array.dtype.name}"
