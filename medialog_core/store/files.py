"""Reads the bytes that a row names."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path, PurePosixPath

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
    digest, left = hashlib.sha256(), file.size
    try:
        with locate(directory, file).open("rb") as opened:
            opened.seek(file.offset or 0)
            while left and (data := opened.read(min(left, _CHUNK_BYTES))):
                digest.update(data)
                left -= len(data)
    except OSError as error:
        return f"cannot be read: {error}"
    place = f"{file.size} bytes at {file.offset or 0}"
    if left:
        return f"ends {left} bytes too early for the {place}"
    if file.checksum != f"SHA-256:{digest.hexdigest()}":
        return f"the {place} are not those that were written"
    return None


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
