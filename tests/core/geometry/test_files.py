"""Files of a torus, whose extent, area and volume are known, as our readers see them."""

from __future__ import annotations

import base64
import codecs
import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core.geometry import files, gltf, obj, ply
from medialog_core.geometry.model import Model, Unusable

FORMS = ["obj", "stl", "stl text", "ply", "ply big", "ply text", "gltf", "glb"]


def ending(form: str) -> str:
    return form.split(maxsplit=1)[0]


def read(form: str, data: bytes) -> Model:
    model = files.read(ending(form), data)
    assert model is not None
    return model


def volume(model: Model) -> float:
    """By the divergence theorem: negative where the faces are inside out."""
    assert model.faces is not None
    a, b, c = np.moveaxis(model.vertices[model.faces], 1, 0)
    return float((a * np.cross(b, c)).sum() / 6)


def area(model: Model) -> float:
    assert model.faces is not None
    a, b, c = np.moveaxis(model.vertices[model.faces], 1, 0)
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


@pytest.mark.parametrize("form", FORMS)
def test_a_torus_has_its_area_and_volume(form: str, torus: Any, file_of: Any) -> None:
    model = read(form, file_of(form, torus))
    scale = 2 if ending(form) in ("gltf", "glb") else 1
    right = 2 * np.pi**2 * torus.around * torus.tube**2 * scale**3
    assert volume(model) == pytest.approx(right, rel=0.02)
    assert area(model) == pytest.approx(
        4 * np.pi**2 * torus.around * torus.tube * scale**2, rel=0.02
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_torus_has_its_vertices_and_faces(form: str, torus: Any, file_of: Any) -> None:
    model = read(form, file_of(form, torus))
    assert model.faces is not None
    assert (len(model.vertices), len(model.faces)) == (len(torus.vertices), len(torus.faces))


@pytest.mark.parametrize("form", ["obj", "stl", "stl text", "ply", "ply big", "ply text"])
def test_its_triangles_are_where_they_were(form: str, torus: Any, file_of: Any) -> None:
    model = read(form, file_of(form, torus))
    expected = torus.vertices[torus.faces].astype(np.float64)
    assert np.abs(model.vertices[model.faces] - expected).max() < 1e-6


def test_a_node_turns_moves_and_scales_its_mesh(torus: Any, file_of: Any) -> None:
    x, y, z = torus.vertices.T * 2  # turned by a quarter around x: y becomes z and z becomes -y
    expected = np.stack([x + 10, -z + 20, y + 30], axis=1)
    for form in ("gltf", "glb"):
        assert np.abs(read(form, file_of(form, torus)).vertices - expected).max() < 1e-5


def test_a_mirror_does_not_turn_the_faces_inside_out(torus: Any, file_of: Any) -> None:
    document = json.loads(file_of("gltf", torus))
    document["nodes"][1]["scale"] = [2, -2, 2]
    assert volume(read("gltf", json.dumps(document).encode())) > 0


def test_a_matrix_is_read_column_by_column(torus: Any, file_of: Any) -> None:
    document = json.loads(file_of("gltf", torus))
    document["nodes"][0] = {"matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 6, 7, 1], "mesh": 0}
    model = read("gltf", json.dumps(document).encode())
    assert np.abs(model.vertices - torus.vertices - (5, 6, 7)).max() < 1e-5


def _primitive(
    places: Any, kind: int, mode: int, *, normalized: bool = False, translation: Any = (0, 0, 0)
) -> bytes:
    data = base64.b64encode(places.tobytes()).decode()
    document = {
        "asset": {"version": "2.0"},
        "nodes": [{"mesh": 0, "translation": translation}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "mode": mode}]}],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": kind,
                "normalized": normalized,
                "count": len(places),
                "type": "VEC3",
            }
        ],
        "bufferViews": [{"buffer": 0, "byteLength": places.nbytes}],
        "buffers": [{"byteLength": places.nbytes, "uri": f"data:;base64,{data}"}],
    }
    return json.dumps(document).encode()


def test_places_that_are_normalized_whole_numbers_are_fractions() -> None:
    places = np.array([[32767, 0, 0], [0, -32767, 0], [0, 0, -32768]], "<i2")
    for normalized, scale in ((True, 1 / 32767), (False, 1)):
        data = _primitive(places, 5122, 4, normalized=normalized, translation=[1, 2, 3])
        expected = np.maximum(places * scale, -1 if normalized else -np.inf)
        assert np.allclose(read("gltf", data).vertices - (1, 2, 3), expected)


@pytest.mark.parametrize(
    ("mode", "faces"),
    [
        (0, []),
        (5, [[0, 1, 2], [2, 1, 3], [2, 3, 4]]),
        (6, [[0, 1, 2], [0, 2, 3], [0, 3, 4]]),
    ],
    ids=["points", "strip", "fan"],
)
def test_strips_and_fans_are_triangles(mode: int, faces: list[list[int]]) -> None:
    model = read("gltf", _primitive(np.zeros((5, 3), "<f4"), 5126, mode))
    assert model.faces is not None
    assert model.faces.tolist() == faces


def test_colours_are_read(torus: Any, file_of: Any) -> None:
    for form, expected in {
        "ply": [200, 100, 50],
        "ply text": [200, 100, 50],
        "glb": [255, 0, 0],
    }.items():
        colors = read(form, file_of(form, torus)).colors
        assert colors is not None
        assert (colors == expected).all()


def test_an_obj_may_have_colours_polygons_and_counts_from_the_end() -> None:
    data = b"v 0 0 0 1 0 0\nv 1 0 0 0 1 0\nv 1 1 0 0 0 1\nv 0 1 0 .5 .5 .5\nf 1 2 3 4\nf -4/1/2 -3/1 -1\n"
    model = obj.read(data)
    assert model.faces is not None
    assert model.colors is not None
    assert model.faces.tolist() == [[0, 1, 2], [0, 2, 3], [0, 1, 3]]
    assert model.colors.tolist() == [[255, 0, 0], [0, 255, 0], [0, 0, 255], [128, 128, 128]]


def test_an_obj_with_lines_of_different_lengths_keeps_their_places() -> None:
    model = obj.read(b"v 1 2 3\n  v  4 5 6 1.0\nvt 1 1\nv 7 8 9 1 1 1\n")
    assert model.vertices.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert model.faces is not None
    assert len(model.faces) == 0


def test_an_obj_may_begin_with_a_byte_order_mark() -> None:
    data = codecs.BOM_UTF8 + b"v 1 2 3\nv 4 5 6\nv 7 8 9\nv 0 0 0\nf 1 2 3\n"
    model = obj.read(data)
    assert model.vertices.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9], [0, 0, 0]]
    obj.check(data[:11])


def test_the_lines_of_an_obj_may_end_as_on_old_macintoshes() -> None:
    model = obj.read(b"v 1 2 3\rv 4 5 6\rv 7 8 9\rf 1 2 3\r")
    assert model.vertices.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert model.faces is not None
    assert model.faces.tolist() == [[0, 1, 2]]
    obj.check(b"# a comment\rv 1 2 3\r")
    assert obj.references(b"# a comment\rmtllib a.mtl\r") == ("a.mtl",)


def test_an_obj_may_have_comments_at_the_ends_of_its_lines() -> None:
    model = obj.read(b"v 1 2 3 # 1\nv 4 5 6#2\nv 7 8 9 1 1 1\nf 1 2 3 # 4 5\n")
    assert model.vertices.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert model.faces is not None
    assert model.faces.tolist() == [[0, 1, 2]]


@pytest.mark.parametrize("gap", [" ", "\t"])
def test_faces_that_count_from_where_they_stand_are_not_guessed(gap: str) -> None:
    text = "v 0 0 0\nv 1 0 0\nv 1 1 0\nf -3 -2 -1\nv 0 0 9\nv 1 0 9\nv 1 1 9\nf -3 -2 -1\n"
    model = obj.read(text.replace("v ", f"v{gap}").encode())
    assert model.faces is None
    assert len(model.vertices) == 6


def test_faces_of_different_sizes_leave_the_vertices_of_a_ply() -> None:
    head = (
        "ply\nformat {} 1.0\nelement vertex 4\nproperty double x\nproperty double y\n"
        "property double z\nelement face 2\nproperty list uchar int vertex_index\nend_header\n"
    )
    places = np.arange(12, dtype="<f8")
    text = head.format("ascii") + " ".join(map(str, places)).replace(" 3.0", "\n3.0")
    text += "\n\n\n4 0 1 2 3\n3 0 1 2\n"
    binary = head.format("binary_little_endian").encode() + places.tobytes()
    binary += struct.pack("<B4iB3i", 4, 0, 1, 2, 3, 3, 0, 1, 2)
    for data in (text.encode(), binary):
        model = ply.read(data)
        assert model.faces is None
        assert model.vertices.reshape(-1).tolist() == places.tolist()


def test_a_ply_whose_faces_have_a_second_list_that_is_empty_is_whole() -> None:
    head = (
        b"ply\nformat binary_little_endian 1.0\nelement vertex 3\nproperty float x\n"
        b"property float y\nproperty float z\nelement face 2\n"
        b"property list uchar int vertex_indices\nproperty list uchar float texcoord\nend_header\n"
    )
    data = head + bytes(3 * 12) + struct.pack("<B3iB", 3, 0, 1, 2, 0) * 2
    files.check("ply", data)
    with pytest.raises(Unusable, match="64 bytes are needed, but it has 63"):
        files.check("ply", data[:-1])


def test_a_cloud_in_a_ply_has_no_faces_and_any_columns() -> None:
    kind = np.dtype(
        [
            ("nx", ">f4"),
            ("z", ">f8"),
            ("y", ">f8"),
            ("x", ">f8"),
            ("red", ">f4"),
            ("green", ">f4"),
            ("blue", ">f4"),
        ]
    )
    points = np.zeros(3, kind)
    points["x"], points["y"], points["z"], points["green"] = 1, 2, (3, 4, np.nan), 0.5
    head = "ply\r\nformat binary_big_endian 1.0\r\nelement vertex 3\r\n"
    head += "".join(
        f"property {'double' if n in 'xyz' else 'float'} {n}\r\n" for n in kind.names or ()
    )
    model = ply.read(head.encode() + b"end_header\r\n" + points.tobytes())
    assert model.faces is not None
    assert len(model.faces) == 0
    assert model.colors is not None
    assert model.colors.tolist() == [[0, 128, 0]] * 3
    assert files.bounds(model) == ((1, 2, 3), (1, 2, 4))


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_a_broken_file_is_refused_or_read_but_never_an_accident(
    form: str, torus: Any, file_of: Any, data: Any
) -> None:
    whole = file_of(form, torus)
    place = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:place] + data.draw(st.binary(max_size=4)) + whole[place + 4 :]
    try:
        files.check(ending(form), broken)
    except Unusable:
        return
    files.read(ending(form), broken)


PLY_OF_A_POINT = (
    b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
    b"property float z\nelement face 1\nproperty list uchar int vertex_index\nend_header\n0 0 0\n"
)


@pytest.mark.parametrize(
    ("form", "data"),
    [
        ("ply", PLY_OF_A_POINT + b"inf 0 0 0\n"),
        (
            "gltf",
            _primitive(np.zeros((3, 3), "<f4"), 5126, 4).replace(
                b'"buffer": 0', b'"buffer": 0, "byteOffset": 99999999999999999999'
            ),
        ),
    ],
)
def test_a_number_that_is_too_large_to_count_with_leaves_a_file_unread(
    form: str, data: bytes
) -> None:
    files.check(form, data)
    assert files.read(form, data) is None


@pytest.mark.parametrize("form", FORMS[1:])  # an OBJ has no end: nothing tells that it was cut
def test_a_file_that_was_cut_short_is_refused(form: str, torus: Any, file_of: Any) -> None:
    whole = file_of(form, torus)
    with pytest.raises(Unusable):
        files.check(ending(form), whole[: len(whole) // 2])


def _changed(data: bytes, **fields: Any) -> bytes:
    return json.dumps(json.loads(data) | fields).encode()


@pytest.mark.parametrize(
    ("form", "data", "message"),
    [
        ("obj", b"hello world", "no line of it begins with 'v '"),
        ("stl", b"hello world", "neither begins with 'solid'"),
        (
            "stl",
            b"x" * 80 + struct.pack("<I", 9),
            "9 triangles would take 534 bytes, but it has 84",
        ),
        ("stl", b"solid x\nfacet", "'endsolid' is missing"),
        ("ply", b"ply\nformat ascii 1.0\n", "no header from 'ply' to 'end_header'"),
        ("ply", b"ply\nformat zip 1.0\nend_header\n", "none of the formats"),
        ("ply", b"ply\nformat ascii 1.0\nend_header\n", "no element 'vertex'"),
        (
            "ply",
            b"ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nend_header\n",
            r"need the properties x, y, z, but have \['x'\]",
        ),
        (
            "ply",
            b"ply\nformat ascii 1.0\nelement vertex 2\nproperty quad x\nend_header\n",
            "has the line 'property quad x'",
        ),
        (
            "ply",
            b"ply\nformat ascii 1.0\nelement vertex 3\nproperty int x\nproperty int y\nproperty int z\nend_header\n1 2 3\n4 5 6",
            "3 lines are needed, but it has 2",
        ),
        ("glb", b"GIF89a" + bytes(40), "begins with b'GIF8' instead of b'glTF'"),
        ("glb", struct.pack("<4sII", b"glTF", 1, 28) + bytes(16), "of version 1"),
        ("glb", struct.pack("<4sII", b"glTF", 2, 99) + bytes(16), "says 99 bytes, but it has 28"),
        ("glb", struct.pack("<4sII", b"glTF", 2, 28) + bytes(16), "no chunk of JSON"),
        ("gltf", b"{", "its JSON cannot be read"),
        ("gltf", b'{"scenes": []}', "no version 2"),
        ("gltf", b'{"asset": {"version": "2.0"}, "buffers": 3}', "of another shape"),
        (
            "gltf",
            b'{"asset": {"version": "2.0"}, "buffers": [{"uri": "a.bin", "byteLength": 1}]}',
            "its buffers name another file, 'a.bin'; export it as .glb",
        ),
        (
            "gltf",
            b'{"asset": {"version": "2.0"}, "images": [{"uri": "a.png"}]}',
            "its images name another file, 'a.png'; export it as .glb",
        ),
        (
            "gltf",
            b'{"asset": {"version": "2.0"}, "buffers": [{"byteLength": 5}]}',
            "needs a buffer of 5 bytes, but has 0",
        ),
        ("babylon", b"[1]", "its JSON cannot be read"),
        ("babylon", b'{"a": 1}', r"no 'meshes', but \['a'\]"),
    ],
)
def test_what_is_wrong_is_named(form: str, data: bytes, message: str) -> None:
    with pytest.raises(Unusable, match=message):
        files.check(form, data)


def test_what_is_compressed_or_sparse_is_not_read(torus: Any, file_of: Any) -> None:
    document = json.loads(file_of("gltf", torus))
    del document["accessors"][0]["bufferView"]
    assert files.read("gltf", json.dumps(document).encode()) is None


def test_nodes_in_a_circle_end(torus: Any, file_of: Any) -> None:
    document = json.loads(file_of("gltf", torus))
    document["nodes"][1]["children"] = [0]
    with pytest.raises(Unusable, match="no tree"):
        gltf.read_gltf(json.dumps(document).encode())


def test_faces_beyond_the_vertices_are_not_read() -> None:
    assert files.read("obj", b"v 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 4\n") is None


def test_babylon_is_kept_but_not_read() -> None:
    files.check("babylon", b'{"meshes": []}')
    assert files.read("babylon", b'{"meshes": []}') is None
