"""Files of the user's own, whose bytes are kept as they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..arrays import describe
from ..checks import check_text
from ..errors import InvalidInput, WrongType
from ..payload import Blob

_REMOTE = ("http://", "https://", "s3://", "gs://", "ftp://")


class Kept(NamedTuple):
    """A file's bytes, its ending in small letters and without the dot, and its name for errors."""

    data: bytes
    extension: str
    name: str

    def blob(self, content_type: str) -> Blob:
        """Give the bytes as a value's own file."""
        return Blob.of(self.data, content_type, self.extension)


def is_file(value: object) -> bool:
    """Say whether `value` is a path or an open file."""
    return isinstance(value, str | os.PathLike) or hasattr(value, "read")


def refuse_remote(source: Any, field: str) -> None:
    """Refuse an address on another machine: nothing is fetched.

    Raises:
        InvalidInput: It is one.
    """
    if isinstance(source, str) and source.lower().startswith(_REMOTE):
        raise InvalidInput(
            f"{field}: expected a file on this machine, got the address {source!r}; "
            "download it and give its path"
        )


def read(
    source: Any,
    extensions: Sequence[str],
    field: str,
    *,
    file_type: str | None = None,
    unnamed: str | None = None,
    option: str = "file_type",
) -> Kept:
    """Read a file at once, so that it may change or go afterwards.

    Args:
        source: A path, or a file that is open for reading, whose position stays where it was if it
            can be set.
        extensions: What it may end with, e.g. `("mp4", "pts.json")`.
        field: What to call it in an error, e.g. `Video: data_or_path`.
        file_type: The ending of an open file that has no name, or of one with another.
        unnamed: The ending of an open file that has no name, where `file_type` does not say it.
        option: The caller's own argument for `file_type`, for the error.

    Raises:
        InvalidInput: Another ending, no ending that is known, an address, or no bytes.
        WrongType: Neither a path nor an open file.
        OSError: It cannot be read.
    """
    refuse_remote(source, field)
    _refuse_content(source, field)
    if isinstance(source, str | os.PathLike):
        path = Path(os.fsdecode(source))
        extension = _extension(path.name, extensions, field, file_type, option)
        return _filled(Kept(path.read_bytes(), extension, str(path)), field)
    if hasattr(source, "read"):
        name = getattr(source, "name", None)
        if not isinstance(name, str):
            name, file_type = "", file_type or unnamed
        extension = _extension(name, extensions, field, file_type, option)
        name = name or type(source).__name__
        return _filled(Kept(_content(source, field), extension, name), field)
    raise WrongType(f"{field}: expected a path or an open file, got {describe(source)}")


def _refuse_content(source: Any, field: str) -> None:
    """Refuse what stands in a file in place of the file."""
    is_text = isinstance(source, str) and "\n" in source and not os.path.exists(source)  # noqa: PTH110 - no path at all is no error
    if is_text or isinstance(source, bytes | bytearray):
        error = InvalidInput if is_text else WrongType
        fix = "a text as io.StringIO(text)" if is_text else "bytes as io.BytesIO(data)"
        raise error(f"{field}: expected a path or an open file, got {describe(source)}; pass {fix}")


def _extension(
    name: str, extensions: Sequence[str], field: str, file_type: str | None, option: str
) -> str:
    wanted = file_type.lower().lstrip(".") if file_type else name.lower()
    for extension in sorted(extensions, key=len, reverse=True):
        if wanted == extension if file_type else wanted.endswith(f".{extension}"):
            return extension
    without_name = f"an open file without a name; state it with {option}="
    came = f"{option}={file_type!r}" if file_type else repr(name) if name else without_name
    raise InvalidInput(f"{field}: expected a file of {', '.join(extensions)}, got {came}")


def _content(source: Any, field: str) -> bytes:
    tell: Callable[[], int] | None = getattr(source, "tell", None)
    seekable = getattr(source, "seekable", None)
    place = tell() if tell is not None and seekable is not None and seekable() else None
    try:
        data = source.read()
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{field}: {describe(source)} is open as text, but is none ({error}); open it with mode 'rb'"
        ) from None
    if place is not None:
        source.seek(place)
    if isinstance(data, str):
        return check_text(data, field).encode()
    if not isinstance(data, bytes | bytearray | memoryview):
        raise WrongType(f"{field}: expected a file that gives bytes or text, got {describe(data)}")
    return bytes(data)


def _filled(kept: Kept, field: str) -> Kept:
    if not kept.data:
        raise InvalidInput(
            f"{field}: {kept.name} is empty, or open at its end; write it first, and seek(0)"
        )
    return kept
