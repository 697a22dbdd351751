"""Our own PNG writer: NumPy filters the rows, zlib (or isal) deflates them, off the GIL.

One filter serves a whole picture: average where neighbouring rows differ (photographs), up where
they mostly agree (plots, masks). It is many times faster than Pillow's per-row choice at about the
same size. Rows go through in blocks that fit the cache, so memory is the picture plus its file.
"""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

isal_zlib: Any = None
with contextlib.suppress(ImportError):  # the extra `fast`; zlib alone is three times slower
    from isal import isal_zlib

Array = NDArray[Any]
Bytes2D = NDArray[np.uint8]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6
_COLOUR_TYPE = {1: _GREY, 2: _GREY_ALPHA, 3: _RGB, 4: _RGBA}
_CHANNELS = {value: key for key, value in _COLOUR_TYPE.items()}
_UP, _AVERAGE = 2, 3
_BLOCK_BYTES = 128 * 1024
_SAMPLED_ROWS = 16
_UP_SHARE = 0.35
_FLAT_SHARE = 0.6
"""Shares of numbers equal to the one above them: above the first, up beats average; above the
second, the picture is drawn rather than photographed. Measured on scikit-image's pictures."""
_DEFAULT = zlib.Z_DEFAULT_STRATEGY


def encode(pixels: Array, palette: Bytes2D | None = None) -> bytes:
    """Give a PNG file of `pixels`, bit for bit.

    Args:
        pixels: H×W (grey) or H×W×C with C of 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; uint8 or
            uint16. With a palette: H×W uint8 indices into it.
        palette: N×3 uint8, N from 1 to 256, N above every index.
    """
    height, width = pixels.shape[:2]
    channels = pixels.shape[2] if pixels.ndim == 3 else 1  # noqa: PLR2004
    rows = pixels.reshape(height, width * channels)
    colour_type = _COLOUR_TYPE[channels] if palette is None else _PALETTE
    header = struct.pack(">IIBBBBB", width, height, 8 * pixels.dtype.itemsize, colour_type, 0, 0, 0)
    chunks = [_SIGNATURE, _chunk(b"IHDR", header)]
    if palette is not None:
        chunks.append(_chunk(b"PLTE", palette.tobytes()))
    indexed = palette is not None
    parts = _deflated(rows, channels * pixels.dtype.itemsize, indexed=indexed)
    chunks += (_chunk(b"IDAT", part) for part in parts if part)
    chunks.append(_chunk(b"IEND", b""))
    return b"".join(chunks)


def decode_16bit(data: bytes) -> NDArray[np.uint16] | None:
    """Give the pixels of a 16-bit PNG that `encode` wrote, H×W or H×W×C; None for any other file.

    Pillow brings 16-bit RGB, RGBA and grey-alpha down to 8 bits.
    """
    if data[:8] != _SIGNATURE or data[12:16] != b"IHDR":
        return None
    width, height, depth, colour_type, _, _, interlaced = struct.unpack(">IIBBBBB", data[16:29])
    if depth != 16 or interlaced or colour_type not in _CHANNELS:  # noqa: PLR2004
        return None
    channels = _CHANNELS[colour_type]
    body = zlib.decompress(b"".join(_bodies(data, b"IDAT")))
    rows = np.frombuffer(body, np.uint8).reshape(height, 1 + width * channels * 2)
    if (rows[:, 0] != _UP).any():
        return None
    raw = np.add.accumulate(rows[:, 1:], axis=0, dtype=np.uint8)
    pixels = raw.view(">u2").astype(np.uint16).reshape(height, width, channels)
    return pixels[:, :, 0] if channels == 1 else pixels


def _bodies(data: bytes, name: bytes) -> Iterator[bytes]:
    at = len(_SIGNATURE)
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        if data[at + 4 : at + 8] == name:
            yield data[at + 8 : at + 8 + size]
        at += size + 12


def _chunk(name: bytes, body: bytes) -> bytes:
    crc = zlib.crc32(body, zlib.crc32(name))
    return b"".join((struct.pack(">I", len(body)), name, body, struct.pack(">I", crc)))


def _deflated(rows: Array, pixel_bytes: int, *, indexed: bool) -> Iterator[bytes]:
    """Filter and deflate block by block; each part is the body of one IDAT chunk, or empty."""
    # 16-bit files are filtered by `up` alone: `decode_16bit` then needs no loop over pixels.
    share = 1.0 if indexed else _equal_share(rows)
    filter_rows = _filter_up if share >= _UP_SHARE or rows.dtype == np.uint16 else _filter_average
    # zlib finds repeated shapes in plots; in masks, as in photographs, runs are all there is.
    deflate = _compressor(_DEFAULT if share >= _FLAT_SHARE and not indexed else zlib.Z_RLE)
    step = max(1, _BLOCK_BYTES // (rows.shape[1] * rows.dtype.itemsize))
    above = np.zeros((1, rows.shape[1] * rows.dtype.itemsize), np.uint8)
    for first in range(0, len(rows), step):
        block = _big_endian(rows[first : first + step])
        yield deflate.compress(filter_rows(block, above, pixel_bytes))
        above = block[-1:]
    yield deflate.flush()


def _big_endian(rows: Array) -> Bytes2D:
    return rows if rows.dtype == np.uint8 else rows.astype(">u2").view(np.uint8)


def _equal_share(rows: Array) -> float:
    """Give the share of numbers equal to the one above them, on a few pairs of rows."""
    if len(rows) == 1:
        return 0.0
    step = max(1, len(rows) // _SAMPLED_ROWS)
    upper, lower = rows[:-1:step], rows[1::step]
    return float(np.count_nonzero(upper == lower) / upper.size)


def _compressor(strategy: int) -> Any:
    if isal_zlib is not None:
        return isal_zlib.compressobj(1, zlib.DEFLATED, 15)
    return zlib.compressobj(1, zlib.DEFLATED, 15, 9, strategy)


def _filter_up(block: Bytes2D, above: Bytes2D, _pixel_bytes: int) -> Bytes2D:
    out = _output(block, _UP)
    np.subtract(block[:1], above, out=out[:1, 1:])
    np.subtract(block[1:], block[:-1], out=out[1:, 1:])
    return out


def _filter_average(block: Bytes2D, above: Bytes2D, pixel_bytes: int) -> Bytes2D:
    out = _output(block, _AVERAGE)
    up = np.concatenate((above, block[:-1]))
    out[:, 1 : 1 + pixel_bytes] = block[:, :pixel_bytes] - (up[:, :pixel_bytes] >> 1)
    left, up = block[:, :-pixel_bytes], up[:, pixel_bytes:]
    # The floor of the mean of two bytes, without widening them.
    mean = left ^ up
    mean >>= 1
    mean += left & up
    np.subtract(block[:, pixel_bytes:], mean, out=out[:, 1 + pixel_bytes :])
    return out


def _output(block: Bytes2D, filter_type: int) -> Bytes2D:
    out = np.empty((len(block), 1 + block.shape[1]), np.uint8)
    out[:, 0] = filter_type
    return out
