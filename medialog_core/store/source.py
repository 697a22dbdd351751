"""Reads many blobs of a run one after another, with the file they lie in kept open."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..errors import StoreError
from ..schema import File
from . import files, tar

_CHUNK_BYTES = 1024 * 1024
_ENDING = re.compile(r"[a-z0-9]{1,10}(\.[a-z0-9]{1,10})?")


class Source:
    """The bytes that rows and tables name; a context manager that closes what it has open.

    Args:
        directory: The run directory.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._path: Path | None = None
        self._opened: BinaryIO | None = None

    def chunks(self, file: File) -> Iterator[bytes]:
        """Give the bytes in pieces of at most 1 MiB.

        Raises:
            StoreError: They are missing, cut short or outside the run directory.
        """
        opened = self._open(file)
        opened.seek(file.offset or 0)
        left = file.size
        while left:
            data = _read(opened, min(left, _CHUNK_BYTES), file)
            if not data:
                raise StoreError(f"{file.uri}: ends {left} bytes too early")
            left -= len(data)
            yield data

    def checked(self, file: File) -> Iterator[bytes]:
        """Give the bytes as `chunks` does, and raise behind the last one if they are wrong.

        Raises:
            StoreError: They are missing, cut short, or not those that were written.
        """
        digest = hashlib.sha256()
        for data in self.chunks(file):
            digest.update(data)
            yield data
        if file.checksum != f"SHA-256:{digest.hexdigest()}":
            raise StoreError(
                f"{file.uri}: the {file.size} bytes at {file.offset or 0} are not those that were written"
            )

    def extension(self, file: File) -> str:
        """Give the ending of the blob's name, without the dot; `bin` if it has none."""
        name = Path(file.uri).name if file.offset is None else self._member(file, file.offset)
        ending = name.partition(".")[2].lower()
        return ending if _ENDING.fullmatch(ending) else "bin"

    def close(self) -> None:
        """Close what is open."""
        if self._opened is not None:
            self._opened.close()
        self._path = self._opened = None

    def __enter__(self) -> Source:  # noqa: PYI034 - Self is in typing from 3.11 on
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _member(self, file: File, offset: int) -> str:
        opened = self._open(file)
        opened.seek(max(0, offset - tar.BLOCK))
        return tar.name(opened.read(tar.BLOCK)) or ""

    def _open(self, file: File) -> BinaryIO:
        path = files.locate(self._directory, file)
        if self._opened is None or self._path != path:
            self.close()
            try:
                self._opened = path.open("rb")
            except FileNotFoundError as error:
                raise StoreError(f"{file.uri}: missing, though it is named") from error
            except OSError as error:
                raise StoreError(f"{file.uri}: cannot be read: {error}") from error
            self._path = path
        return self._opened


def _read(opened: BinaryIO, size: int, file: File) -> bytes:
    try:
        return opened.read(size)
    except OSError as error:
        raise StoreError(f"{file.uri}: cannot be read: {error}") from error
