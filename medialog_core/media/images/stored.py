"""An image held as the bytes of a file: the user's own, or one read back from a store."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ... import png
from ...errors import InvalidInput
from ...payload import Blob
from ...schema import Conversion
from . import conversion, formats
from .pixels import Encoded

Array = NDArray[Any]

_ENDINGS = {"JPEG": "jpg", "MPO": "jpg", "JPEG2000": "jp2", "TIFF": "tif"}
_KEPT = ("1", "L", "LA", "RGB", "RGBA", "F", "I;16", "I;16L", "I;16B")
_WITH_ALPHA = {"RGBa": "RGBA", "La": "LA", "PA": "RGBA"}


class Stored:
    """A file's bytes, kept exactly, and what is known of its pixels.

    Args:
        encoded: The bytes, and what `ImageMeta` says of them.
        width: In pixels, as stored (an EXIF orientation is not applied).
        height: In pixels, as stored.
    """

    __slots__ = ("encoded", "height", "width")

    def __init__(self, encoded: Encoded, width: int, height: int) -> None:
        self.encoded = encoded
        self.width = width
        self.height = height

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds."""
        return len(self.encoded.blob.data)

    def extent(self) -> conversion.Extent | None:
        """Nothing is left to decide."""
        return None

    def encode(self, _rule: str) -> Encoded:
        """Give the file as it is."""
        return self.encoded

    def to_numpy(self, _rule: str) -> Array:
        """Decode the file to H×W or H×W×C uint8 or uint16 pixels."""
        data, channels = self.encoded.blob.data, self.encoded.channels
        if self.encoded.bit_depth == 16:  # noqa: PLR2004
            pixels = png.decode_16bit(data)
            if pixels is not None:
                return pixels
        image = open_image(data, self.encoded.blob.content_type)
        array, _ = pillow_to_array(image)
        if formats.channels_of(array) != channels:  # WebP has no grey
            array = np.asarray(image.convert(formats.MODE_OF_CHANNELS[channels]))
        rule = conversion.decide([conversion.extent(array)])
        return array if array.dtype in (np.uint8, np.uint16) else to_pixels(array, rule)


def to_pixels(array: Array, rule: str) -> Array:
    """Convert what a file holds beside 8 and 16-bit numbers: 1-bit, or floats by S2's rule."""
    if array.dtype == np.bool_:
        return conversion.apply(array, Conversion("bool"))
    return conversion.apply(array, conversion.by_rule(rule, conversion.extent(array).nonfinite))


def open_image(data: bytes, content_type: str) -> PIL.Image.Image:
    """Open a file's bytes; a PNG of ours may be larger than Pillow's guard against bombs allows."""
    if content_type == "image/png":
        from PIL.PngImagePlugin import PngImageFile  # noqa: PLC0415 - reading only, and 20 ms of import

        return PngImageFile(io.BytesIO(data))
    return PIL.Image.open(io.BytesIO(data))


def from_bytes(data: bytes, name: str) -> Stored:
    """Check a file by decoding it once, and keep its bytes.

    Raises:
        InvalidInput: Pillow does not know the format, or it is cut short or broken.
    """
    try:
        with PIL.Image.open(io.BytesIO(data)) as image:
            image.load()
            array, _ = pillow_to_array(image)
            form = str(image.format)
    except (OSError, SyntaxError, ValueError, EOFError, PIL.Image.DecompressionBombError) as error:
        raise InvalidInput(
            f"Image: data_or_path: {name} is no image that can be read ({reason(error)})"
        ) from None
    channels = formats.channels_of(array)
    depth = 16 if array.dtype == np.uint16 else 8
    ending = _ENDINGS.get(form, form.lower())
    mime = PIL.Image.MIME.get(form, "application/octet-stream")
    return Stored(
        Encoded(Blob.of(data, mime, ending), channels, depth, "file", None),
        image.width,
        image.height,
    )


def reason(error: Exception) -> str:
    """Give what Pillow says of a file it cannot read, without the buffer that we put it in."""
    unknown = isinstance(error, PIL.UnidentifiedImageError)
    return "of no format that Pillow knows" if unknown else str(error)


def pillow_to_array(image: PIL.Image.Image) -> tuple[Array, str | None]:
    """Give a Pillow image's pixels as an array that nobody else writes to.

    Modes 1, L, LA, RGB, RGBA, F and 16-bit grey are kept. `I` (32-bit grey) is clipped to 16 bits,
    as Pillow writes it; a palette, CMYK and the other colour spaces become RGB or RGBA.

    Returns:
        The array, H×W or H×W×C, and the mode it had where that could not be kept.
    """
    if image.mode in _KEPT:
        array = np.asarray(image)
        return (array.astype(np.uint16) if array.dtype.str[1:] == "u2" else array), None
    if image.mode == "I":
        return np.clip(np.asarray(image), 0, 65_535).astype(np.uint16), "I"
    target = _WITH_ALPHA.get(image.mode, "RGBA" if "transparency" in image.info else "RGB")
    return np.asarray(image.convert(target)), image.mode
