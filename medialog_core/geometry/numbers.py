"""Numbers written as text, read a piece at a time so that other threads come in between."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_PIECE_BYTES = 64 * 1024
"""Read in a few milliseconds, during which Python's lock is held."""


def pieces(data: bytes) -> Iterator[bytes]:
    """Give `data` in pieces of about 64 KiB that end with whole lines."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _PIECE_BYTES) + 1 or len(data)
        yield data[start:end]
        start = end


def parse(text: bytes) -> NDArray[np.float64]:
    """Give all numbers of `text`, which blanks and line breaks separate.

    Raises:
        ValueError: Something is no number.
    """
    arrays = [np.array(piece.split(), np.float64) for piece in pieces(text)]
    return np.concatenate(arrays) if arrays else np.empty(0)
