"""A number of any library is Python's, and what is none is named with its field."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from medialog_core import Image
from medialog_core.checks import line, number, value_range, whole
from medialog_core.errors import InvalidInput, WrongType

THREES = [3, 3.0, np.int8(3), np.float32(3), np.array(3), torch.tensor(3), torch.tensor([3.0])]


@pytest.mark.parametrize("three", THREES, ids=repr)
def test_a_whole_number_of_any_library_is_an_int(three: Any) -> None:
    found = whole(three, "n")
    assert (found, type(found)) == (3, int)


@pytest.mark.parametrize("three", THREES, ids=repr)
def test_a_number_of_any_library_is_pythons(three: Any) -> None:
    found = number(three, "n")
    assert found == 3
    assert type(found) in (int, float)


@pytest.mark.parametrize("odd", [2.5, "3", None, float("nan"), float("inf"), [3, 4]], ids=repr)
def test_what_is_no_whole_number_is_refused(odd: Any) -> None:
    with pytest.raises(WrongType, match="n: expected a whole number, got"):
        whole(odd, "n")


def test_a_whole_number_out_of_its_bounds_is_refused() -> None:
    with pytest.raises(InvalidInput, match="n: expected 1 or more, got 0"):
        whole(0, "n", 1)
    with pytest.raises(InvalidInput, match="n: expected 1 to 100, got 101"):
        whole(101, "n", 1, 100)
    assert (whole(1, "n", 1), whole(100, "n", 1, 100)) == (1, 100)


def test_a_number_is_a_line_as_it_is_written() -> None:
    assert [line(one, "caption") for one in (7, np.float64(0.5), torch.tensor(2))] == [
        "7",
        "0.5",
        "2",
    ]


@pytest.mark.parametrize("given", [(1, 1), (2, 1), (0, float("inf")), (0,), (0, "1"), []], ids=repr)
def test_a_range_that_is_none_is_refused(given: Any) -> None:
    with pytest.raises(InvalidInput, match=r"value_range: expected \(lo, hi\) with lo < hi"):
        value_range(given)


def test_a_quality_may_be_of_another_library() -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    ours = Image(picture, file_type="jpg", quality=70)
    assert Image(picture, file_type="jpg", quality=np.int64(70)) == ours  # type: ignore[arg-type]
    assert Image(picture, file_type="jpg", quality=torch.tensor(70)) == ours  # type: ignore[arg-type]
