"""What the tests of 3-D share: a torus as triangles, and as a file of each format."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray


class Torus(NamedTuple):
    """Triangles around the z axis; `around` and `tube` are its radii."""

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    around: float
    tube: float


@pytest.fixture(scope="session")
def torus() -> Torus:
    return make_torus(48, 24)


@pytest.fixture(scope="session")
def file_of() -> Callable[..., bytes]:
    """Write a torus as a file of some form."""
    return lambda form, torus: WRITERS[form](torus.vertices, torus.faces)


@pytest.fixture(scope="session")
def make() -> Callable[[int, int], Torus]:
    return make_torus


def make_torus(steps: int, sides: int, around: float = 2.0, tube: float = 0.5) -> Torus:
    u, v = np.meshgrid(
        np.arange(steps) * 2 * np.pi / steps, np.arange(sides) * 2 * np.pi / sides, indexing="ij"
    )
    reach = around + tube * np.cos(v)
    vertices = np.stack([reach * np.cos(u), reach * np.sin(u), tube * np.sin(v)], axis=-1)
    here = np.arange(steps * sides).reshape(steps, sides)
    ahead, up, across = np.roll(here, -1, 0), np.roll(here, -1, 1), np.roll(here, (-1, -1), (0, 1))
    quads = np.stack([here, ahead, across, up], axis=-1).reshape(-1, 4)
    faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    return Torus(vertices.reshape(-1, 3).astype(np.float32), faces.astype(np.int32), around, tube)


def _obj(vertices: Any, faces: Any) -> bytes:
    lines = ["# a torus", "mtllib torus.mtl"]
    lines += [f"v {x:.9g} {y:.9g} {z:.9g}" for x, y, z in vertices]
    lines += ["vn 0 0 1"]
    lines += [f"f {a + 1}//1 {b + 1}//1 {c + 1}//1" for a, b, c in faces]
    return "\n".join(lines).encode()


def _stl(vertices: Any, faces: Any) -> bytes:
    corners = vertices[faces]
    body = b"".join(struct.pack("<12fH", 0, 0, 0, *one.reshape(-1).tolist(), 0) for one in corners)
    return b"a torus".ljust(80) + struct.pack("<I", len(faces)) + body


def _stl_text(vertices: Any, faces: Any) -> bytes:
    lines = ["solid vertex of nothing"]
    for corners in vertices[faces]:
        lines += ["facet normal 0 0 0", "outer loop"]
        lines += [f"  vertex {x:.9g} {y:.9e} {z:.9g}" for x, y, z in corners]
        lines += ["endloop", "endfacet"]
    return "\r\n".join([*lines, "endsolid"]).encode()


def _ply(order: str) -> Callable[[Any, Any], bytes]:
    names = {"<": "binary_little_endian", ">": "binary_big_endian", "": "ascii"}

    def write(vertices: Any, faces: Any) -> bytes:
        head = (
            f"ply\nformat {names[order]} 1.0\ncomment a torus\nelement vertex {len(vertices)}\n"
            "property float x\nproperty float y\nproperty float z\nproperty uchar red\n"
            "property uchar green\nproperty uchar blue\n"
            f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
        ).encode()
        if not order:
            rows = [f"{x:.9g} {y:.9g} {z:.9g} 200 100 50" for x, y, z in vertices]
            return head + "\n".join(rows + [f"3 {a} {b} {c}" for a, b, c in faces]).encode()
        rows_ = [struct.pack(f"{order}3f3B", *one.tolist(), 200, 100, 50) for one in vertices]
        return head + b"".join(
            rows_ + [struct.pack(f"{order}B3i", 3, *one.tolist()) for one in faces]
        )

    return write


def _document(vertices: Any, faces: Any) -> tuple[dict[str, Any], bytes]:
    """Give a glTF whose node turns, moves and doubles the torus, and its buffer."""
    half = 0.5**0.5
    places, corners = vertices.astype("<f4").tobytes(), faces.astype("<u2").tobytes()
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [
            {"translation": [10, 20, 30], "children": [1]},
            {"rotation": [half, 0, 0, half], "scale": [2, 2, 2], "mesh": 0},
        ],
        "materials": [{"pbrMetallicRoughness": {"baseColorFactor": [1, 0, 0, 1]}}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": len(vertices), "type": "VEC3"},
            {"bufferView": 1, "componentType": 5123, "count": faces.size, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteLength": len(places)},
            {"buffer": 0, "byteOffset": len(places), "byteLength": len(corners)},
        ],
        "buffers": [{"byteLength": len(places) + len(corners)}],
    }
    return document, places + corners


def _gltf(vertices: Any, faces: Any) -> bytes:
    document, buffer = _document(vertices, faces)
    document["buffers"][0]["uri"] = (
        "data:application/octet-stream;base64," + base64.b64encode(buffer).decode()
    )
    return json.dumps(document).encode()


def _glb(vertices: Any, faces: Any) -> bytes:
    document, buffer = _document(vertices, faces)
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    buffer += b"\0" * (-len(buffer) % 4)
    body = struct.pack("<I4s", len(text), b"JSON") + text
    body += struct.pack("<I4s", len(buffer), b"BIN\0") + buffer
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


WRITERS: dict[str, Callable[[Any, Any], bytes]] = {
    "obj": _obj,
    "stl": _stl,
    "stl text": _stl_text,
    "ply": _ply("<"),
    "ply big": _ply(">"),
    "ply text": _ply(""),
    "gltf": _gltf,
    "glb": _glb,
}
