"""Where everything lies in a run directory, and the one function that writes to it.

    run.json                               what the run is; written once
    items/  scalars/  state/               <writer>-<number>.jsonl, sealed to .parquet
    media/                                 <writer>-<number>.tar, <writer>-v<number>.<ext>

A writer is `<rank>-<10 random hex>`, new for every process and every fork, and nobody else ever
writes its files: so there are no locks. Rows sort before `media/`, so that a copy made while the
run is written takes the rows first and finds the bytes of each of them.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ..errors import StoreError
from ..schema import FORMAT, RunFile

ITEMS, SCALARS, STATE, MEDIA = "items", "scalars", "state", "media"
AREAS = (ITEMS, SCALARS, STATE)
RUN_FILE = "run.json"
PACK_BYTES = 256 * 1024 * 1024
OWN_FILE_BYTES = 32 * 1024 * 1024
"""From this size on a blob is a file of its own."""
SEGMENT_ROWS = 5_000
TEMPORARY = ".tmp"
"""Ends the name of a file that is not whole yet and that no reader looks at."""
STAGED = f".gc-*{TEMPORARY}"
"""Folders in the run directory in which new packs are written."""

_IOV_MAX = 1024
_TRIES, _PAUSE_SECS = 10, 0.05
_FLAGS = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def new_writer(rank: int) -> str:
    """Give the name of a new writer: rank and 10 random hex digits."""
    return f"{rank:04d}-{secrets.token_hex(5)}"


def stem(writer: str, number: int) -> str:
    """Give the name, without its ending, of a writer's n-th segment or pack."""
    return f"{writer}-{number:05d}"


def create(path: Path) -> int:
    """Create `path`, which must not exist, and its folder; give a descriptor to write with."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _FLAGS, 0o666)


def write_at(fd: int, buffers: Sequence[bytes], offset: int) -> int:
    """Write `buffers`, one after another and whole, at `offset`; give the offset behind them.

    Raises:
        OSError: Some of it could not be written; how much was is unknown.
    """
    for start in range(0, len(buffers), _IOV_MAX):
        rest: Sequence[bytes | memoryview] = buffers[start : start + _IOV_MAX]
        while rest:
            written = _write(fd, rest, offset)
            offset += written
            rest = _behind(rest, written)
    return offset


def sync(fd: int) -> None:
    """Wait until the content of `fd` would survive a loss of power."""
    getattr(os, "fdatasync", os.fsync)(fd)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a loss of power, where the system has a way to."""
    with contextlib.suppress(OSError):  # Windows opens no folder
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def make_run(directory: Path, run: RunFile) -> RunFile:
    """Make a run directory with its `run.json`, or read the one that another process made.

    Args:
        directory: The run directory; it and its parents are made as needed.
        run: What to write if this is the first process.

    Returns:
        What `run.json` says: `run`, or what the first process wrote.

    Raises:
        StoreError: A `run.json` is there that cannot be read.
        OSError: The directory cannot be made or written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if (directory / RUN_FILE).exists():  # a copy made now must not meet a name that vanishes
        return _read_whole(directory)
    content = msgspec.json.format(msgspec.json.encode(run), indent=2) + b"\n"
    try:
        _publish(directory / RUN_FILE, content)
    except FileExistsError:
        return _read_whole(directory)
    return run


def read_run(directory: Path) -> RunFile:
    """Read `run.json`.

    Raises:
        StoreError: It is missing or broken, or of a format that this version does not know.
    """
    path = directory / RUN_FILE
    try:
        run = msgspec.json.decode(path.read_bytes(), type=RunFile)
    except FileNotFoundError:
        raise StoreError(f"{directory}: no run is here, it has no {RUN_FILE}") from None
    except msgspec.MsgspecError as error:
        raise StoreError(f"{path}: cannot be read: {error}") from error
    if run.format > FORMAT:
        raise StoreError(
            f"{path}: format {run.format} is newer than {FORMAT}, the newest this version knows: "
            "pip install -U medialog"
        )
    return run


def _read_whole(directory: Path) -> RunFile:
    """Read a `run.json` that another process may be writing this moment (no hard links there)."""
    for _ in range(_TRIES):
        with contextlib.suppress(StoreError):
            return read_run(directory)
        time.sleep(_PAUSE_SECS)
    return read_run(directory)


def _publish(path: Path, content: bytes) -> None:
    """Create `path` with its whole content at once, where the file system has hard links."""
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(4)}{TEMPORARY}")
    _write_new(temporary, content)
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        _write_new(path, content)
    finally:
        temporary.unlink()


def _write_new(path: Path, content: bytes) -> None:
    fd = create(path)
    try:
        write_at(fd, [content], 0)
    finally:
        os.close(fd)


def _behind(buffers: Sequence[bytes | memoryview], written: int) -> Sequence[memoryview]:
    """Give what is left of `buffers` behind the first `written` bytes."""
    if written == sum(map(len, buffers)):
        return []
    return [memoryview(b"".join(buffers))[written:]]


def _pwritev(fd: int, buffers: Sequence[bytes | memoryview], offset: int) -> int:
    return os.pwritev(fd, buffers, offset)


def _seek_and_write(fd: int, buffers: Sequence[bytes | memoryview], offset: int) -> int:
    os.lseek(fd, offset, os.SEEK_SET)
    return os.write(fd, b"".join(buffers))


_write = _pwritev if hasattr(os, "pwritev") else _seek_and_write
