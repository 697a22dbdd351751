"""Dictionaries of points, boxes and vectors, and where their shapes are kept."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
import torch

from medialog_core import Object3D, box3d, codecs
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.shapes.scenes import INLINE
from medialog_core.payload import Blob
from medialog_core.schema import Object3DMeta, ShapesFile
from medialog_core.testing import through_bytes

GUIDE: dict[str, Any] = {
    "type": "lidar/beta",
    "points": np.array([[0.4, 1, 1.3], [1, 1, 1], [1.2, 1, 1.2]]),
    "boxes": np.array(
        [
            {
                "corners": [
                    [0, 0, 0],
                    [0, 1, 0],
                    [0, 0, 1],
                    [1, 0, 0],
                    [1, 1, 0],
                    [0, 1, 1],
                    [1, 0, 1],
                    [1, 1, 1],
                ],
                "label": "Box",
                "color": [123, 321, 111],
            }
        ]
    ),
    "vectors": np.array([{"start": [0, 0, 0], "end": [0.1, 0.2, 0.5]}]),
}
"""The form in W&B's documentation, arrays of objects and all."""


def boxes(count: int) -> list[dict[str, Any]]:
    return [
        box3d(
            center=[i, 0, 0],
            size=[1, 2, 3],
            orientation=[1, 0, 0, i],
            color=[i % 256, 0, 9],
            label=str(i),
            score=i / 7,
        )
        for i in range(count)
    ]


def test_the_form_of_the_documentation_is_taken() -> None:
    value = Object3D(GUIDE)
    assert value.points is not None
    assert np.allclose(value.points, GUIDE["points"])
    assert (value.boxes[0].label, value.boxes[0].color) == ("Box", (123, 255, 111))
    assert value.vectors[0].end == (0.1, 0.2, 0.5)


@pytest.mark.parametrize("as_", [list, np.array, torch.tensor])
def test_points_are_a_list_an_array_or_a_tensor(as_: Any) -> None:
    rows = [[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]
    scene = {"type": "lidar/beta", "points": as_(rows), "boxes": boxes(2), "vectors": []}
    assert Object3D(scene) == Object3D.from_point_cloud(rows, boxes(2))


def test_boxes_and_vectors_may_be_missing() -> None:
    plain = Object3D([[1, 2, 3]])
    assert Object3D({"points": [[1, 2, 3]]}) == plain == Object3D.from_point_cloud([[1, 2, 3]])
    nothing = Object3D.from_point_cloud([[1, 2, 3]], boxes=None, vectors=())
    assert nothing == plain


@pytest.mark.parametrize(
    ("scene", "message"),
    [
        (
            {"type": "lidar", "points": []},
            r"Object3D\['type'\]: expected 'lidar/beta', got 'lidar'",
        ),
        ({"type": "lidar/beta"}, r"'points' is needed \(it may be empty\), got \['type'\]"),
        (
            {"points": [], "box": []},
            r"expected the keys 'type', 'points', 'boxes', 'vectors'.*got \['box', 'points'\]",
        ),
        ({"points": [[1, 2]]}, "Object3D: points: expected N×3"),
        ({"points": [], "boxes": [{}]}, r"Object3D: boxes\[0\]: expected"),
        ({"points": [], "vectors": [{}]}, r"Object3D: vectors\[0\]: expected"),
    ],
)
def test_another_form_is_refused(scene: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        Object3D(scene)


def test_another_type_of_cloud_is_refused() -> None:
    with pytest.raises(InvalidInput, match="expected 'lidar/beta', got 'radar'"):
        Object3D.from_point_cloud([], point_cloud_type="radar")
    with pytest.raises(WrongType, match="Object3D: points: expected N×3"):
        Object3D.from_point_cloud("points")


@pytest.mark.parametrize(("count", "inline"), [(INLINE, True), (INLINE + 1, False)])
def test_many_shapes_are_a_file_of_their_own(count: int, inline: bool) -> None:
    value = Object3D.from_point_cloud([[1, 2, 3]], boxes(count - 1), GUIDE["vectors"])
    [payload] = codecs.encode([value])
    meta = payload.meta
    assert isinstance(meta, Object3DMeta)
    assert (meta.nboxes, meta.nvectors) == (count - 1, 1)
    assert (len(meta.boxes), len(meta.vectors)) == ((count - 1, 1) if inline else (0, 0))
    extras = [blob for blob in payload.blobs if blob.role == "shapes"]
    if not inline:
        assert isinstance(extras[0], Blob)
        assert msgspec.json.decode(extras[0].data, type=ShapesFile).boxes == value.boxes
    assert len(extras) == (not inline)
    assert codecs.decode(through_bytes(payload)) == value


def test_what_is_changed_later_is_as_it_was() -> None:
    box = boxes(1)[0]
    corners = np.array(box["corners"])
    box["corners"] = corners
    value = Object3D.from_point_cloud([], [box])
    corners[:] = 0
    box["label"] = "another"
    assert value == Object3D.from_point_cloud([], boxes(1))
