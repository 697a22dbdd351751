"""Files of meshes and clouds: kept as they are, refused at once when broken."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medialog_core import Object3D, codecs
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.payload import Blob
from medialog_core.schema import Object3DMeta
from medialog_core.testing import through_bytes

FORMS = ["obj", "gltf", "glb", "stl", "stl text", "ply", "ply text"]


def meta_of(value: Object3D) -> Object3DMeta:
    [payload] = codecs.encode([value])
    assert isinstance(payload.meta, Object3DMeta)
    return payload.meta


@pytest.fixture(params=FORMS)
def path(request: Any, tmp_path: Path, torus: Any, file_of: Any) -> Path:
    path = tmp_path / f"torus.{request.param.split()[0]}"
    path.write_bytes(file_of(request.param, torus))
    return path


def test_a_file_is_kept_byte_for_byte_however_it_is_given(path: Path) -> None:
    data, ending = path.read_bytes(), path.suffix[1:]
    with path.open("rb") as opened:
        given = [str(path), path, opened, io.BytesIO(data)]
        values = [Object3D.from_file(one, ending) for one in given]
    upper = path.rename(path.with_suffix(path.suffix.upper()))
    values.append(Object3D(upper))
    path.with_suffix(path.suffix.upper()).write_bytes(b"changed")
    for value in values:
        [payload] = codecs.encode([value])
        assert [blob.data for blob in payload.blobs if isinstance(blob, Blob)] == [data]
        back = codecs.decode(through_bytes(payload))
        assert (back.file, back.file_type, back) == (data, ending, value)


def test_what_a_viewer_needs_is_known_before_the_file_is_loaded(path: Path, torus: Any) -> None:
    meta = meta_of(Object3D(path))
    assert (meta.points, meta.faces) == (len(torus.vertices), len(torus.faces))
    assert meta.bounds is not None
    if path.suffix not in (".gltf", ".glb"):  # whose nodes are tested with the readers
        assert np.allclose(meta.bounds, [[-2.5, -2.5, -0.5], [2.5, 2.5, 0.5]])


def test_vertices_and_colours_can_be_had(path: Path, torus: Any) -> None:
    value = Object3D(path)
    assert value.points is not None
    assert value.points.shape == torus.vertices.shape
    coloured = path.suffix in (".gltf", ".glb", ".ply")
    assert (value.colors is not None) == coloured
    assert value.to_numpy().shape[1] == (6 if coloured else 3)


def test_the_materials_an_obj_names_are_noted(tmp_path: Path, torus: Any, file_of: Any) -> None:
    path = tmp_path / "torus.obj"
    path.write_bytes(file_of("obj", torus))
    assert meta_of(Object3D(path)).references == ("torus.mtl",)


def test_an_open_text_file_will_do(tmp_path: Path) -> None:
    path = tmp_path / "one.obj"
    path.write_text("v 1 2 3\n")
    with path.open() as opened:
        assert Object3D(opened).file == b"v 1 2 3\n"
    assert Object3D(io.StringIO("v 1 2 3\n"), file_type="obj").file == b"v 1 2 3\n"


def test_a_binary_file_that_is_open_as_text_is_refused_with_the_fix(tmp_path: Path) -> None:
    path = tmp_path / "a.stl"
    path.write_bytes(b"\xff" * 84)
    with (
        path.open(encoding="utf-8") as file,
        pytest.raises(InvalidInput, match=r"Object3D: data_or_path: .*open it with mode 'rb'"),
    ):
        Object3D(file)


def test_babylon_is_kept_but_not_read() -> None:
    value = Object3D(io.BytesIO(b'{"meshes": []}'), file_type="babylon")
    meta = meta_of(value)
    assert (meta.points, meta.faces, meta.bounds) == (None, None, None)
    assert (value.points, value.colors, value.categories) == (None, None, None)
    with pytest.raises(InvalidInput, match="points of this babylon file are not read"):
        value.to_numpy()


@pytest.mark.parametrize("file_type", ["obj", "gltf", "glb", "stl", "ply", "babylon", "pts.json"])
def test_a_broken_file_is_refused_at_once_and_named(file_type: str, tmp_path: Path) -> None:
    path = tmp_path / f"broken.{file_type}"
    path.write_bytes(b"\x89 nothing of the kind")
    message = (
        rf"Object3D: data_or_path: .*broken\.{file_type} is no {file_type} that can be read: \w+"
    )
    with pytest.raises(InvalidInput, match=message):
        Object3D(path)


@pytest.mark.parametrize("name", ["a.pcd", "a.las", "noending", "a.json"])
def test_another_ending_is_refused_with_those_there_are(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(
        InvalidInput, match=r"expected a file of obj, gltf, glb, stl, ply, babylon, pts\.json, got"
    ):
        Object3D(tmp_path / name)


def test_a_stream_without_a_name_needs_a_file_type() -> None:
    with pytest.raises(
        InvalidInput, match=r"expected a file of obj, .* got an open file .*file_type="
    ):
        Object3D(io.BytesIO(b"v 1 2 3"))
    with pytest.raises(WrongType, match="file_type: expected a string, got int 3"):
        Object3D(io.BytesIO(b"v 1 2 3"), file_type=3)  # type: ignore[arg-type]


def test_a_gltf_in_several_files_is_refused_with_the_fix(tmp_path: Path) -> None:
    document = {"asset": {"version": "2.0"}, "buffers": [{"uri": "mesh.bin", "byteLength": 4}]}
    path = tmp_path / "mesh.gltf"
    path.write_text(json.dumps(document))
    with pytest.raises(InvalidInput, match=r"name another file, 'mesh.bin'; export it as .glb"):
        Object3D(path)


def test_a_mesh_has_no_colours_to_be_stretched(tmp_path: Path) -> None:
    path = tmp_path / "one.obj"
    path.write_text("v 1 2 3\n")
    for options in ({"color_range": (0, 1)}, {"class_labels": {0: "road"}}):
        with pytest.raises(
            InvalidInput, match="'color_range' and 'class_labels' are of points, not of a obj"
        ):
            Object3D(path, **options)


@pytest.mark.parametrize("rows", [[[1, 2, 3]], [[1.5, 2, 3, 4]], [[1, 2, 3, 4, 5, 255]]])
def test_pts_json_becomes_points(rows: Any, tmp_path: Path) -> None:
    path = tmp_path / "cloud.pts.json"
    path.write_text(json.dumps(rows))
    assert Object3D(path) == Object3D(rows)
    assert Object3D(io.StringIO(json.dumps({"points": rows})), file_type="pts.json") == Object3D(
        rows
    )


def test_a_scene_in_pts_json_has_its_boxes() -> None:
    box = {"corners": [[0, 0, 0]] * 8, "color": [1, 2, 3], "label": "car", "score": None}
    scene = {"type": "lidar/beta", "points": [[1, 2, 3]], "boxes": [box], "vectors": []}
    value = Object3D(io.BytesIO(json.dumps(scene).encode()), file_type="pts.json")
    assert value == Object3D(scene)
    assert value.boxes[0].label == "car"


def test_the_nan_that_wandb_writes_into_pts_json_is_read() -> None:
    value = Object3D(io.BytesIO(b"[[NaN, 0, 0], [1, 2, 3]]"), file_type="pts.json")
    assert meta_of(value).dropped == 1


def test_wrong_points_in_pts_json_are_refused() -> None:
    with pytest.raises(InvalidInput, match="expected N×3"):
        Object3D(io.BytesIO(b"[[1, 2]]"), file_type="pts.json")
