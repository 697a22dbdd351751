"""Bilinear resizing of score maps in NumPy, as `interpolate(mode="bilinear")` does it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def bilinear(maps: Floats, height: int, width: int) -> Floats:
    """Give C×H×W `maps` as C×height×width; pixel centres are kept, edges are repeated."""
    if maps.shape[1:] == (height, width):
        return maps
    down, across = _weights(maps.shape[1], height), _weights(maps.shape[2], width)
    return np.asarray(down @ maps @ across.T, np.float32)


def _weights(size: int, wanted: int) -> Floats:
    centres = np.maximum((np.arange(wanted) + 0.5) * size / wanted - 0.5, 0.0)
    low = np.minimum(centres.astype(np.intp), size - 1)
    high = np.minimum(low + 1, size - 1)
    share = (centres - low).astype(np.float32)
    matrix = np.zeros((wanted, size), np.float32)
    rows = np.arange(wanted)
    matrix[rows, low] += 1 - share
    matrix[rows, high] += share
    return matrix
