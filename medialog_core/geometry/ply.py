"""PLY: a header of text that names elements and their properties, then numbers, binary or text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .model import NO_FACES, Model, Unusable, fans, to_bytes
from .numbers import parse

_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1",
    "short": "i2", "int16": "i2", "ushort": "u2", "uint16": "u2",
    "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4",
    "float": "f4", "float32": "f4", "double": "f8", "float64": "f8",
}  # fmt: skip
_ORDERS = {"binary_little_endian": "<", "binary_big_endian": ">", "ascii": ""}
_END = b"end_header"
_HEADER_BYTES = 64 * 1024
_COLOR_TYPES = {"u1": 255.0, "u2": 65535.0, "f4": 1.0, "f8": 1.0}
"""What is full brightness."""
_CORNERS = ("vertex_indices", "vertex_index")
_PLACE, _COLORS = ("x", "y", "z"), ("red", "green", "blue")


class Property(NamedTuple):
    """A number of an element or, with `length`, a list of them that the type `length` counts."""

    name: str
    type: str
    length: str | None


class Element(NamedTuple):
    """What there are `number` of, each with these properties."""

    name: str
    number: int
    properties: Sequence[Property]


class Header(NamedTuple):
    """The header; `start` is where the numbers begin and `order` their byte order, "" of text."""

    order: str
    elements: Sequence[Element]
    start: int


def check(data: bytes) -> None:
    """Check the header, and that there are as many bytes or lines as it needs.

    Raises:
        Unusable: It is no PLY, or cut short.
    """
    header = _header(data)
    vertices = _element(header, "vertex")
    names = [one.name for one in vertices.properties]
    if not set(_PLACE) <= set(names):
        raise Unusable(f"its vertices need the properties x, y, z, but have {names}")
    if not header.order:
        lines = data.count(b"\n", header.start) + (not data.endswith(b"\n"))
        needed, unit = sum(one.number for one in header.elements), "lines"
        came = lines
    else:
        needed, unit = sum(one.number * _least_bytes(one) for one in header.elements), "bytes"
        came = len(data) - header.start
    if came < needed:
        raise Unusable(f"after its header {needed} {unit} are needed, but it has {came}")


def read(data: bytes) -> Model:
    """Read vertices, their colours, and faces if all have equally many corners.

    Raises:
        ValueError: Its elements come in an order, or with lists, that this reader does not know.
    """
    header = _header(data)
    if [one.name for one in header.elements[:1]] != ["vertex"]:
        raise Unusable("vertices are not its first element")
    if any(one.length for one in header.elements[0].properties):
        raise Unusable("its vertices have lists")
    return (_read_binary if header.order else _read_text)(data, header)


def _header(data: bytes) -> Header:
    end = data.find(_END, 0, _HEADER_BYTES)
    if data[:3] != b"ply" or end < 0:
        raise Unusable("it has no header from 'ply' to 'end_header'")
    start = data.find(b"\n", end) + 1
    order: str | None = None
    elements: list[Element] = []
    for line in data[:end].decode("latin-1").splitlines():
        words = line.split()
        if words[:1] == ["format"]:
            order = _ORDERS.get(words[1] if len(words) > 1 else "")
        elif words[:1] == ["element"]:
            elements.append(_new_element(words))
        elif words[:1] == ["property"]:
            _add_property(elements, words)
    if order is None or not start:
        raise Unusable(f"its header has none of the formats {sorted(_ORDERS)}")
    return Header(order, elements, start)


def _new_element(words: list[str]) -> Element:
    if len(words) != 3 or not words[2].isdecimal():  # noqa: PLR2004
        raise Unusable(f"its header has the line {' '.join(words)!r}")
    return Element(words[1], int(words[2]), [])


def _add_property(elements: list[Element], words: list[str]) -> None:
    listed = words[1:2] == ["list"]
    types = words[2:4] if listed else words[1:2]
    known = all(type_ in _TYPES for type_ in types)
    if not elements or not known or len(words) != (5 if listed else 3):
        raise Unusable(f"its header has the line {' '.join(words)!r}")
    codes = [_TYPES[type_] for type_ in types]
    one = Property(words[-1], codes[-1], codes[0] if listed else None)
    elements[-1] = elements[-1]._replace(properties=[*elements[-1].properties, one])


def _element(header: Header, name: str) -> Element:
    found = next((one for one in header.elements if one.name == name), None)
    if found is None:
        raise Unusable(f"its header names no element {name!r}")
    return found


def _least_bytes(element: Element) -> int:
    """Give what each takes at least: a list may be empty, but for a face's of its three corners."""
    return sum(_least(one) for one in element.properties)


def _least(one: Property) -> int:
    size = np.dtype(one.type).itemsize
    if one.length is None:
        return size
    corners = 3 if one.name in _CORNERS else 0
    return np.dtype(one.length).itemsize + corners * size


def _read_text(data: bytes, header: Header) -> Model:
    vertices = header.elements[0]
    width = len(vertices.properties)
    flat = parse(data[header.start :])
    table = flat[: vertices.number * width].reshape(vertices.number, width)
    columns = {one.name: table[:, i] for i, one in enumerate(vertices.properties)}
    rest = flat[vertices.number * width :]
    return _model(columns, vertices, _faces(header, lambda face: _text_faces(rest, face)))


def _read_binary(data: bytes, header: Header) -> Model:
    vertices = header.elements[0]
    kind = np.dtype([(one.name, header.order + one.type) for one in vertices.properties])
    table = np.frombuffer(data, kind, vertices.number, header.start)
    columns = {one.name: table[one.name] for one in vertices.properties}
    start = header.start + table.nbytes
    faces = _faces(header, lambda face: _binary_faces(data, start, face, header.order))
    return _model(columns, vertices, faces)


def _faces(
    header: Header, read_faces: Callable[[Element], NDArray[np.int32] | None]
) -> NDArray[np.int32] | None:
    """Give the triangles; None where faces differ in size, so that they stand at no known place."""
    faces = next((one for one in header.elements[1:] if one.name == "face"), None)
    if faces is None or not faces.number:
        return NO_FACES
    if (
        faces is not header.elements[1]
        or sum(one.length is not None for one in faces.properties) != 1
    ):
        return None
    try:
        return read_faces(faces)
    except ValueError:  # there is less left than equal sizes would take
        return None


def _text_faces(flat: NDArray[np.float64], element: Element) -> NDArray[np.int32] | None:
    if len(element.properties) != 1:
        return None
    size = int(flat[0]) + 1
    table = flat[: element.number * size].reshape(element.number, size).astype(np.int64)
    return _fans(table[:, 0], table[:, 1:])


def _binary_faces(
    data: bytes, start: int, element: Element, order: str
) -> NDArray[np.int32] | None:
    place, corners = next((i, p) for i, p in enumerate(element.properties) if p.length)
    before = sum(np.dtype(one.type).itemsize for one in element.properties[:place])
    size = int(np.frombuffer(data, order + str(corners.length), 1, start + before)[0])
    kind = np.dtype([_field(one, order, size) for one in element.properties])
    table = np.frombuffer(data, kind, element.number, start)[corners.name]
    return _fans(table["size"].astype(np.int64), table["corners"].astype(np.int64))


def _field(one: Property, order: str, size: int) -> tuple[str, Any]:
    if one.length is None:
        return one.name, order + one.type
    return one.name, [("size", order + one.length), ("corners", order + one.type, (size,))]


def _fans(sizes: NDArray[np.int64], corners: NDArray[np.int64]) -> NDArray[np.int32] | None:
    same = bool((sizes == corners.shape[1]).all())
    return fans(corners.reshape(-1), sizes) if same else None


def _model(
    columns: dict[str, NDArray[Any]], element: Element, faces: NDArray[np.int32] | None
) -> Model:
    vertices = np.stack([columns[name] for name in _PLACE], axis=1).astype(np.float64)
    types = {one.type for one in element.properties if one.name in _COLORS}
    convert = _COLOR_TYPES.get(types.pop()) if len(types) == 1 else None
    if convert is None or not set(_COLORS) <= columns.keys():
        return Model(vertices, faces)
    colors = np.stack([columns[name] for name in _COLORS], axis=1).astype(np.float64)
    return Model(vertices, faces, to_bytes(colors / convert))
