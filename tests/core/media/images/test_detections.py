from typing import Any

import numpy as np
import pytest
import torch
from torchvision.tv_tensors import BoundingBoxes

from medialog_core import Image
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.schema import Position

PIXELS = np.zeros((40, 50, 3), np.uint8)
EXPECTED = Position(10.0, 30.0, 5.0, 15.0)


def position(boxes: Any, **options: Any) -> Position:
    image = Image.from_detections(PIXELS, target={"boxes": boxes}, **options)
    [box] = image.boxes["ground_truth"].box_data
    return box.position


@pytest.mark.parametrize(
    ("box_format", "box"),
    [("xyxy", [10, 5, 30, 15]), ("xywh", [10, 5, 20, 10]), ("cxcywh", [20, 10, 20, 10])],
)
def test_boxes_are_read_in_the_format_stated_or_their_own(box_format: str, box: list[int]) -> None:
    own = BoundingBoxes([box], format=box_format.upper(), canvas_size=(40, 50))
    assert position([box], box_format=box_format) == EXPECTED
    assert position(own) == EXPECTED


def test_whole_floats_are_labels_and_fractions_are_not() -> None:
    boxes = [[10, 5, 30, 15]]
    image = Image.from_detections(PIXELS, pred={"boxes": boxes, "labels": torch.tensor([2.0])})
    assert image.boxes["predictions"].box_data[0].class_id == 2
    with pytest.raises(
        WrongType, match=r"\['labels'\]\[0\]: expected a whole number, got float 1.5"
    ):
        Image.from_detections(PIXELS, pred={"boxes": boxes, "labels": torch.tensor([1.5])})


def test_one_label_without_an_axis_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"\['labels'\]: expected one .* got shape \(\)"):
        Image.from_detections(PIXELS, pred={"boxes": [[0, 0, 1, 1]], "labels": torch.tensor(1)})
