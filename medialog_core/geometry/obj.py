"""OBJ: text; lines that begin with `v` are vertices, with `f` faces."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .model import NO_FACES, Model, Unusable, fans, to_bytes
from .numbers import parse, pieces

_VERTEX = re.compile(rb"^[ \t]*v[ \t]+([^\r\n#]+)", re.MULTILINE)
_PLACE = re.compile(rb"^[ \t]*v[ \t]+([^\s#]+[ \t]+[^\s#]+[ \t]+[^\s#]+)", re.MULTILINE)
_FACE = re.compile(rb"^[ \t]*f[ \t]+([^\r\n#]+)", re.MULTILINE)
_AFTER_SLASH = re.compile(rb"/\S*")
_LIBRARY = re.compile(rb"^[ \t]*mtllib[ \t]+([^\r\n]+)", re.MULTILINE)
_COLOURED = 6


def check(data: bytes) -> None:
    """Look for a vertex.

    Raises:
        Unusable: There is none.
    """
    if _VERTEX.search(_plain(data)) is None:
        raise Unusable("no line of it begins with 'v ', which is a vertex")


def references(data: bytes) -> tuple[str, ...]:
    """Give the names of the libraries of materials, which are other files."""
    return tuple(name.decode(errors="replace").strip() for name in _found(_LIBRARY, _plain(data)))


def read(data: bytes) -> Model:
    """Read vertices, their colours if they have any, and faces, which become triangles.

    Faces that count vertices backwards and stand between them are not read.

    Raises:
        ValueError: A vertex or a face is not made of numbers.
    """
    data = _plain(data)
    vertices, colors = _vertices(data)
    return Model(vertices, _faces(data, len(vertices)), colors)


def _plain(data: bytes) -> bytes:
    """Give the text as the patterns expect it: no byte order mark, lines that end with a line feed."""
    data = data.removeprefix(BOM_UTF8)
    return data if b"\n" in data else data.replace(b"\r", b"\n")


def _vertices(data: bytes) -> tuple[NDArray[np.float64], NDArray[np.uint8] | None]:
    lines = list(_found(_VERTEX, data))
    width = len(lines[0].split())
    numbers = parse(b"\n".join(lines))
    if numbers.size != width * len(lines):  # some have a weight or a colour, others none
        return parse(b"\n".join(_found(_PLACE, data))).reshape(-1, 3), None
    table = numbers.reshape(-1, width)
    return table[:, :3], to_bytes(table[:, 3:6]) if width >= _COLOURED else None


def _faces(data: bytes, vertices: int) -> NDArray[np.int32] | None:
    lines = [_AFTER_SLASH.sub(b"", line) for line in _joined(_FACE, data)]
    text = b"".join(lines)
    if not text:
        return NO_FACES
    flat = parse(text).astype(np.int64)
    ends = np.flatnonzero(flat == 0)  # no corner is 0: `_joined` put it behind each face
    corners = flat[flat != 0]
    if (corners < 0).any() and _has_vertices_after_a_face(data):
        return None
    sizes = np.diff(ends, prepend=-1) - 1
    return fans(np.where(corners < 0, corners + vertices, corners - 1), sizes)


def _has_vertices_after_a_face(data: bytes) -> bool:
    after = False
    for piece in pieces(data):
        face = None if after else _FACE.search(piece)
        after = after or face is not None
        if after and _VERTEX.search(piece, 0 if face is None else face.end()):
            return True
    return False


def _found(pattern: re.Pattern[bytes], data: bytes) -> Iterator[bytes]:
    for piece in pieces(data):
        yield from pattern.findall(piece)


def _joined(pattern: re.Pattern[bytes], data: bytes) -> Iterator[bytes]:
    """Give what is found in each piece as lines that end with a 0."""
    for piece in pieces(data):
        yield b" 0\n".join([*pattern.findall(piece), b""])
