"""A video held as the bytes of a file: the user's own, or one read back from a store."""

from __future__ import annotations

import os
import warnings
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidInput
from ...film import animated, files
from ...lazy import cached_property
from ...payload import Blob
from ...schema import VideoMeta
from .. import kept
from ..images import conversion

Array = NDArray[Any]
_FIELD = "Video: data_or_path"
_ENDINGS = tuple(files.CONTENT_TYPES)
_EXTENSION = {
    content_type: ending for ending, content_type in reversed(files.CONTENT_TYPES.items())
}


class Footage:
    """A file's bytes, kept exactly, and what is known of its pictures.

    Args:
        blob: The bytes.
        meta: What is known already; None to look when it is first asked for.
    """

    def __init__(self, blob: Blob, meta: VideoMeta | None = None) -> None:
        self.blob = blob
        self._known = meta

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds."""
        return len(self.blob.data)

    @property
    def fps(self) -> float | None:
        """Frames a second, on average; None where nothing here can tell."""
        return self.meta.fps

    @cached_property
    def meta(self) -> VideoMeta:
        """What is known of it."""
        return self._known or files.probe(self.blob.data, self.blob.content_type)

    def has_bytes_of(self, other: Footage) -> bool:
        """Say whether the two are the same file."""
        return self.blob.data == other.blob.data

    def extent(self) -> conversion.Extent | None:
        """Nothing is left to decide."""
        return None

    def encode(self, _rule: str) -> tuple[Blob, VideoMeta]:
        """Give the file as it is."""
        return self.blob, msgspec.structs.replace(self.meta, of=None)

    def to_numpy(self, _rule: str) -> Array:
        """Decode the file to T×H×W×C uint8.

        Raises:
            MissingExtra: It needs PyAV, which is not there.
            InvalidInput: It is broken behind its beginning.
        """
        data, kind, known = self.blob.data, self.blob.content_type, self.meta
        try:
            if known.width is None:  # where it was logged, nothing could read it
                known = files.probe(data, kind)
            return np.stack(list(files.read(data, kind, known)))
        except (*animated.ERRORS, IndexError) as error:
            raise InvalidInput(f"{_FIELD}: its file ({kind}) cannot be decoded: {error}") from error

    def __repr__(self) -> str:
        return self.blob.content_type


def from_file(source: Any, format: str | None) -> Footage:
    """Keep a file's bytes.

    Args:
        source: A path, or an open file.
        format: What an open file without a name, or a path with an unknown ending, is.

    Raises:
        InvalidInput: It is of no known kind, or broken.
        WrongType: It gives no bytes.
        OSError: It cannot be read.
    """
    stated = None if format is None else str(format).lower().lstrip(".")
    if stated is not None and stated not in _ENDINGS:
        raise InvalidInput(f"Video: format: expected one of {', '.join(_ENDINGS)}, got {format!r}")
    named = _ending_of(source)
    if named is None and stated is None and hasattr(source, "read"):
        raise InvalidInput(
            f"Video: format: an open file without a name needs one of {', '.join(_ENDINGS)}, got None"
        )
    file = kept.read(source, _ENDINGS, _FIELD, file_type=stated if named is None else None)
    try:
        files.check(file.data, file.extension)
    except ValueError as error:
        raise InvalidInput(
            f"{_FIELD}: {file.name} is no {file.extension} that can be read ({error})"
        ) from None
    if stated not in (None, file.extension):
        _warn(f"format={format!r} is ignored: {file.name} is kept as it is")
    return Footage(file.blob(files.CONTENT_TYPES[file.extension]))


def warn_of_fps(fps: float, source: Any) -> None:
    """Say that a file has a frame rate of its own."""
    name = source if isinstance(source, str | os.PathLike) else type(source).__name__
    _warn(f"fps={fps!r} is ignored: {name} is kept as it is, with its own frame rate")


def from_blob(blob: Blob, meta: VideoMeta) -> Footage:
    """Give what was read back; its file is read when its frames are asked for."""
    extension = _EXTENSION.get(blob.content_type, blob.extension)
    data = Blob(lambda: blob.data, blob.content_type, extension, digest=blob.digest)
    return Footage(data, meta)


def _ending_of(source: Any) -> str | None:
    name = source if isinstance(source, str | os.PathLike) else getattr(source, "name", "")
    if not isinstance(name, str | os.PathLike):
        return None
    ending = os.fsdecode(name).lower().rpartition(".")[2]
    return ending if ending in _ENDINGS else None


def _warn(message: str) -> None:
    warnings.warn(
        f"Video: {message}; other frames or another rate are made of its frames: "
        "Video(Video(path).to_numpy(), fps=..., format=...)",
        stacklevel=5,
    )
