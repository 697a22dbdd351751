"""WAV: written and read here, so that sound needs no extra.

Written are 16, 24 and 32-bit integers and 32-bit floats: what browsers play. Read are besides 8-bit
integers and 64-bit floats; any other codec in a WAV file is left to the libraries.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .facts import Facts, Sound
from .forms import Form, block_frames, from_8_bits

Array = NDArray[Any]

MAX_BYTES = 2**32 - 1024
"""Its sizes are numbers of 32 bits."""
_INTEGERS, _FLOATS, _EXTENSIBLE = 1, 3, 0xFFFE
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_FMT = struct.Struct("<HHIIHH")
_CHUNK = struct.Struct("<4sI")
_FMT_BYTES, _GUID_AT = 16, 24


class Layout(NamedTuple):
    """What the header of a WAV file says: its codec and where the samples lie."""

    codec: int
    channels: int
    rate: int
    frame_bytes: int
    bits: int
    first: int
    size: int


def write(blocks: Iterable[Array], form: Form, rate: int, channels: int) -> bytes:
    """Give a WAV file of blocks of N×C in the form's type."""
    file = io.BytesIO()
    file.write(bytes(_HEADER.size))
    for block in blocks:
        file.write(_packed(block, form))
    size = file.tell() - _HEADER.size
    file.write(bytes(size % 2))
    file.seek(0)
    file.write(_header(size, form, rate, channels))
    return file.getvalue()


def layout_of(data: bytes) -> Layout | None:
    """Read the header; None if there is no `fmt ` chunk with a `data` chunk after it."""
    at, fmt = 12, None
    while at + _CHUNK.size <= len(data):
        name, size = _CHUNK.unpack_from(data, at)
        at += _CHUNK.size
        if name == b"data":
            return fmt and fmt._replace(first=at, size=min(size, len(data) - at))
        if name == b"fmt " and min(size, len(data) - at) >= _FMT_BYTES:
            fmt = _format(data, at, size)
        at += size + size % 2
    return None


def opened(data: bytes) -> Sound | None:
    """Give the sound of a WAV file; None if it is none, or of a codec that is not read here."""
    layout = layout_of(data) if data[:4] == b"RIFF" and data[8:12] == b"WAVE" else None
    if layout is None or (layout.codec, layout.bits) not in _READERS:
        return None
    width = layout.bits // 8
    if not layout.rate or not layout.channels or layout.frame_bytes != layout.channels * width:
        return None
    frames = layout.size // layout.frame_bytes
    codec = "float" if layout.codec == _FLOATS else "pcm"
    facts = Facts(layout.rate, layout.channels, frames, frames / layout.rate, codec, layout.bits)
    return Sound(facts, lambda: _blocks(data, layout, frames))


def _header(size: int, form: Form, rate: int, channels: int) -> bytes:
    width = form.bits // 8
    codec = _FLOATS if form.floating else _INTEGERS
    frame_bytes = channels * width
    whole = _HEADER.size - 8 + size + size % 2
    fmt = (_FMT_BYTES, codec, channels, rate, rate * frame_bytes, frame_bytes, form.bits)
    return _HEADER.pack(b"RIFF", whole, b"WAVE", b"fmt ", *fmt, b"data", size)


def _packed(block: Array, form: Form) -> bytes:
    little = np.ascontiguousarray(block, form.dtype.newbyteorder("<"))
    if form.bits == 24:  # noqa: PLR2004
        return little.view(np.uint8).reshape(-1, 4)[:, 1:].tobytes()
    return little.tobytes()


def _format(data: bytes, at: int, size: int) -> Layout:
    codec, channels, rate, _, frame_bytes, bits = _FMT.unpack_from(data, at)
    if codec == _EXTENSIBLE and size >= _GUID_AT + 2 and len(data) >= at + _GUID_AT + 2:
        (codec,) = struct.unpack_from("<H", data, at + _GUID_AT)
    return Layout(codec, channels, rate, frame_bytes, bits, 0, 0)


def _blocks(data: bytes, layout: Layout, frames: int) -> Iterator[Array]:
    read = _READERS[layout.codec, layout.bits]
    step = block_frames(layout.channels)
    for first in range(0, frames, step):
        count = min(step, frames - first)
        at = layout.first + first * layout.frame_bytes
        numbers = read(np.frombuffer(data, np.uint8, count * layout.frame_bytes, at))
        yield numbers.reshape(count, layout.channels)


def _of_type(dtype: str) -> Callable[[Array], Array]:
    return lambda raw: raw.view(dtype).astype(np.dtype(dtype).newbyteorder("="))


def _of_24_bits(raw: Array) -> Array:
    wide = np.zeros((len(raw) // 3, 4), np.uint8)
    wide[:, 1:] = raw.reshape(-1, 3)
    return wide.reshape(-1).view("<i4").astype(np.int32)


_READERS: dict[tuple[int, int], Callable[[Array], Array]] = {
    (_INTEGERS, 8): from_8_bits,
    (_INTEGERS, 16): _of_type("<i2"),
    (_INTEGERS, 24): _of_24_bits,
    (_INTEGERS, 32): _of_type("<i4"),
    (_FLOATS, 32): _of_type("<f4"),
    (_FLOATS, 64): _of_type("<f8"),
}
