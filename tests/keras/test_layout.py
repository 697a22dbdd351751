"""Pictures are told by their shape, and by the setting where a shape may be either."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from medialog_keras.layout import channels_first, layout_of

CASES: list[tuple[tuple[int, ...], str, Any]] = [
    ((2, 8, 9, 3), "channels_last", "last"),
    ((2, 8, 9, 3), "channels_first", "last"),
    ((2, 3, 8, 9), "channels_last", "first"),
    ((2, 3, 8, 4), "channels_last", "last"),
    ((2, 3, 8, 4), "channels_first", "first"),
    ((2, 8, 9, 5), "channels_last", None),
    ((2, 1, 9, 5), "channels_last", "first"),
    ((2, 1, 1, 3), "channels_last", None),
    ((2, 28, 28), "channels_last", "gray"),
    ((2, 20, 9), "channels_last", None),
    ((2, 4, 4), "channels_last", None),
    ((2, 64), "channels_last", None),
    ((2, 5, 8, 9, 3), "channels_last", None),
]


@pytest.mark.parametrize(("shape", "setting", "layout"), CASES)
def test_where_the_channels_are(shape: tuple[int, ...], setting: str, layout: Any) -> None:
    assert layout_of(np.zeros(shape, np.float32), setting) == layout


def test_bytes_without_channels_are_pictures_of_any_shape() -> None:
    assert layout_of(np.zeros((2, 20, 9), np.uint8), "channels_last") == "gray"


@pytest.mark.parametrize(
    ("shape", "layout", "expected"),
    [
        ((2, 8, 9, 3), "last", (2, 3, 8, 9)),
        ((2, 8, 9, 3), "gray", (2, 3, 8, 9)),
        ((2, 8, 9, 3), None, (2, 3, 8, 9)),
        ((2, 3, 8, 9), "first", (2, 3, 8, 9)),
        ((2, 8, 9), "gray", (2, 1, 8, 9)),
        ((2, 8, 9), "last", (2, 8, 9)),
    ],
)
def test_channels_come_in_front(shape: Any, layout: Any, expected: Any) -> None:
    assert channels_first(np.zeros(shape), layout).shape == expected
