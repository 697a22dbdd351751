"""Inputs and targets are told apart in whatever a loader brings."""

from __future__ import annotations

from collections import UserDict, namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch

from medialog_core.capture.batch import is_picture, leaves_of, rows, seen, split

X = torch.rand(4, 3, 6, 8)
Y = torch.arange(4)
INDEX = torch.arange(4)


@dataclass
class Pair:
    image: Any
    label: Any


Named = namedtuple("Named", ["image", "label"])  # noqa: PYI024 - the untyped one is what users have


@pytest.mark.parametrize(
    ("batch", "places"),
    [
        ((X, Y), [1]),
        ([X, Y], [1]),
        ((X, Y, INDEX), [1, 2]),
        ((INDEX, X, Y), [0, 2]),
        ({"image": X, "label": Y, "index": INDEX}, ["label"]),
        ({"pixel_values": X, "labels": Y}, ["labels"]),
        (UserDict(pixel_values=X, labels=Y), ["labels"]),
        (Pair(X, Y), ["label"]),
        (Named(X, Y), ["label"]),
        (X, []),
        ((X, "not a sample each"), []),
    ],
)
def test_inputs_and_what_may_be_their_targets(batch: Any, places: list[Any]) -> None:
    parts = split(batch, {})
    assert parts.inputs is X
    assert list(parts.targets) == places
    assert parts.size == 4


def test_roles_say_what_is_what() -> None:
    batch = {"image": X, "other": X, "label": Y, "index": INDEX}
    parts = split(batch, {"input": "other", "target": "index"})
    assert parts.inputs is batch["other"]
    assert list(parts.targets) == ["index"]


@pytest.mark.parametrize(
    ("batch", "roles"), [({"image": X, "img": X}, {}), ((X, Y), {"input": "image"}), ({}, {})]
)
def test_inputs_that_cannot_be_told_are_none(batch: Any, roles: Any) -> None:
    assert split(batch, roles).inputs is None


def test_detections_lists_are_leaves() -> None:
    images = [torch.rand(3, 5 + i, 7) for i in range(2)]
    targets = [{"boxes": torch.ones(1, 4), "labels": torch.ones(1)}] * 2
    parts = split((images, targets), {})
    assert parts.inputs is images
    assert parts.targets[1] is targets
    first = rows(targets, 1)[0]
    assert {name: type(value) for name, value in first.items()} == {
        "boxes": np.ndarray,
        "labels": np.ndarray,
    }


@pytest.mark.parametrize(
    ("leaf", "yes"),
    [
        (X, True),
        (X[:, :1], True),
        ([X[0], X[1]], True),
        (X[:, :2], False),
        (X[:, 0], False),
        (Y, False),
        ([], False),
        (torch.rand(4, 3, 1, 9), False),
    ],
)
def test_pictures_have_1_3_or_4_channels(leaf: Any, yes: bool) -> None:
    assert is_picture(leaf) is yes


def test_anything_else_is_its_own_only_leaf() -> None:
    assert leaves_of(X) == {0: X}
    assert leaves_of("text") == {0: "text"}


def test_a_notice_says_what_was_seen() -> None:
    assert seen((X, Y)) == "tuple(0: float32[4, 3, 6, 8], 1: int64[4])"
