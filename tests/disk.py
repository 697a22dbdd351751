"""A disk that may be full."""

from __future__ import annotations

import errno
import os

import pytest

from medialog_core.store import layout


class Disk:
    """Takes the place of what writes: while it is `full`, half of what is written still fits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, full: bool = False) -> None:
        self.full = full
        self._write = layout._write
        monkeypatch.setattr(layout, "_write", self)

    def __call__(self, fd: int, buffers: list[bytes], offset: int) -> int:
        if not self.full:
            return self._write(fd, buffers, offset)
        whole = b"".join(buffers)
        os.pwrite(fd, whole[: len(whole) // 2], offset)
        raise OSError(errno.ENOSPC, "No space left on device")
