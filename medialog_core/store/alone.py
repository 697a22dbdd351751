"""Keeps two pieces of work on one folder apart; the system takes the lock back from a killed one.

Writers and readers need no lock. Only what moves bytes does: `gc` must not meet a `compact` that
still has rows with the old places in its hands.
"""

from __future__ import annotations

import contextlib
import errno
import sys
from collections.abc import Iterator
from pathlib import Path

from ..errors import StoreError

_HELD = frozenset((errno.EACCES, errno.EAGAIN, errno.EDEADLK))
_FAR_BEHIND = 1 << 30
"""Windows locks bytes against reading, too: one that no reader reaches is locked there."""


@contextlib.contextmanager
def alone(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock of an existing file, which stays as it is.

    Args:
        path: The file.
        shared: Together with others that share it; Windows has no such lock.

    Raises:
        StoreError: Somebody else holds it.
    """
    with path.open("rb+") as file:
        try:
            _lock(file.fileno(), shared=shared)
        except OSError as error:
            if error.errno in _HELD:
                raise StoreError(
                    f"{path.parent}: another `medialog` command is at work here; try again when it is done"
                ) from error
            # A file system without locks: there, one has to see to it oneself.
        yield


if sys.platform == "win32":
    import msvcrt
    import os

    def _lock(fd: int, *, shared: bool) -> None:  # noqa: ARG001
        os.lseek(fd, _FAR_BEHIND, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(fd: int, *, shared: bool) -> None:
        fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
