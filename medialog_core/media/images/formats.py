"""The files an image can become, and Pillow's modes: what each holds and how it is written."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ... import png
from ...checks import whole
from ...errors import InvalidInput
from . import conversion

Array = NDArray[Any]

MODE_OF_CHANNELS = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
MODES = {
    "1": "L",
    "L": "L",
    "LA": "LA",
    "P": "RGB",
    "RGB": "RGB",
    "RGBA": "RGBA",
    "RGBX": "RGB",
    "CMYK": "RGB",
    "YCbCr": "RGB",
    "HSV": "RGB",
    "I": "L",
    "F": "L",
}
"""What `mode=` may be, and the mode in which its pixels are then kept."""
CHANNELS_OF_MODE = {mode: channels for channels, mode in MODE_OF_CHANNELS.items()}


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: its largest side in pixels, and whether it has transparency."""

    name: str
    extension: str
    content_type: str
    max_side: int
    alpha: bool
    lossy: bool


_JPEG = Format("jpeg", "jpg", "image/jpeg", 65_500, alpha=False, lossy=True)
FORMATS = {
    "png": Format("png", "png", "image/png", 2**31 - 1, alpha=True, lossy=False),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "webp": Format("webp", "webp", "image/webp", 16_383, alpha=True, lossy=True),
    "bmp": Format("bmp", "bmp", "image/bmp", 2**31 - 1, alpha=False, lossy=False),
}
"""What `file_type=` may be."""
_QUALITY = 90
"""Of lossy files, where none is stated."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How pixels become a file. Only PNG holds 16 bits; where a file has no alpha, white shows."""

    format: Format
    quality: int | None = None
    lossless: bool = False

    @property
    def is_default(self) -> bool:
        """Whether only the kind of file is stated."""
        return self.quality is None and not self.lossless

    @property
    def is_png(self) -> bool:
        """Whether our own writer makes it."""
        return self.format.name == "png"

    def describe(self, channels: int) -> str:
        """Say what was done, for `ImageMeta.encoding`."""
        text = self.format.name
        if self.format.lossy:
            text += " lossless" if self.lossless else f" lossy q{self.quality or _QUALITY}"
        return f"{text}, alpha over white" if self._flattens(channels) else text

    def channels(self, channels: int) -> int:
        """Give how many of `channels` the file keeps."""
        return channels - 1 if self._flattens(channels) else channels

    def write(self, pixels: Array) -> bytes:
        """Give the file of H×W or H×W×C pixels: uint8, for PNG also uint16."""
        if self.is_png:
            return png.encode(pixels)
        image = PIL.Image.fromarray(pixels)
        if self._flattens(len(image.getbands())):
            image = _over_white(image)
        if self.format.name == "webp" and image.mode in ("L", "LA"):
            image = image.convert("RGB" if image.mode == "L" else "RGBA")
        buffer = io.BytesIO()
        image.save(buffer, self.format.name, **self._options())
        return buffer.getvalue()

    def _flattens(self, channels: int) -> bool:
        return channels in (2, 4) and not self.format.alpha

    def _options(self) -> dict[str, Any]:
        if self.lossless:
            return {"lossless": True, "exact": True, "quality": 0, "method": 0}
        return {"quality": self.quality or _QUALITY} if self.format.lossy else {}


PNG = Encoding(FORMATS["png"])


def encoding(file_type: str | None, quality: int | None, lossless: bool | None) -> Encoding:
    """Check and join the three arguments.

    Raises:
        WrongType: The quality is no whole number.
        InvalidInput: An unknown file type, a quality outside 1..100, or one that the format lacks.
    """
    if file_type is None and quality is None and lossless is not False:
        return PNG
    form = FORMATS.get(str(file_type or "png").lower())
    if form is None:
        raise InvalidInput(f"file_type: expected one of {sorted(FORMATS)}, got {file_type!r}")
    if not form.lossy:
        if quality is not None or lossless is False:
            raise InvalidInput(
                f"file_type={form.name!r} is lossless; quality is for 'jpg' and 'webp'"
            )
        return Encoding(form)
    if lossless and (form.name == "jpeg" or quality is not None):
        raise InvalidInput(
            "lossless=True goes with file_type='png', 'webp' or 'bmp', and without a quality"
        )
    return Encoding(
        form, None if quality is None else whole(quality, "quality", 1, 100), bool(lossless)
    )


def channels_of(pixels: Array) -> int:
    """Give the number of channels of H×W or H×W×C pixels."""
    return int(pixels.shape[2]) if pixels.ndim == 3 else 1  # noqa: PLR2004


def checked_mode(mode: str | None) -> str | None:
    """Give `mode` back, a Pillow mode that arrays can be converted to.

    Raises:
        InvalidInput: It is none.
    """
    if mode is None or mode in MODES:
        return mode
    raise InvalidInput(f"mode: expected one of {sorted(MODES)}, got {mode!r}")


def as_mode(pixels: Array, mode: str) -> Array:
    """Convert uint8 pixels with Pillow's `mode`, as far as a file can hold it."""
    return np.asarray(PIL.Image.fromarray(pixels).convert(mode).convert(MODES[mode]))


def to_pillow(pixels: Array) -> PIL.Image.Image:
    """Give a Pillow image; 16-bit colours, which Pillow lacks, as 8 bits."""
    if pixels.dtype == np.uint16 and pixels.ndim == 3:  # noqa: PLR2004
        pixels = conversion.apply(pixels, conversion.SIXTEEN_TO_EIGHT)
    return PIL.Image.fromarray(pixels)


def _over_white(image: PIL.Image.Image) -> PIL.Image.Image:
    mode = "L" if image.mode == "LA" else "RGB"
    white = PIL.Image.new(image.mode, image.size, "white")
    return PIL.Image.alpha_composite(white.convert("RGBA"), image.convert("RGBA")).convert(mode)
