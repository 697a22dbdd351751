"""Any video file: is it whole, what does it hold, what are its frames.

Pillow reads GIF, WebP and animated PNG, PyAV all others.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..schema import VideoMeta
from . import animated, libav
from .frames import Pixels

CONTENT_TYPES = {
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mkv": "video/x-matroska",
    "ogg": "video/ogg",
    "ogv": "video/ogg",
    "gif": "image/gif",
    "webp": "image/webp",
    "apng": "image/apng",
}
"""Endings of what browsers play. AVI is none of them."""
_PICTURES = frozenset(("gif", "webp", "apng"))
_BOXES = ("mp4", "m4v", "mov")
_BOX_NAMES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")
_MAGIC = {"webm": b"\x1aE\xdf\xa3", "mkv": b"\x1aE\xdf\xa3", "ogg": b"OggS", "ogv": b"OggS"}
_BOX_HEAD, _LONG = 8, 1


def check(data: bytes, extension: str) -> None:
    """Look whether a file is what its ending says, is not cut short, and has a first frame.

    The frame is only looked at where PyAV or, for pictures that move, Pillow can.

    Raises:
        ValueError: It is broken; says why.
    """
    if extension in _PICTURES:
        animated.first(data, extension)
        return
    if extension in _BOXES:
        _check_boxes(data)
    elif not data.startswith(_MAGIC[extension]):
        raise ValueError(f"it does not begin as {extension} does")
    if libav.is_there():
        libav.first(data)


def probe(data: bytes, content_type: str) -> VideoMeta:
    """Give what a file holds; nothing is known of a video without PyAV."""
    if content_type.startswith("image/"):
        return animated.probe(data)
    return libav.probe(data) if libav.is_there() else VideoMeta(encoding="file")


def read(data: bytes, content_type: str, known: VideoMeta) -> Iterator[Pixels]:
    """Decode the frames of a file, H×W×C each, as `known` has them.

    Raises:
        MissingExtra: It needs PyAV, which is not there.
    """
    channels = known.channels or 3
    frames = (
        animated.read(data, channels, known.frames, known.fps)
        if content_type.startswith("image/")
        else libav.read(data, channels)
    )
    return (pixels[: known.height, : known.width] for pixels in frames)


def _check_boxes(data: bytes) -> None:
    """Walk over the outermost boxes: the index must be there, and none may go on behind the end."""
    if data[4:8] not in _BOX_NAMES:
        raise ValueError("it does not begin as mp4 does")
    start, names = 0, set()
    while start + _BOX_HEAD <= len(data):
        size = int.from_bytes(data[start : start + 4], "big")
        names.add(data[start + 4 : start + _BOX_HEAD])
        if size == _LONG:
            size = int.from_bytes(data[start + _BOX_HEAD : start + 2 * _BOX_HEAD], "big")
        start += size if size >= _BOX_HEAD else len(data)
        if size >= _BOX_HEAD and start > len(data):
            raise ValueError(f"it is cut short: {start - len(data):,} bytes are missing")
    if b"moov" not in names:
        raise ValueError("it is cut short: its index (moov) is missing")
