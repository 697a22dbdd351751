"""TFRecord framing: length, its CRC, data, their CRC, each CRC32C masked; all little-endian."""

from __future__ import annotations

import struct

from ...errors import MissingExtra

try:
    import google_crc32c
except ImportError as error:
    raise MissingExtra("the TensorBoard sink", "tensorboard") from error

_LENGTH = struct.Struct("<Q")
_CRC = struct.Struct("<I")
_MASK_DELTA = 0xA282EAD8


def frame(data: bytes) -> bytes:
    """Give `data` as one record of an event file."""
    length = _LENGTH.pack(len(data))
    return b"".join((length, _masked_crc(length), data, _masked_crc(data)))


def _masked_crc(data: bytes) -> bytes:
    crc: int = google_crc32c.value(data)
    rotated = (crc >> 15) | (crc << 17)
    return _CRC.pack((rotated + _MASK_DELTA) & 0xFFFFFFFF)
