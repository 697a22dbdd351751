"""Boxes and vectors among points."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core import box3d
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.shapes.boxes3d import checked_boxes, checked_vectors
from medialog_core.schema import Box3D, Vector3D

UNIT = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float64)
"""In our order."""


def box(**changes: Any) -> dict[str, Any]:
    return {"corners": UNIT, "color": [255, 0, 0]} | changes


def made(**changes: Any) -> Any:
    given: dict[str, Any] = {"center": [0, 0, 0], "size": [2, 4, 6], "orientation": [1, 0, 0, 0]}
    return box3d(**({"color": (0, 255, 0)} | given | changes))


def test_a_box_that_is_not_turned_has_its_corners_in_wandbs_order() -> None:
    corners = made(center=[10, 20, 30])["corners"]
    assert corners == [[x, y, z] for x in (9, 11) for y in (18, 22) for z in (27, 33)]


@given(
    q=st.lists(st.floats(-1, 1), min_size=4, max_size=4).filter(lambda q: np.linalg.norm(q) > 1e-3),
    length=st.floats(1e-3, 1e3),
)
@settings(max_examples=50, deadline=None)
def test_a_box_is_turned_as_its_quaternion_says(q: list[float], length: float) -> None:
    def times(a: Any, b: Any) -> Any:  # Hamilton's product
        r, s = a[0], b[0]
        v, w = a[1:], b[1:]
        return np.array([r * s - v @ w, *(r * w + s * v + np.cross(v, w))])

    unit = np.array(q) / np.linalg.norm(q)
    back = unit * [1, -1, -1, -1]
    straight = np.array(made()["corners"])
    expected = [times(times(unit, np.array([0, *corner])), back)[1:] for corner in straight]
    turned = made(orientation=(np.array(q) * length).tolist())["corners"]
    assert np.allclose(turned, expected, atol=1e-9)


def test_a_turn_to_the_right_is_none_to_the_left() -> None:  # W&B loses the signs
    half = 0.5**0.5
    left, right = (np.array(made(orientation=[half, 0, 0, z])["corners"]) for z in (half, -half))
    assert np.allclose(left[0], [2, -1, -3])
    assert np.allclose(right[0], [-2, 1, -3])


@pytest.mark.parametrize("as_", [np.array, torch.tensor, tuple, list])
def test_numbers_of_any_library_are_taken(as_: Any) -> None:
    value = box3d(
        center=as_([1.0, 2.0, 3.0]),
        size=as_([1.0, 1.0, 1.0]),
        orientation=[np.cos(0.3), 0, 0, np.float32(0.3)],
        color=as_([1.0, 0.0, 0.0]),
        label="car",
        score=torch.tensor(0.5) if as_ is torch.tensor else np.float32(0.5),  # type: ignore[arg-type]
    )
    [kept] = checked_boxes([value], "boxes")
    assert (kept.color, kept.label, kept.score) == ((255, 0, 0), "car", 0.5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"orientation": [0, 0, 0, 0]},
            r"orientation: expected a quaternion that is not zero, got list \[0",
        ),
        ({"size": [1, -1, 1]}, r"size: expected no negative length, got \[1.0, -1.0, 1.0\]"),
        ({"size": [1, 1]}, r"size: expected 3 numbers, got shape \(2,\)"),
        ({"center": [1, 2, 3, 4]}, r"center: expected 3 numbers, got shape \(4,\)"),
        ({"center": [1, 2, np.nan]}, r"center: expected finite numbers"),
        ({"orientation": [1, 0, 0]}, r"orientation: expected 4 numbers, got shape \(3,\)"),
        ({"color": [1, 2]}, r"\['color'\]: expected 3 numbers"),
    ],
)
def test_a_wrong_box_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=f"box3d.*{message}"):
        made(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"center": 3}, "center: expected 3 numbers, got int 3"),
        ({"center": "abc"}, "center: expected 3 numbers, got str"),
        ({"score": "high"}, r"\['score'\]: expected a number, got str 'high'"),
        ({"label": ["car"]}, r"\['label'\]: expected a string"),
    ],
)
def test_a_box_of_wrong_types_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(WrongType, match=f"box3d.*{message}"):
        made(**changes)


@pytest.mark.parametrize(
    ("color", "kept"),
    [
        ([255, 0, 128], (255, 0, 128)),
        ((0, 1, 0), (0, 255, 0)),  # W&B's docstring has fractions, its guide 0..255
        ([0.5, 0.25, 1.0], (128, 64, 255)),
        ([123, 321, 111], (123, 255, 111)),  # as its guide has it
        ([254.6, 0.2, -3], (255, 0, 0)),
    ],
)
def test_colours_are_fractions_if_none_is_above_1(color: Any, kept: tuple[int, ...]) -> None:
    [one] = checked_boxes([box(color=color)], "boxes")
    [vector] = checked_vectors([{"start": [0, 0, 0], "end": [1, 1, 1], "color": color}], "vectors")
    assert one.color == vector.color == kept


def test_colour_label_and_score_may_be_missing() -> None:
    [one] = checked_boxes([{"corners": UNIT.tolist()}], "boxes")
    assert (one.color, one.label, one.score) == (None, None, None)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (
            box(corners=UNIT[:7]),
            InvalidInput,
            r"boxes\[1\]\['corners'\]: expected 8×3 numbers, got shape \(7, 3\)",
        ),
        (
            box(corners=UNIT * np.nan),
            InvalidInput,
            r"boxes\[1\]\['corners'\]: expected finite numbers",
        ),
        (
            box(corner=1),
            InvalidInput,
            r"boxes\[1\]: expected .*'corners': 8×3.*got the keys \['color', 'corner', ",
        ),
        ({"color": [1, 1, 1]}, InvalidInput, r"boxes\[1\]: expected .* got the keys \['color'\]"),
        ([1, 2], WrongType, r"boxes\[1\]: expected \{'corners'.*got list \[1, 2\]"),
        (
            box(corners=None),
            WrongType,
            r"boxes\[1\]\['corners'\]: expected 8×3 numbers, got NoneType",
        ),
    ],
)
def test_the_place_of_a_wrong_box_is_named(value: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        checked_boxes([box(), value], "boxes")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"start": [0, 0, 0]}, r"vectors\[0\]: expected \{'start'.*got the keys \['start'\]"),
        ({"start": [0, 0], "end": [1, 1, 1]}, r"vectors\[0\]\['start'\]: expected 3 numbers"),
        ({"start": [0, 0, 0], "end": [1, np.inf, 1]}, r"\['end'\]: expected finite numbers"),
    ],
)
def test_a_wrong_vector_is_refused(value: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        checked_vectors([value], "vectors")


def test_boxes_that_are_no_list_are_refused() -> None:
    with pytest.raises(WrongType, match="boxes: expected a list of dictionaries, got dict"):
        checked_boxes(box(), "boxes")


def test_what_was_read_back_can_be_logged_again() -> None:
    boxes = checked_boxes([box(color=(0.004, 0, 0))], "boxes")
    assert boxes == checked_boxes(boxes, "boxes")
    assert isinstance(boxes[0], Box3D)
    assert boxes[0].color == (1, 0, 0)
    vectors = (Vector3D((0, 0, 0), (1, 1, 1)),)
    assert checked_vectors(list(vectors), "vectors") == vectors


EDGES = {frozenset((a, b)) for a in range(8) for b in range(8) if (a ^ b).bit_count() == 1}


def edges(corners: Any) -> list[float]:
    places = np.array(corners)
    return sorted(float(np.linalg.norm(np.subtract(*places[sorted(one)]))) for one in EDGES)


@given(order=st.permutations(range(8)), shift=st.floats(-1e5, 1e5))
@settings(max_examples=50, deadline=None)
def test_corners_in_another_order_are_put_into_ours(order: list[int], shift: float) -> None:
    turned = np.array(made(orientation=[0.9, 0.1, -0.3, 0.2])["corners"]) + shift
    [one] = checked_boxes([box(corners=turned[order])], "boxes")
    assert {tuple(c) for c in one.corners} == {tuple(c) for c in turned.tolist()}
    assert np.allclose(edges(one.corners), [2] * 4 + [4] * 4 + [6] * 4)


def test_the_loops_of_nuscenes_and_the_guides_order_become_boxes() -> None:
    loops = UNIT[[0, 4, 6, 2, 1, 5, 7, 3]]
    guide = UNIT[[0, 2, 1, 4, 6, 3, 5, 7]]
    for corners in (loops, guide):
        [one] = checked_boxes([box(corners=corners)], "boxes")
        assert edges(one.corners) == [1] * 12


def test_corners_in_our_order_stay_as_they_are() -> None:
    [one] = checked_boxes([box()], "boxes")
    assert np.array_equal(one.corners, UNIT)
    flat = UNIT * [1, 1, 0]
    assert np.array_equal(checked_boxes([box(corners=flat)], "boxes")[0].corners, flat)


def test_a_frustum_stays_as_it_is() -> None:
    frustum = UNIT * 1.0
    frustum[UNIT[:, 2] == 1] *= 3
    order = next(p for p in permutations(range(8)) if p[0] == 5)
    [one] = checked_boxes([box(corners=frustum[list(order)])], "boxes")
    assert np.array_equal(one.corners, frustum[list(order)])
