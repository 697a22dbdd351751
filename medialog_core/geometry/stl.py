"""STL: triangles, each with corners of its own; binary or text."""

from __future__ import annotations

import re
import struct

import numpy as np

from .model import Model, Unusable
from .numbers import parse, pieces

_HEAD_BYTES = 84
_TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_VERTEX = re.compile(rb"^[ \t]*vertex[ \t]+([^\r\n]+)", re.IGNORECASE | re.MULTILINE)
_END_BYTES = 4096


def check(data: bytes) -> None:
    """Check a file's beginning, end and length.

    Raises:
        Unusable: It is neither a whole binary nor a whole text file.
    """
    if _is_binary(data):
        return
    if data[:512].lstrip()[:5].lower() == b"solid":
        if b"endsolid" not in data[-_END_BYTES:].lower():
            raise Unusable("it begins with 'solid' but 'endsolid' is missing: it was cut short")
        return
    if len(data) < _HEAD_BYTES:
        raise Unusable(
            f"it neither begins with 'solid' nor has the {_HEAD_BYTES} bytes that a binary one begins with"
        )
    raise Unusable(
        f"{_count(data)} triangles would take {_length(data)} bytes, but it has {len(data)}"
    )


def read(data: bytes) -> Model:
    """Read the triangles; corners in one place become one vertex."""
    if _is_binary(data):
        corners = np.frombuffer(data, _TRIANGLE, _count(data), _HEAD_BYTES)["corners"]
        corners = corners.reshape(-1, 3).astype(np.float64)
    else:
        text = b"\n".join(line for piece in pieces(data) for line in _VERTEX.findall(piece))
        corners = parse(text).reshape(-1, 3)
    return _joined(corners)


def _joined(corners: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Model:
    order = np.lexsort(corners.T)  # unlike numpy.unique of rows, it leaves Python's lock
    in_order = corners[order]
    new = np.ones(len(corners), np.bool_)
    new[1:] = (in_order[1:] != in_order[:-1]).any(axis=1)
    places = np.empty(len(corners), np.int32)
    places[order] = np.cumsum(new) - 1
    return Model(in_order[new], places.reshape(-1, 3))


def _is_binary(data: bytes) -> bool:
    return len(data) >= _HEAD_BYTES and len(data) == _length(data)


def _length(data: bytes) -> int:
    return _HEAD_BYTES + _count(data) * _TRIANGLE.itemsize


def _count(data: bytes) -> int:
    count: int = struct.unpack_from("<I", data, _HEAD_BYTES - 4)[0]
    return count
