"""The value as a whole: from the constructor to the store and back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import medialog_core
from medialog_core import Object3D, Table, box3d
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.reading import open_run
from medialog_core.testing import CodecTests

RNG = np.random.default_rng(0)
BOX = box3d(
    center=[1, 2, 3], size=[1, 1, 2], orientation=[1, 0, 0, 1], color=[1, 0, 0], label="car"
)


def mesh(text: str = "v 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 3\n", **options: Any) -> Object3D:
    return Object3D(io.StringIO(text), file_type="obj", **options)


class TestCodec(CodecTests):
    @pytest.fixture
    def values(self) -> Sequence[Object3D]:
        return [
            Object3D(RNG.random((100, 3)), caption="a cloud", sample_id=7),
            Object3D(RNG.random((100, 6)) * 255),
            Object3D(RNG.integers(0, 300, (50, 4)), class_labels={0: "road", 299: "car"}),
            Object3D(RNG.random((100, 3)) + 1e7),
            Object3D([]),
            Object3D.from_point_cloud(
                torch.zeros(2, 4), [BOX], [{"start": [0, 0, 0], "end": [1, 1, 1]}]
            ),
            mesh(caption="ü"),
            mesh("v 1 2 nan"),
            Object3D(io.BytesIO(b'{"meshes": []}'), file_type="babylon"),
        ]


@pytest.mark.parametrize(
    "other",
    [
        Object3D([[1, 2, 4]]),
        Object3D([[1, 2, 3]], caption="c"),
        Object3D([[1, 2, 3]], sample_id="c"),
        Object3D([[1, 2, 3, 0]]),
        Object3D([[1, 2, 3, 0, 0, 0]]),
        Object3D([[1, 2, 3]], class_labels={0: "a"}),
        Object3D.from_point_cloud([[1, 2, 3]], [BOX]),
        mesh("v 1 2 3\n"),
    ],
)
def test_any_difference_makes_it_unequal(other: Object3D) -> None:
    assert Object3D([[1, 2, 3]]) == Object3D(np.array([[1, 2, 3]], np.float32))
    assert other != Object3D([[1, 2, 3]])
    assert (Object3D([]) == 3) is False


@pytest.mark.parametrize("width", [3, 4, 6])
def test_to_numpy_gives_the_form_it_came_in(width: int) -> None:
    rows = np.arange(4 * width).reshape(4, width)
    value = Object3D(rows)
    assert np.array_equal(value.to_numpy(), rows)
    assert Object3D(value.to_numpy()) == value


def test_a_large_category_survives_to_numpy() -> None:
    assert Object3D([[0, 0, 0, 2**32 - 1]]).to_numpy()[0, 3] == 2**32 - 1


def test_what_it_shows_of_itself_is_short() -> None:
    assert repr(Object3D(np.zeros((300_000, 3)))) == "Object3D(300,000 points)"
    value = Object3D.from_point_cloud([], [BOX], caption="c")
    assert repr(value) == "Object3D(0 points, 1 boxes, 0 vectors, caption='c')"
    assert repr(mesh()) == "Object3D(obj file)"


def test_its_cost_in_the_queue_is_its_snapshot() -> None:
    points = np.zeros((1000, 6))
    assert points.nbytes < Object3D(points).nbytes < points.nbytes + 1000
    assert Object3D.from_point_cloud([], [BOX] * 50).nbytes > 50 * 500


@pytest.mark.parametrize("data", [None, 5, {1, 2}, b"v 1 2 3"])
def test_what_is_no_3d_object_is_refused(data: Any) -> None:
    with pytest.raises(WrongType, match="Object3D: points: expected N×3"):
        Object3D(data)


def test_the_named_constructors_take_only_their_own() -> None:
    with pytest.raises(WrongType, match=r"from_numpy: data: expected N×3 .*got str 'a.obj'"):
        Object3D.from_numpy("a.obj")
    with pytest.raises(WrongType, match=r"got bytes b'ply'; pass bytes as io.BytesIO\(data\)"):
        Object3D(b"ply", file_type="ply")
    with pytest.raises(WrongType, match="from_file: expected a path or an open file, got list"):
        Object3D.from_file([[1, 2, 3]])
    assert Object3D.from_numpy([[1, 2, 3]], caption="c", sample_id=1) == Object3D(
        [[1, 2, 3]], "c", sample_id=1
    )


def test_wrong_options_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"expected \(lo, hi\) with lo < hi"):
        Object3D([[1, 2, 3]], color_range=(1, 0))
    with pytest.raises(WrongType, match="Object3D: class_labels: expected a dictionary"):
        Object3D([[1, 2, 3]], class_labels=["road"])  # type: ignore[arg-type]
    with pytest.raises(WrongType, match="caption: expected a string, got list"):
        Object3D([[1, 2, 3]], caption=["c"])  # type: ignore[arg-type]


def test_through_a_run_and_back(tmp_path: Path) -> None:
    clouds = [Object3D(RNG.random((n, 4)) // 0.1, caption=f"n {n}") for n in (5, 0, 9)]
    scene = Object3D.from_point_cloud(RNG.random((9, 3)), [BOX] * 300, sample_id="s")
    run = medialog_core.init(dir=tmp_path)
    run.log({"clouds": clouds, "scene": scene, "mesh": mesh(), "again": scene})
    table = Table(columns=["id", "object"])
    for i, one in enumerate((mesh(), scene, clouds[1])):
        table.add_data(i, one)
    run.log({"table": table})
    run.finish()
    rows: dict[str, list[Any]] = {}
    reader = open_run(run.dir)
    for row in reader.rows():
        rows.setdefault(row.key, []).append(reader.load(row))
    assert rows["clouds"] == clouds
    assert rows["scene"] == rows["again"] == [scene]
    assert rows["mesh"] == [mesh()]
    assert [row[1] for row in rows["table"][0].data] == [mesh(), scene, clouds[1]]
    files = [reader.payload(row).blobs for row in reader.rows() if row.key in ("scene", "again")]
    assert [blob.role for blob in files[0]] == ["", "shapes"]
    places = {(extra.file.uri, extra.file.offset) for row in reader.rows() for extra in row.extra}
    assert len(places) == 1  # what came again is stored once
