from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from medialog_core import Classes, Image, codecs
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.schema import ImageMeta
from medialog_core.testing import through_bytes


def test_ids_are_numbers_of_any_library_or_strings() -> None:
    classes = Classes(
        [
            {"id": 0, "name": "road"},
            {"id": np.int64(1), "name": "car"},
            {"id": torch.tensor(2), "name": "tree"},
            {"id": "sky", "name": "Sky", "color": "ignored"},
        ]
    )
    assert classes.names == {"0": "road", "1": "car", "2": "tree", "sky": "Sky"}


def test_any_iterable_of_dictionaries_will_do() -> None:
    names = ["a", "b"]
    classes = Classes({"id": i, "name": name} for i, name in enumerate(names))
    assert classes == Classes([{"id": 0, "name": "a"}, {"id": 1, "name": "b"}])
    assert classes != Classes([])
    assert classes != names


@pytest.mark.parametrize(
    ("class_set", "error", "message"),
    [
        (3, WrongType, r"class_set: expected a list of \{'id', 'name'\}, got int 3"),
        ("road", WrongType, r"class_set: expected a list of"),
        ({0: "road"}, WrongType, r"class_set: expected a list of .*of \{id: name\}"),
        (["road"], WrongType, r"class_set\[0\]: expected a dictionary with 'id' and 'name'"),
        ([{"id": 0}], InvalidInput, r"class_set\[0\]: 'id' and 'name' are needed, got the keys"),
        ([{"name": "a"}], InvalidInput, r"class_set\[0\]: 'id' and 'name' are needed"),
        ([{"id": 0.5, "name": "a"}], WrongType, r"class_set\[0\]\['id'\]: expected a whole number"),
        ([{"id": 0, "name": 5}], WrongType, r"class_set\[0\]\['name'\]: expected str, got int 5"),
        (
            [{"id": 0, "name": "a"}, {"id": "0", "name": "b"}],
            InvalidInput,
            r"\[1\]: id 0 comes twice",
        ),
    ],
)
def test_what_is_wrong_is_named(class_set: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Classes(class_set)


@pytest.mark.parametrize("given", [Classes, list], ids=["Classes", "list"])
def test_an_image_keeps_them(given: Any) -> None:
    class_set = [{"id": 1, "name": "car"}, {"id": 7, "name": "sky"}]
    image = Image(np.zeros((4, 4)), classes=given(class_set))
    [payload] = codecs.encode([image])
    assert isinstance(payload.meta, ImageMeta)
    assert payload.meta.classes == {"1": "car", "7": "sky"}
    assert codecs.decode(through_bytes(payload)) == image


def test_its_repr_shows_the_names() -> None:
    assert repr(Classes([{"id": 1, "name": "car"}])) == "Classes({'1': 'car'})"
