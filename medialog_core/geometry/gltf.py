"""glTF 2: a JSON document of nodes, meshes and accessors into buffers; GLB has both in one file."""

from __future__ import annotations

import binascii
import struct
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .model import NO_FACES, Model, Unusable, fans, from_json, to_bytes
from .rotation import rotation

Json = dict[str, Any]
_HEAD, _CHUNK = struct.Struct("<4sII"), struct.Struct("<I4s")
_VERSION = 2
_TYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_GREY = 160


class Document(NamedTuple):
    """The document, the buffer that a GLB carries besides it, and all buffers once it is read."""

    json: Json
    binary: bytes
    buffers: Sequence[bytes] = ()


class _Part(NamedTuple):
    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    colors: NDArray[np.uint8] | None


def check_glb(data: bytes) -> None:
    """Check the beginning, the lengths and the document of a GLB.

    Raises:
        Unusable: It is no GLB of version 2, cut short, or needs another file.
    """
    _check(_split(data))


def check_gltf(data: bytes) -> None:
    """Check the document of a glTF.

    Raises:
        Unusable: It is no JSON, no glTF of version 2, or needs another file.
    """
    _check(Document(_parsed(data), b""))


def read_glb(data: bytes) -> Model:
    """Read the meshes of a GLB as they stand in its scene.

    Raises:
        ValueError: An accessor is sparse or compressed.
        LookupError: It names what it does not have.
    """
    return _read(_split(data))


def read_gltf(data: bytes) -> Model:
    """Read the meshes of a glTF as they stand in its scene; raises as `read_glb`."""
    return _read(Document(_parsed(data), b""))


def _split(data: bytes) -> Document:
    if data[:4] != b"glTF" or len(data) < _HEAD.size + _CHUNK.size:
        raise Unusable(f"it begins with {data[:4]!r} instead of b'glTF'")
    _, version, length = _HEAD.unpack_from(data)
    if version != _VERSION:
        raise Unusable(f"it is of version {version}, only version 2 is read")
    if length != len(data):
        raise Unusable(f"its header says {length} bytes, but it has {len(data)}")
    chunks = dict(_chunks(data))
    if b"JSON" not in chunks:
        raise Unusable("it has no chunk of JSON")
    return Document(_parsed(chunks[b"JSON"]), chunks.get(b"BIN\0", b""))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = _HEAD.size
    while place + _CHUNK.size <= len(data):
        length, kind = _CHUNK.unpack_from(data, place)
        place += _CHUNK.size + length
        if place > len(data):
            raise Unusable(f"its chunk {kind!r} ends beyond the file")
        yield kind, data[place - length : place]


def _parsed(text: bytes) -> Json:
    document: Json = from_json(text, dict)
    asset = document.get("asset")
    if not isinstance(asset, dict) or not str(asset.get("version", "")).startswith("2"):
        raise Unusable(f"its 'asset' has no version 2, but {asset!r}")
    return document


def _check(document: Document) -> None:
    for name in ("buffers", "images"):
        for one in document.json.get(name, ()):
            uri = one.get("uri")
            if uri is not None and not uri.startswith("data:"):
                raise Unusable(f"its {name} name another file, {uri!r}; export it as .glb")
    for buffer in document.json.get("buffers", ())[:1]:
        if "uri" not in buffer and buffer["byteLength"] > len(document.binary):
            raise Unusable(
                f"it needs a buffer of {buffer['byteLength']} bytes, but has {len(document.binary)}"
            )


def _read(document: Document) -> Model:
    buffers = [_buffer(document, one) for one in document.json.get("buffers", ())]
    parts = list(_parts(document._replace(buffers=buffers)))
    if not parts:
        return Model(np.empty((0, 3)))
    starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    faces = [part.faces + start for part, start in zip(parts, starts, strict=False)]
    colors = None
    if any(part.colors is not None for part in parts):
        colors = np.concatenate([_filled(part) for part in parts])
    vertices = np.concatenate([part.vertices for part in parts])
    return Model(vertices, np.concatenate(faces).astype(np.int32), colors)


def _filled(part: _Part) -> NDArray[np.uint8]:
    grey = np.full(part.vertices.shape, _GREY, np.uint8)
    return grey if part.colors is None else part.colors


def _parts(document: Document) -> Iterator[_Part]:
    json = document.json
    scenes = json.get("scenes") or [{"nodes": list(range(len(json.get("nodes", ()))))}]
    waiting = [(place, np.eye(4)) for place in scenes[json.get("scene", 0)].get("nodes", ())]
    visits = len(json.get("nodes", ()))
    while waiting:
        place, above = waiting.pop()
        visits -= 1
        if visits < 0:
            raise Unusable("its nodes are no tree")
        node = json["nodes"][place]
        matrix = above @ _matrix(node)
        waiting += [(child, matrix) for child in node.get("children", ())]
        if "mesh" in node:
            for primitive in json["meshes"][node["mesh"]]["primitives"]:
                yield _part(document, primitive, matrix)


def _matrix(node: Json) -> NDArray[np.float64]:
    """Give where a node stands; the file has matrices column by column."""
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    matrix = np.eye(4)
    matrix[:3, :3] = rotation(
        np.array(node.get("rotation", (0, 0, 0, 1)), np.float64)[[3, 0, 1, 2]]
    )
    matrix[:3, :3] *= np.array(node.get("scale", (1, 1, 1)), np.float64)
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


def _part(document: Document, primitive: Json, matrix: NDArray[np.float64]) -> _Part:
    attributes = primitive["attributes"]
    places = _places(document, attributes["POSITION"])
    vertices = places @ matrix[:3, :3].T + matrix[:3, 3]
    corners = np.arange(len(vertices))
    if "indices" in primitive:
        corners = _accessor(document, primitive["indices"])[:, 0].astype(np.int64)
    faces = _triangles(corners, primitive.get("mode", _TRIANGLES))
    if np.linalg.det(matrix[:3, :3]) < 0:  # a mirror turns the faces inside out
        faces = faces[:, ::-1]
    return _Part(vertices, faces.astype(np.int64), _colors(document, primitive, len(vertices)))


def _places(document: Document, place: int) -> NDArray[np.float64]:
    values = _accessor(document, place)
    if document.json["accessors"][place].get("normalized"):
        return np.maximum(_fractions(values), -1)
    return values.astype(np.float64)


def _triangles(corners: NDArray[np.int64], mode: int) -> NDArray[Any]:
    """Give the triangles; points and lines have none."""
    if mode == _TRIANGLES:
        return corners.reshape(-1, 3)
    if mode == _FAN:
        return fans(corners, np.array([len(corners)]))
    if mode != _STRIP:
        return NO_FACES
    faces = np.stack([corners[:-2], corners[1:-1], corners[2:]], axis=1)
    faces[1::2, :2] = faces[1::2, 1::-1]  # every second one is turned the other way
    return faces


def _colors(document: Document, primitive: Json, count: int) -> NDArray[np.uint8] | None:
    """Give the colours of vertices, times that of the material; linear ones as a screen has them."""
    linear = np.ones((count, 3))
    known = "COLOR_0" in primitive["attributes"]
    if known:
        linear *= _fractions(_accessor(document, primitive["attributes"]["COLOR_0"]))[:, :3]
    if "material" in primitive:
        material = document.json["materials"][primitive["material"]]
        factor = material.get("pbrMetallicRoughness", {}).get("baseColorFactor")
        known = known or factor is not None
        linear *= np.array(factor or (1, 1, 1), np.float64)[:3]
    return to_bytes(np.clip(linear, 0, 1) ** (1 / 2.2)) if known else None


def _fractions(values: NDArray[Any]) -> NDArray[np.float64]:
    full = 1.0 if values.dtype.kind == "f" else float(np.iinfo(values.dtype).max)
    return values.astype(np.float64) / full


def _accessor(document: Document, place: int) -> NDArray[Any]:
    """Give an accessor's values as N×k, of any stride."""
    accessor = document.json["accessors"][place]
    if "sparse" in accessor or "bufferView" not in accessor:
        raise Unusable("it has accessors that are sparse or compressed")
    view = document.json["bufferViews"][accessor["bufferView"]]
    if "EXT_meshopt_compression" in view.get("extensions", {}):
        raise Unusable("it has buffers that are compressed")
    kind, width = np.dtype(_TYPES[accessor["componentType"]]), _WIDTHS[accessor["type"]]
    return np.ndarray(
        (accessor["count"], width),
        kind,
        document.buffers[view["buffer"]],
        view.get("byteOffset", 0) + accessor.get("byteOffset", 0),
        (view.get("byteStride", kind.itemsize * width), kind.itemsize),
    )


def _buffer(document: Document, buffer: Json) -> bytes:
    uri = buffer.get("uri")
    return document.binary if uri is None else binascii.a2b_base64(uri.partition(",")[2])
