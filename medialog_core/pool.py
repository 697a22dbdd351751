"""Recycled buffers for snapshots: fresh pages make a large copy many times dearer.

A buffer is free when nothing but the pool refers to it, so nobody has to give one back: an array
that views it keeps it alive as its base, through any slice, reshape or cast.
"""

from __future__ import annotations

import os
import sys
import threading

import numpy as np
from numpy.typing import NDArray

SMALL_BYTES = 64 * 1024
"""Below this the C allocator recycles by itself."""
SLAB_BYTES = 8 * 1024 * 1024
"""Memory that NumPy asks the system for in huge pages; what is smaller than a sixteenth of it shares one."""
_SHARING_BYTES = SLAB_BYTES // 16
_ALIGNMENT = 64
CAP_BYTES = 64 * 1024 * 1024
"""The pool never holds more, in use or idle; above it a buffer is plain memory."""
_REFS_WHEN_IDLE = 3
"""The pool's list, the loop variable and `getrefcount`'s own argument."""


class Pool:
    """Buffers by size, rounded up to a power of two or one and a half of it.

    Small requests share a slab, which is idle again when all of them are: they come and go in
    order. One that stays holds its slab, so slabs are only ever taken from within the cap.
    """

    def __init__(self, cap_bytes: int = CAP_BYTES) -> None:
        self.cap_bytes = cap_bytes
        self.reset()

    def reset(self) -> None:
        """Forget every buffer; also what a forked child does, whose lock may have been held."""
        self._lock = threading.Lock()
        self._buffers: list[NDArray[np.uint8]] = []
        self._slab: NDArray[np.uint8] | None = None
        self._slab_used = SLAB_BYTES
        self.held_bytes = 0

    def take(self, nbytes: int) -> NDArray[np.uint8]:
        """Give `nbytes` of writable memory with undefined content."""
        if nbytes < SMALL_BYTES:
            return np.empty(nbytes, np.uint8)
        with self._lock:
            found = self._carve(nbytes) if nbytes < _SHARING_BYTES else self._recycled(nbytes)
        return np.empty(nbytes, np.uint8) if found is None else found

    def _carve(self, nbytes: int) -> NDArray[np.uint8] | None:
        """Give a part of a slab; while the cap leaves none, None for as much as one would hold."""
        if self._slab_used + nbytes > SLAB_BYTES:
            self._slab = None
            self._slab, self._slab_used = self._recycled(SLAB_BYTES), 0
        start = self._slab_used
        self._slab_used += -(-nbytes // _ALIGNMENT) * _ALIGNMENT
        return None if self._slab is None else self._slab[start : start + nbytes]

    def _recycled(self, nbytes: int) -> NDArray[np.uint8] | None:
        """Give a buffer of the pool's, None where that would be more than its cap."""
        size = _rounded(nbytes)
        found = self._find_idle(size)
        if found is None and self._make_room(size):
            found = np.empty(size, np.uint8)
            self._buffers.append(found)
            self.held_bytes += size
        return None if found is None else found[:nbytes]

    def _find_idle(self, size: int) -> NDArray[np.uint8] | None:
        # A method of its own: a loop variable left in `take` would look like a user of the last one.
        for buffer in self._buffers:
            if len(buffer) == size and sys.getrefcount(buffer) <= _REFS_WHEN_IDLE:
                return buffer
        return None

    def _make_room(self, size: int) -> bool:
        kept = []
        for buffer in self._buffers:
            idle = sys.getrefcount(buffer) <= _REFS_WHEN_IDLE
            if idle and self.held_bytes + size > self.cap_bytes:
                self.held_bytes -= len(buffer)
            else:
                kept.append(buffer)
        self._buffers = kept
        return self.held_bytes + size <= self.cap_bytes


def _rounded(nbytes: int) -> int:
    power = 1 << (nbytes - 1).bit_length()
    return power * 3 // 4 if nbytes <= power * 3 // 4 else power


POOL = Pool()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=POOL.reset)
