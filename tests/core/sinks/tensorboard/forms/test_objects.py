"""3-D objects as TensorBoard's own mesh plugin serves them to its page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from tensorboard.plugins import base_plugin
from tensorboard.plugins.mesh.mesh_plugin import MeshPlugin
from werkzeug.test import Client
from werkzeug.wrappers import Response

from medialog_core import Object3D, box3d
from medialog_core.drawing import palette
from medialog_core.payload import Scalars
from medialog_core.sinks.tensorboard import TensorBoardSink
from medialog_core.sinks.tensorboard.forms import objects

TYPES = {"VERTEX": "f4", "FACE": "i4", "COLOR": "u1"}
BOX = box3d(
    center=[0, 0, 0],
    size=[2, 4, 6],
    orientation=[1, 0, 0, 0],
    color=[1, 0, 0],
    label="car|",
    score=0.25,
)


class Drawn(NamedTuple):
    """What the page gets of one step."""

    vertices: Any
    faces: Any
    colors: Any
    steps: list[dict[str, Any]]


class Page:
    """Asks the plugin as its page does."""

    def __init__(self, provider: Any, directory: Path) -> None:
        context = base_plugin.TBContext(data_provider=provider(directory), logdir=str(directory))
        apps = MeshPlugin(context).get_plugin_apps()
        self.clients = {path: Client(app, Response) for path, app in apps.items()}

    def get(self, path: str, **query: Any) -> bytes:
        response = self.clients[path].get("/", query_string={"run": ".", **query})
        assert response.status_code == 200
        data: bytes = response.data
        return data

    def tags(self) -> dict[str, Any]:
        tags: dict[str, Any] = json.loads(self.get("/tags")).get(".", {})
        return tags

    def drawn(self, tag: str, step: int = 0) -> Drawn:
        vertices, faces, colors = (
            np.frombuffer(self.get("/data", tag=tag, step=step, content_type=name), dtype).reshape(
                -1, 3
            )
            for name, dtype in TYPES.items()
        )
        return Drawn(vertices, faces, colors, json.loads(self.get("/meshes", tag=tag)))


Log = Callable[..., Page]


@pytest.fixture
def log(sink: TensorBoardSink, entries: Any, provider: Any, tmp_path: Path) -> Log:
    def write(*values: Any, key: str = "k") -> Page:
        for step, value in enumerate(values):
            for entry in entries(key, value, step=step):
                sink.write(entry)
        sink.flush()
        return Page(provider, tmp_path)

    return write


def texts(accumulator: Any, tag: str) -> list[str]:
    events = accumulator.Tensors(tag)
    return [b"".join(event.tensor_proto.string_val).decode() for event in events]


def test_points_come_with_their_colours_around_their_middle(log: Log) -> None:
    rows = np.array([[0, 0, 0, 255, 0, 0], [2, 4, 6, 0, 0, 255]], np.uint8)
    drawn = log(Object3D(rows)).drawn("k")
    assert drawn.vertices.tolist() == [[-1, -2, -3], [1, 2, 3]]
    assert drawn.colors.tolist() == [[255, 0, 0], [0, 0, 255]]
    assert len(drawn.faces) == 0


def test_categories_have_the_colours_they_have_in_pictures(log: Log) -> None:
    ids = [0, 1, 5, 255, 65535, 65536 + 5]
    drawn = log(Object3D([[i, 0, 0, category] for i, category in enumerate(ids)])).drawn("k")
    assert list(map(tuple, drawn.colors.tolist())) == [palette.colour(one) for one in ids]


def test_coordinates_on_the_earth_are_drawn_as_fine_as_others(log: Log) -> None:
    rows = np.array([[4.5e6, 0, 0], [4.5e6 + 0.25, 0, 0]])
    assert log(Object3D(rows)).drawn("k").vertices[:, 0].tolist() == [-0.125, 0.125]


def test_all_points_are_drawn(log: Log, read: Any) -> None:
    log(Object3D(np.random.default_rng(0).random((301_000, 3))))
    [event] = read().Tensors("k_VERTEX")
    assert len(event.tensor_proto.tensor_content) == 301_000 * 12


def test_the_edges_of_boxes_are_rows_of_points_in_the_same_scene(log: Log) -> None:
    drawn = log(Object3D.from_point_cloud([[0, 0, 9], [0, 0, -9]], [BOX])).drawn("k")
    dots = drawn.vertices[2:]
    assert (drawn.colors[2:] == [255, 0, 0]).all()
    assert len(dots) == 12 * 100
    on_faces = np.isclose(np.abs(dots), [1, 2, 3]).sum(axis=1)
    assert (on_faces >= 2).all()  # of an edge, two coordinates are at their end
    assert {tuple(corner) for corner in BOX["corners"]} <= {tuple(dot) for dot in dots.tolist()}


def test_a_vector_is_a_row_of_points_and_boxes_alone_are_drawn(log: Log) -> None:
    vector = {"start": [0, 0, 0], "end": [2, 0, 0]}
    drawn = log(Object3D.from_point_cloud([], [], [vector])).drawn("k")
    assert np.allclose(drawn.vertices[[0, -1]], [[-1, 0, 0], [1, 0, 0]])
    assert (drawn.colors == palette.COLOURS[2]).all()


def test_many_boxes_have_fewer_points_each(log: Log) -> None:
    drawn = log(Object3D.from_point_cloud([], [BOX] * 300)).drawn("k")
    assert len(drawn.vertices) == 300 * 12 * (60_000 // (300 * 12))


@pytest.mark.parametrize("form", ["obj", "stl", "ply", "glb", "gltf"])
def test_a_mesh_has_its_triangles(
    form: str, log: Log, torus: Any, file_of: Any, tmp_path: Path
) -> None:
    path = tmp_path / f"torus.{form}"
    path.write_bytes(file_of(form, torus))
    drawn = log(Object3D(path)).drawn("k")
    assert (len(drawn.vertices), len(drawn.faces)) == (len(torus.vertices), len(torus.faces))
    assert len(drawn.colors) == len(drawn.vertices)
    assert drawn.colors[0].tolist() == {
        "ply": [200, 100, 50],
        "glb": [255, 0, 0],
        "gltf": [255, 0, 0],
    }.get(form, [160] * 3)
    a, b, c = np.moveaxis(drawn.vertices[drawn.faces], 1, 0)
    assert (a * np.cross(b, c)).sum() > 0


def test_a_mesh_beyond_16_bits_is_drawn_as_its_vertices(
    log: Log, make: Any, file_of: Any, tmp_path: Path
) -> None:
    large = make(300, 220)
    path = tmp_path / "large.ply"
    path.write_bytes(file_of("ply", large))
    drawn = log(Object3D(path)).drawn("k")
    assert (len(drawn.vertices), len(drawn.faces)) == (66_000, 0)


def test_a_key_may_hold_points_and_then_a_mesh(
    log: Log, torus: Any, file_of: Any, tmp_path: Path
) -> None:
    path = tmp_path / "torus.ply"
    path.write_bytes(file_of("ply", torus))
    page = log(Object3D([[0, 0, 0, 1], [1, 1, 1, 2]]), Object3D(path), Object3D(np.zeros((3, 3))))
    assert [len(page.drawn("k", step).vertices) for step in range(3)] == [2, len(torus.vertices), 3]
    assert [len(page.drawn("k", step).faces) for step in range(3)] == [0, len(torus.faces), 0]
    components = {step["components"] for step in page.drawn("k").steps}
    assert components == {0b1110}  # the page asks for no part that the first event lacked


def test_a_list_of_clouds_has_a_tag_for_each(log: Log) -> None:
    page = log([Object3D(np.zeros((n, 3))) for n in (2, 5)])
    assert set(page.tags()) == {"k/0", "k/1"}
    assert [len(page.drawn(f"k/{i}").vertices) for i in range(2)] == [2, 5]


def test_the_scene_is_set_by_its_extent(log: Log) -> None:
    steps = log(Object3D([[0, 0, 0], [0, 5, 0]])).drawn("k").steps
    assert json.loads(steps[0]["config"]) == {
        "camera": {"near": 0.005},
        "material": {"size": 6, "sizeAttenuation": False},
    }


def test_an_empty_cloud_is_only_told_of(log: Log, read: Any) -> None:
    assert log(Object3D([])).tags() == {}
    assert texts(read(), "k/about") == [
        "0 points. There is nothing that TensorBoard can draw; the store has it."
    ]


def test_beside_it_stands_what_cannot_be_drawn(log: Log, read: Any) -> None:
    points = [[0, 0, 0, 1], [1, 1, 1, 2], [np.nan, 0, 0, 1]]
    value = Object3D.from_point_cloud(points, [BOX], caption="a *street*", class_labels={1: "road"})
    log(value)
    [text] = texts(read(), "k/about")
    assert text.startswith(
        "**a &#42;street&#42;**\n\n2 points. 1 more point was not finite and is left out."
    )
    assert "1 box, drawn as rows of points." in text
    assert "x 0 to 1, y 0 to 1, z 0 to 1." in text
    assert "| 1 | road |" in text
    assert "| car&#124; | 0&#46;25 | 0 | 0 | 0 |" in text


def test_places_far_from_zero_are_told_apart(log: Log, read: Any) -> None:
    points = np.array([[500_000.25, 5_400_000.5, 10], [500_001.25, 5_400_001.5, 10]])
    box = box3d(center=points[0], size=[1, 1, 1], orientation=[1, 0, 0, 0], color=[1, 0, 0])
    log(Object3D.from_point_cloud(points, [box]))
    [text] = texts(read(), "k/about")
    assert "x 500000.25 to 500001.25, y 5400000.5 to 5400001.5, z 10 to 10." in text
    assert "| 500000&#46;25 | 5400000&#46;5 | 10 |" in text


@pytest.mark.parametrize(("count", "size"), [(1999, 6), (2000, 4), (20_000, 2)])
def test_few_points_are_large_and_many_small(log: Log, count: int, size: int) -> None:
    steps = log(Object3D(np.zeros((count, 3)))).drawn("k").steps
    assert json.loads(steps[0]["config"])["material"]["size"] == size


def test_more_boxes_than_are_listed_are_counted(log: Log, read: Any) -> None:
    log(Object3D.from_point_cloud([], [BOX] * 203))
    [text] = texts(read(), "k/about")
    assert text.count("car") == 100
    assert "103 more boxes are drawn, but not listed here." in text


def test_a_file_says_what_is_not_drawn_of_it(log: Log, read: Any, tmp_path: Path) -> None:
    (tmp_path / "a.obj").write_text("mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 3\n")
    (tmp_path / "b.babylon").write_text('{"meshes": []}')
    backwards = "v 0 0 0\nv 1 0 0\nv 1 1 0\nf -3 -2 -1\nv 1 1 1\nf -3 -2 -1\n"
    (tmp_path / "c.obj").write_text(backwards)
    log(*(Object3D(tmp_path / name) for name in ("a.obj", "b.babylon", "c.obj")))
    a, b, c = texts(read(), "k/about")
    assert "3 vertices. 1 triangle." in a
    assert "It names files that are not kept: a&#46;mtl." in a
    assert (
        b == "A file of type babylon. There is nothing that TensorBoard can draw; the store has it."
    )
    assert "4 points." in c
    assert "Its faces are not drawn, but its vertices as points." in c


def test_a_vertex_that_is_not_finite_leaves_the_others(log: Log, tmp_path: Path) -> None:
    (tmp_path / "a.obj").write_text("v 0 0 nan\nv 1 0 0\nv 3 1 0\nv 1 1 0\nf 2 3 4\n")
    drawn = log(Object3D(tmp_path / "a.obj")).drawn("k")
    assert (len(drawn.vertices), len(drawn.faces)) == (3, 0)


def test_a_number_of_the_same_name_keeps_its_own_tag(
    sink: TensorBoardSink, log: Log, read: Any
) -> None:
    sink.write(Scalars({"k_VERTEX": 1.0, "k/about": 2.0}, 0, None, 1.0, 0))
    page = log(Object3D([[0, 0, 0]]))
    assert len(page.drawn("k").vertices) == 1
    assert [event.value for event in read().Scalars("k_VERTEX")] == [1.0]
    assert [event.value for event in read().Scalars("k/about")] == [2.0]


def test_every_edge_of_a_box_is_there_once() -> None:
    pairs = {frozenset(edge) for edge in objects._EDGES.tolist()}
    assert len(pairs) == len(objects._EDGES) == 12
