"""The envelope of a sound: what a viewer draws as its waveform.

A column for every `frames_per_column` frames: the least and the greatest sample of each channel,
int16 of full scale 32,767, little-endian, in the order column, channel, (least, greatest).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .forms import Floats

MAX_COLUMNS = 2_000
_LEAST_FRAMES = 16
_FULL = 32_767


def frames_per_column(frames: int) -> int:
    """Give how many frames make a column of a sound of that many."""
    return max(_LEAST_FRAMES, math.ceil(frames / MAX_COLUMNS))


class Envelope:
    """Made of blocks, in order.

    Args:
        frames: How many there will be, or are likely to be.
        channels: How many samples a frame has.
    """

    def __init__(self, frames: int, channels: int) -> None:
        self.frames_per_column = frames_per_column(frames)
        self._channels = channels
        self._columns: list[NDArray[Any]] = []
        self._open = 0

    def add(self, block: Floats) -> None:
        """Take the next block, N×C, N at least 1."""
        first = -self._open % self.frames_per_column
        starts = np.arange(first, len(block), self.frames_per_column)
        if first:
            starts = np.concatenate(([0], starts))
        least = np.minimum.reduceat(block, starts, axis=0)
        greatest = np.maximum.reduceat(block, starts, axis=0)
        columns = np.stack((least, greatest), axis=2)
        if first:
            self._extend(columns[0])
            columns = columns[1:]
        self._columns.extend(columns)
        self._open = (self._open + len(block)) % self.frames_per_column

    def to_bytes(self) -> bytes:
        """Give it as the file that is described above."""
        columns = np.array(self._columns).reshape(-1, self._channels, 2)
        samples: NDArray[np.int16] = np.rint(np.clip(columns, -1, 1) * _FULL).astype("<i2")
        return samples.tobytes()

    def _extend(self, more: NDArray[Any]) -> None:
        last = self._columns[-1]
        last[:, 0] = np.minimum(last[:, 0], more[:, 0])
        last[:, 1] = np.maximum(last[:, 1], more[:, 1])
