"""Whatever `Image` is given, to what it keeps: pixels as an array, or a file's bytes."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image

from ...arrays import describe, is_array, is_torch, to_numpy
from ...errors import InvalidInput, WrongType
from .. import kept
from ..documents import figures
from . import formats, layout, stored
from .grid import make_grid
from .pixels import DEFAULT, Options, Pixels
from .stored import Stored

Source = Pixels | Stored
_BATCH_AXES = 4


def source_of(data: Any, options: Options) -> Source:
    """Check `data` and fix its content.

    Raises:
        WrongType: It is nothing an image can be made of.
        InvalidInput: It is of the right type, but no image.
    """
    for fits, read in _READERS:
        if fits(data):
            return read(data, options)
    raise WrongType(
        f"Image: data_or_path: expected an array, a tensor, a PIL image, a path, a figure or an Image, got {describe(data)}"
        f"{_hint(data)}"
    )


def _hint(data: Any) -> str:
    if isinstance(data, bytes | bytearray):
        return "; of a file's bytes PIL.Image.open(io.BytesIO(data)) makes a picture"
    return "; PIL.Image.open(file) makes a picture of it" if hasattr(data, "read") else ""


def from_array(data: Any, options: Options) -> Pixels:
    """Take one snapshot of an array, a tensor or nested lists of numbers; a batch is laid out as one grid."""
    ready = type(data) is np.ndarray and data.dtype.kind in "biuf" and data.dtype.isnative
    array = data if ready else to_numpy(data, "Image: data_or_path")
    if array.ndim == _BATCH_AXES and len(array) > 1:
        return _from_batch(data, options)
    array, first = layout.orient(array, torch=is_torch(data), layout=options.layout)
    _check_size(array.shape, options)
    array, first = layout.fixed(array, channels_first=first)
    return Pixels(array, options, channels_first=first)


def _from_batch(data: Any, options: Options) -> Pixels:
    grid = make_grid(data, layout=options.layout)
    _check_size(grid.shape, options)
    array, first = layout.in_memory_order(grid, channels_first=True)
    return Pixels(array, options, channels_first=first)


def from_pillow(image: PIL.Image.Image, options: Options) -> Pixels:
    """Keep a Pillow image's pixels; `mode` converts it, as Pillow does, but for floats."""
    _check_size(image.size, options)
    mode = options.mode
    if mode is None or image.mode == "F":  # Pillow would cut floats in [0, 1] off to black
        array, origin = stored.pillow_to_array(image)
        return Pixels(array, options, origin=origin)
    try:
        converted = image.convert(mode).convert(formats.MODES[mode])
    except ValueError as error:
        raise InvalidInput(f"mode: {image.mode!r} cannot become {mode!r} ({error})") from None
    unchanged = Options(None, options.encoding, options.normalize, options.value_range)
    return Pixels(np.asarray(converted), unchanged, origin=mode)


def from_file(path: str | os.PathLike[str], options: Options) -> Source:
    """Keep a file's bytes; pixels only where other ones, another file type or a quality is stated."""
    kept.refuse_remote(path, "Image: data_or_path")
    data = Path(path).read_bytes()
    file = stored.from_bytes(data, str(path))
    encoding = options.encoding
    same_format = encoding.format.content_type == file.encoded.blob.content_type
    same_pixels = options.mode is None and options.value_range is None
    if same_pixels and (encoding is formats.PNG or (same_format and encoding.is_default)):
        return file
    with PIL.Image.open(io.BytesIO(data)) as image:
        return from_pillow(image, options)


def _adopted(source: Source, options: Options) -> Source:
    """Take what is already ours: another image's, a grid just made, a file just read."""
    if isinstance(source, Stored) or options is DEFAULT:
        return source
    return Pixels(source.array, options, channels_first=source.channels_first)


def _from_figure(figure: Any, options: Options) -> Pixels:
    with PIL.Image.open(figures.to_png(figure)) as image:
        return from_pillow(image, options)


def _check_size(shape: tuple[int, ...], options: Options) -> None:
    form = options.encoding.format
    if max(shape) > form.max_side:
        raise InvalidInput(
            f"file_type={form.name!r} holds {form.max_side} pixels a side, got shape {shape}; use 'png'"
        )
    if min(shape) < 1:
        raise InvalidInput(
            f"Image: data_or_path: an image has at least one pixel, got size {shape}"
        )


_READERS: tuple[tuple[Callable[[Any], bool], Callable[[Any, Options], Source]], ...] = (
    (is_array, from_array),
    (lambda data: isinstance(data, PIL.Image.Image), from_pillow),
    (lambda data: isinstance(data, str | os.PathLike), from_file),
    (lambda data: isinstance(data, list | tuple), from_array),
    (figures.is_figure, _from_figure),
    (lambda data: isinstance(data, Pixels | Stored), _adopted),
)
