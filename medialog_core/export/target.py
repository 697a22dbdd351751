"""The folder that an export goes into: whole files only, and those that are there already stay."""

from __future__ import annotations

import contextlib
import itertools
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from ..errors import StoreError
from ..schema import File
from ..store import files, layout, rows
from ..store.alone import alone
from ..store.reader import RunReader
from ..store.source import Source

MARKER = "export.json"
_TEMPORARY = ".medialog-tmp"


class Target:
    """Writes files below a folder, each under another name until it is whole.

    Args:
        folder: The folder.
        source: Where the bytes of a `File` are.

    Attributes:
        written, skipped: How many files were written, and how many were there already, as wanted.
        nbytes: How many bytes were written.
    """

    def __init__(self, folder: Path, source: Source) -> None:
        self.folder, self._source = folder, source
        self.written = self.skipped = self.nbytes = 0
        self._made: set[Path] = set()
        self._numbers = itertools.count()

    @contextlib.contextmanager
    def opened(self, run: RunReader, options: dict[str, Any]) -> Iterator[None]:
        """Take the folder for a run's export, alone.

        Raises:
            StoreError: It holds something else, or lies in the run, or another export is at it.
        """
        _refuse_inside(self.folder, run.path)
        mine = {"run": run.id, "created": run.info.created, **options}
        _refuse_others(self.folder, mine)
        temporary = self.folder / _TEMPORARY
        temporary.mkdir(parents=True, exist_ok=True)
        if not (self.folder / MARKER).exists():
            self.put(MARKER, to_json(mine))
        with alone(self.folder / MARKER):
            shutil.rmtree(temporary)
            temporary.mkdir()
            self.written = self.skipped = self.nbytes = 0
            yield
            shutil.rmtree(temporary)

    def put(self, name: str, content: File | bytes) -> None:
        """Write a file, unless it is there as wanted.

        Args:
            name: Its path below the folder, with `/`.
            content: What is in it.

        Raises:
            StoreError: The run's bytes are missing or damaged; the file is not written.
            OSError: It cannot be written.
        """
        if is_there(self.folder / name, content):
            self.skipped += 1
            return
        with self.whole(name) as opened:
            for data in self._pieces(content):
                opened.write(data)

    def note(self, name: str, data: bytes) -> None:
        """Write a file of the export's own, as often as it changes; it is not counted."""
        if not is_there(self.folder / name, data):
            temporary = self.temporary()
            temporary.write_bytes(data)
            temporary.replace(self.folder / name)

    @contextlib.contextmanager
    def whole(self, name: str) -> Iterator[BinaryIO]:
        """Give a file to be written, which gets its name at the end if nothing is raised."""
        temporary = self.temporary()
        try:
            with temporary.open("wb") as opened:
                yield opened
            self.adopt(temporary, name)
        finally:
            temporary.unlink(missing_ok=True)

    def temporary(self) -> Path:
        """Give a new path for a file that is not whole yet."""
        return self.folder / _TEMPORARY / str(next(self._numbers))

    def adopt(self, temporary: Path, name: str) -> None:
        """Give a whole file its name."""
        path = self.folder / name
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        self.nbytes += temporary.stat().st_size
        temporary.replace(path)
        self.written += 1

    def _pieces(self, content: File | bytes) -> Iterable[bytes]:
        return self._source.checked(content) if isinstance(content, File) else (content,)


def to_json(value: Any) -> bytes:
    """Give JSON for people, as bytes of a file; NaN and infinities are their names."""
    return msgspec.json.format(rows.to_json(value).encode(), indent=2) + b"\n"


def is_next(opened: BinaryIO, content: File | bytes) -> bool:
    """Say whether these bytes come next in an open file; it stands behind them then."""
    if isinstance(content, bytes):
        return opened.read(len(content)) == content
    return files.checksum(files.pieces(opened, content.size)) == content.checksum


def is_there(path: Path, content: File | bytes) -> bool:
    """Say whether a file is there and holds these bytes."""
    size = content.size if isinstance(content, File) else len(content)
    try:
        if path.stat().st_size != size:
            return False
        with path.open("rb") as opened:
            return is_next(opened, content)
    except FileNotFoundError:
        return False


def _refuse_inside(folder: Path, run: Path) -> None:
    if folder.resolve().is_relative_to(run.resolve()):
        raise StoreError(f"{folder}: lies in the run that is exported; name a folder outside it")


def _refuse_others(folder: Path, mine: dict[str, Any]) -> None:
    """Raise if the folder holds anything but the beginning, or all, of this very export."""
    if (folder / layout.RUN_FILE).exists() and not (folder / MARKER).exists():
        raise StoreError(f"{folder}: is a run itself; name a new folder")
    try:
        said = msgspec.json.decode((folder / MARKER).read_bytes())
    except FileNotFoundError:
        if folder.exists() and any(path.name != _TEMPORARY for path in folder.iterdir()):
            raise StoreError(
                f"{folder}: is not empty and holds no export; name a new folder"
            ) from None
        return
    except msgspec.DecodeError as error:
        raise StoreError(f"{folder / MARKER}: cannot be read: {error}") from error
    if said.get("run") != mine["run"] or said.get("created") != mine["created"]:
        raise StoreError(
            f"{folder}: holds an export of another run, {said.get('run')!r}; name another folder"
        )
    if other := [name for name, value in mine.items() if said.get(name) != value]:
        raise StoreError(
            f"{folder}: holds an export of this run with another choice of {', '.join(other)}: "
            f"{said.get(other[0])!r}, not {mine[other[0]]!r}; name another folder"
        )
