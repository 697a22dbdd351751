"""Reads the bytes that a row names."""

from __future__ import annotations

import time
from pathlib import Path, PurePosixPath

from ..errors import StoreError
from ..schema import File

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


def _read_once(path: Path, file: File) -> bytes:
    try:
        with path.open("rb", buffering=0) as opened:
            opened.seek(file.offset or 0)
            return opened.read(file.size)
    except FileNotFoundError as error:
        raise StoreError(f"{path}: missing, though a row names {file.size} bytes of it") from error
