"""Inputs are shown as what they were before normalisation, in one range for all steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torchvision
from torchvision.transforms import v2

from medialog_core.capture.datasets import DatasetFacts, facts_of
from medialog_core.capture.showing.pixels import Look, decide_look, grid_of, row_of
from medialog_core.media.images.image import Image

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
BYTES = np.random.default_rng(0).integers(0, 256, (3, 6, 8), dtype=np.uint8)
UNIT = BYTES / np.float32(255)
NORMAL = ((UNIT - np.array(MEAN)[:, None, None]) / np.array(STD)[:, None, None]).astype(np.float32)


def shown(picture: Any, look: Look) -> Any:
    return (
        Image(look.values(picture), layout="CHW", value_range=look.value_range)
        .to_numpy()
        .transpose(2, 0, 1)
    )


@pytest.mark.parametrize(
    ("picture", "mean", "std"),
    [
        (BYTES, None, None),
        (BYTES.astype(np.int64), None, None),
        (BYTES.astype(np.float32), None, None),
        (BYTES + np.float32(0.25) * (BYTES < 255), None, None),
        (UNIT, None, None),
        (UNIT * 2 - 1, None, None),
        (NORMAL, MEAN, STD),
        (UNIT, MEAN, STD),
    ],
)
def test_the_bytes_come_back(picture: Any, mean: Any, std: Any) -> None:
    assert np.array_equal(shown(picture, decide_look([picture], mean, std)), BYTES)


def test_a_normalisation_that_is_not_theirs_is_left() -> None:
    assert decide_look([UNIT * 3], MEAN, STD).mean is None


def test_a_stated_normalisation_is_taken_as_it_is() -> None:
    assert decide_look([UNIT * 3], MEAN, STD, stated=True).mean == MEAN


def test_other_floats_are_shown_by_their_own_range() -> None:
    assert decide_look([np.array([[[-3.0, 13.0]]]), UNIT]).value_range == (-3.0, 13.0)


def test_pictures_without_a_finite_number_are_shown_too() -> None:
    assert decide_look([np.full((3, 2, 2), np.nan)]).value_range == (0.0, 1.0)


def test_a_row_shows_each_picture_by_its_own_look() -> None:
    row = row_of(
        [NORMAL, UNIT[:1]], [decide_look([NORMAL], MEAN, STD), decide_look([UNIT])]
    ).to_numpy()
    assert row.shape == (10, 22, 3)
    assert np.array_equal(row[2:8, 2:10].transpose(2, 0, 1), BYTES)
    assert np.array_equal(row[2:8, 12:20, 1], BYTES[0])


def test_a_grid_pads_with_black() -> None:
    look = decide_look([UNIT * 2 - 1])
    grid = grid_of([UNIT * 2 - 1, UNIT[:, :4] * 2 - 1], look).to_numpy()
    assert not grid[:2].any()
    assert not grid[6:, 12:].any()
    assert np.array_equal(grid[2:6, 12:20].transpose(2, 0, 1), BYTES[:, :4])


class Data:
    def __init__(self, **parts: Any) -> None:
        vars(self).update(parts)


NORMALIZE = torchvision.transforms.Normalize(MEAN, STD)


@pytest.mark.parametrize(
    "dataset",
    [
        Data(
            transform=torchvision.transforms.Compose([torchvision.transforms.ToTensor(), NORMALIZE])
        ),
        Data(transforms=torchvision.datasets.vision.StandardTransform(NORMALIZE)),
        Data(transform=v2.Compose([v2.ToImage(), v2.Normalize(MEAN, STD)])),
        Data(transform=torchvision.models.ResNet18_Weights.DEFAULT.transforms()),
        Data(dataset=Data(transform=NORMALIZE)),
        Data(datasets=[Data(transform=NORMALIZE), Data(transform=NORMALIZE)]),
    ],
)
def test_the_normalisation_is_found_in_the_transforms(dataset: Any) -> None:
    facts = facts_of(dataset)
    assert facts.mean == pytest.approx(MEAN)
    assert facts.std == pytest.approx(STD)


@pytest.mark.parametrize(
    "dataset",
    [
        None,
        Data(),
        Data(transform=torchvision.transforms.ToTensor()),
        Data(
            transform=torchvision.transforms.Compose(
                [NORMALIZE, torchvision.transforms.Normalize(STD, STD)]
            )
        ),
        Data(
            datasets=[
                Data(transform=NORMALIZE),
                Data(transform=torchvision.transforms.Normalize(STD, STD)),
            ]
        ),
    ],
)
def test_none_or_two_normalisations_are_none(dataset: Any) -> None:
    assert facts_of(dataset) == DatasetFacts()


def test_class_names_come_from_the_data_set_else_from_the_weights() -> None:
    weights = torchvision.models.ResNet18_Weights.DEFAULT
    assert facts_of(Data(dataset=Data(classes=["cat", "dog"])), weights).classes == ("cat", "dog")
    assert len(facts_of(Data(), weights).classes) == 1000
    assert facts_of(Data(classes=["cat", 7])).classes == ()
    assert facts_of(Data(datasets=[Data(classes=["a"]), Data(classes=["b"])])).classes == ()
