from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core import Classes, Image
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.images.image import encode
from medialog_core.schema import BoxMeta, BoxSetMeta, ImageMeta, Position

PIXELS = np.zeros((100, 200, 3), np.uint8)
CORNERS = {"minX": 0.1, "maxX": 0.2, "minY": 0.3, "maxY": 0.4}


def sets(**boxes: Any) -> dict[str, BoxSetMeta]:
    return dict(Image(PIXELS, boxes=boxes).boxes)


def one(**box: Any) -> BoxMeta:
    [parsed] = sets(p={"box_data": [box]})["p"].box_data
    return parsed


def test_the_guide_s_example() -> None:
    labels = {1: "car", 2: "road", 3: "building"}
    data = [
        {
            "position": CORNERS,
            "class_id": 2,
            "box_caption": "road",
            "scores": {"acc": 0.1, "loss": 1.2},
        },
        {
            "position": {"middle": [150, 20], "width": 68, "height": 112},
            "domain": "pixel",
            "class_id": 3,
            "box_caption": "a building",
            "scores": {"acc": 0.5, "loss": 0.7},
        },
    ]
    parsed = sets(predictions={"box_data": data, "class_labels": labels}, ground_truth={})
    assert parsed == {
        "predictions": BoxSetMeta(
            [
                BoxMeta(
                    Position(0.1, 0.2, 0.3, 0.4), "fraction", 2, "road", {"acc": 0.1, "loss": 1.2}
                ),
                BoxMeta(
                    Position(116.0, 184.0, -36.0, 76.0),
                    "pixel",
                    3,
                    "a building",
                    {"acc": 0.5, "loss": 0.7},
                    "middle",
                ),
            ],
            {"1": "car", "2": "road", "3": "building"},
        ),
        "ground_truth": BoxSetMeta([], {}),
    }


def test_a_class_without_a_label_is_called_by_its_number() -> None:
    data = [{"position": CORNERS, "class_id": i} for i in (0, 7)]
    assert sets(p={"box_data": data, "class_labels": {7: "dog"}})["p"].class_labels == {
        "0": "class_0",
        "7": "dog",
    }


@pytest.mark.parametrize(
    "number", [np.int64, np.float32, torch.tensor, np.array], ids=lambda make: make.__name__
)
def test_numbers_of_any_library(number: Any) -> None:
    box = one(
        position={"minX": number(1), "maxX": number(20), "minY": number(2), "maxY": number(30)},
        domain="pixel",
        class_id=np.int64(4),
        scores={"iou": number(1)},
    )
    assert box == BoxMeta(Position(1.0, 20.0, 2.0, 30.0), "pixel", 4, None, {"iou": 1.0})


@pytest.mark.parametrize(
    "middle", [[10, 20], (10, 20), np.array([10, 20]), torch.tensor([10.0, 20.0])], ids=str
)
def test_a_middle_of_any_library(middle: Any) -> None:
    box = one(position={"middle": middle, "width": 4, "height": 8}, domain="pixel")
    assert box.position == Position(8.0, 12.0, 16.0, 24.0)
    assert box.form == "middle"


def test_class_ids_of_any_library_as_keys_of_labels() -> None:
    labels = {np.int64(1): "a", 2: "b", "3": "c"}
    assert sets(p={"class_labels": labels})["p"].class_labels == {"1": "a", "2": "b", "3": "c"}


def test_a_score_that_is_not_finite_is_kept() -> None:
    assert one(position=CORNERS, scores={"loss": float("nan")}).scores == {"loss": "NaN"}


def test_partly_outside_is_legal_and_kept_as_given() -> None:
    position = {"minX": -5, "maxX": 900, "minY": -1, "maxY": 3}
    assert one(position=position, domain="pixel").position == Position(-5.0, 900.0, -1.0, 3.0)


def moved(**changes: Any) -> dict[str, Any]:
    return {"position": {**CORNERS, **changes}}


@pytest.mark.parametrize(
    ("box", "error", "message"),
    [
        (
            moved(minX=float("nan")),
            InvalidInput,
            r"box_data'\]\[1\]\['position'\]\['minX'\]: expected a finite number, got nan",
        ),
        (moved(maxY=float("inf")), InvalidInput, r"\['maxY'\]: expected a finite number, got inf"),
        (moved(minX="left"), WrongType, r"\['minX'\]: expected a number, got str 'left'"),
        (moved(minX=0.9), InvalidInput, r"\[1\]: negative size, minX..maxX is 0.9..0.2"),
        (
            moved(minX=5, maxX=6),
            InvalidInput,
            r"wholly outside the image, 0..1; pixels need 'domain': 'pixel'",
        ),
        (
            {**moved(minX=201, maxX=202), "domain": "pixel"},
            InvalidInput,
            "wholly outside the image of 200×100 pixels",
        ),
        ({**moved(minX=-3, maxX=-1), "domain": "pixel"}, InvalidInput, "wholly outside"),
        (
            {"position": {"middle": [0.5, 0.5], "width": -0.1, "height": 0.1}},
            InvalidInput,
            "negative size",
        ),
        (
            {"position": {"middle": [0.5], "width": 1, "height": 1}},
            WrongType,
            r"\['middle'\]: expected \[x, y\]",
        ),
        (
            {"position": {"middle": [0.5, 0.5]}},
            InvalidInput,
            "'middle' goes with 'width' and 'height'",
        ),
        (
            {"position": {"minX": 1}},
            InvalidInput,
            "expected {'minX', 'maxX', 'minY', 'maxY'} or {'middle'",
        ),
        ({}, InvalidInput, r"\['position'\]: expected"),
        ({"position": [1, 2, 3, 4]}, InvalidInput, r"\['position'\]: expected .*got list"),
        (
            {**moved(), "domain": "banana"},
            InvalidInput,
            r"\['domain'\]: expected 'pixel', or nothing.*got 'banana'",
        ),
        (
            {**moved(), "class_id": 1.5},
            WrongType,
            r"\['class_id'\]: expected a whole number, got float 1.5",
        ),
        (
            {**moved(), "box_caption": 3},
            WrongType,
            r"\['box_caption'\]: expected str, got int 3",
        ),
        (
            {**moved(), "scores": 0.5},
            WrongType,
            r"\['scores'\]: expected a dictionary of names to numbers",
        ),
        (
            {**moved(), "scores": {1: 0.5}},
            WrongType,
            "the name of a score: expected str, got int 1",
        ),
        (
            {**moved(), "scores": {"a": "b"}},
            WrongType,
            r"\['scores'\]\['a'\]: expected a number, got str 'b'",
        ),
        ({**moved(), "label": 1}, InvalidInput, "expected the keys .*got .*label"),
        ([1, 2, 3, 4], WrongType, r"\[1\]: expected a dictionary with a 'position', got list"),
    ],
)
def test_an_error_names_the_set_the_box_and_what_came(
    box: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        Image(PIXELS, boxes={"truth": {"box_data": [{"position": CORNERS}, box]}})
    assert str(caught.value).startswith("boxes['truth']['box_data'][1]")


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ([], "boxes: expected {set name: {'box_data'"),
        ({1: {}}, "boxes: the name of a set: expected str, got int 1"),
        (
            {"p": np.zeros((3, 4))},
            r"boxes\['p'\]: expected {'box_data': \[...\]}, got numpy.ndarray of shape \(3, 4\)",
        ),
        (
            {"p": {"box_data": np.zeros((3, 4))}},
            r"boxes\['p'\]\['box_data'\]: expected a list of dictionaries",
        ),
        (
            {"p": {"class_labels": ["a"]}},
            r"\['class_labels'\]: expected a dictionary of ids to names, got list",
        ),
        ({"p": {"class_labels": {1: 2}}}, r"\['class_labels'\]\[1\]: expected str, got int 2"),
        ({"p": {"class_labels": {"dog": "a"}}}, "its key: expected a whole number, got str 'dog'"),
    ],
)
def test_what_is_no_box_set_is_refused(boxes: Any, message: str) -> None:
    with pytest.raises(WrongType, match=message):
        Image(PIXELS, boxes=boxes)


def test_an_unknown_key_of_a_set_is_refused() -> None:
    with pytest.raises(
        InvalidInput,
        match=r"boxes\['p'\]: expected the keys 'box_data' and 'class_labels', got \['boxes'\]",
    ):
        Image(PIXELS, boxes={"p": {"boxes": []}})


fractions = st.floats(-0.5, 1.5)


@settings(max_examples=50, deadline=None)
@given(st.tuples(fractions, fractions).map(sorted), st.tuples(fractions, fractions).map(sorted))
def test_a_box_is_kept_exactly_where_it_meets_the_image(x: list[float], y: list[float]) -> None:
    position = {"minX": x[0], "maxX": x[1], "minY": y[0], "maxY": y[1]}
    if x[1] < 0 or y[1] < 0 or x[0] > 1 or y[0] > 1:
        with pytest.raises(InvalidInput, match="wholly outside"):
            one(position=position)
    else:
        assert one(position=position).position == Position(x[0], x[1], y[0], y[1])


def test_classes_are_kept_by_their_ids() -> None:
    listed: list[dict[str, Any]] = [
        {"id": 1, "name": "car"},
        {"id": np.int64(2), "name": "road"},
        {"id": "x", "name": "?"},
    ]
    for image in (Image(PIXELS, classes=listed), Image(PIXELS, classes=Classes(listed))):
        [payload] = encode([image])
        assert isinstance(payload.meta, ImageMeta)
        assert payload.meta.classes == {"1": "car", "2": "road", "x": "?"}


@pytest.mark.parametrize(
    ("class_set", "error", "message"),
    [
        ({"id": 1, "name": "a"}, WrongType, "class_set: expected a list"),
        (
            ["car"],
            WrongType,
            r"class_set\[0\]: expected a dictionary with 'id' and 'name', got str 'car'",
        ),
        (
            [{"id": 1}],
            InvalidInput,
            r"class_set\[0\]: 'id' and 'name' are needed, got the keys \['id'\]",
        ),
        ([{"id": 1.5, "name": "a"}], WrongType, r"\['id'\]: expected a whole number"),
        ([{"id": 1, "name": 2}], WrongType, r"\['name'\]: expected str"),
        (
            [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}],
            InvalidInput,
            r"class_set\[1\]: id 1 comes twice",
        ),
    ],
)
def test_classes_are_checked(class_set: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Classes(class_set)


@pytest.mark.parametrize("class_id", [3.0, np.float32(3), torch.tensor(3.0), np.array([3])])
def test_a_whole_number_of_any_type_is_a_class_id(class_id: Any) -> None:
    assert one(position=CORNERS, class_id=class_id).class_id == 3


@pytest.mark.parametrize(
    ("box", "error", "message"),
    [
        ({"position": CORNERS, "domain": ["pixel"]}, InvalidInput, r"got \['pixel'\]"),
        (
            {"position": {"middle": torch.tensor(0.5), "width": 0.1, "height": 0.1}},
            WrongType,
            r"\['middle'\]: expected \[x, y\], got torch.Tensor of shape \(\)",
        ),
    ],
)
def test_odd_types_are_named_too(box: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        one(**box)


def test_a_list_of_class_names_is_refused_with_the_fix() -> None:
    with pytest.raises(WrongType, match=r"dict\(enumerate\(names\)\) makes one"):
        sets(p={"class_labels": ["background", "cell"]})
