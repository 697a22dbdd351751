"""Reads the bytes that a row names, and tells whether they are those that were written."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ..errors import StoreError
from ..schema import File

_CHUNK_BYTES = 1024 * 1024
_TRIES = 3
_PAUSE_SECS = 0.05
"""Another client of a network file system may see a file's end a moment later than its rows."""


def read(directory: Path, file: File) -> bytes:
    """Give the bytes of `file`.

    Args:
        directory: The run directory.
        file: As a row or a table's cell names it.

    Raises:
        StoreError: The file is missing or too short, or lies outside the run directory.
    """
    path = locate(directory, file)
    data = b""
    for attempt in range(_TRIES):
        time.sleep(_PAUSE_SECS * attempt)
        data = _read_once(path, file)
        if len(data) == file.size:
            return data
    raise StoreError(
        f"{path}: expected {file.size} bytes at {file.offset or 0}, got {len(data)}: "
        "the file is cut short; `medialog doctor` lists what is damaged"
    )


def locate(directory: Path, file: File) -> Path:
    """Give the path of `file`, which may not leave the run directory.

    Raises:
        StoreError: Its `uri` is absolute or has `..` in it.
    """
    uri = PurePosixPath(file.uri)
    if uri.is_absolute() or ".." in uri.parts:
        raise StoreError(f"uri: expected a path inside the run directory, got {file.uri!r}")
    return directory / uri


def wrong(directory: Path, file: File) -> str | None:
    """Say what is wrong with the bytes that a row or a table's cell names; None if nothing is."""
    begin = file.offset or 0
    try:
        with locate(directory, file).open("rb") as opened:
            opened.seek(begin)
            found = checksum(pieces(opened, file.size))
            left = begin + file.size - opened.tell()
    except OSError as error:
        return f"cannot be read: {error}"
    place = f"{file.size} bytes at {begin}"
    if left:
        return f"ends {left} bytes too early for the {place}"
    if file.checksum != found:
        return f"the {place} are not those that were written"
    return None


def pieces(opened: BinaryIO, size: int) -> Iterator[bytes]:
    """Give the next `size` bytes of an open file, 1 MiB at a time; fewer where it ends before."""
    while size and (data := opened.read(min(size, _CHUNK_BYTES))):
        yield data
        size -= len(data)


def checksum(pieces: Iterable[bytes]) -> str:
    """Give the checksum of bytes, as a `File` has it."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return f"SHA-256:{digest.hexdigest()}"


def _read_once(path: Path, file: File) -> bytes:
    try:
        with path.open("rb", buffering=0) as opened:
            opened.seek(file.offset or 0)
            return opened.read(file.size)
    except FileNotFoundError as error:
        raise StoreError(
            f"{path}: missing, though a row names {file.size} bytes of it; if `medialog gc` has moved "
            "them, read its row again"
        ) from error
