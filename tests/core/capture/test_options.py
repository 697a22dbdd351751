"""`Capture` refuses what it can't mean, at the caller's line, and says what would do."""

from __future__ import annotations

from typing import Any

import pytest

from medialog_core.capture import Capture
from medialog_core.errors import InvalidInput, WrongType


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"grids": 1}, WrongType, "grids: expected True or False, got int 1"),
        ({"num_samples": 0}, InvalidInput, "num_samples: expected at least 1, got 0"),
        ({"num_samples": 2.5}, WrongType, "num_samples: expected a whole number, got float 2.5"),
        ({"every_n_steps": 0}, InvalidInput, "every_n_steps: expected at least 1, got 0"),
        (
            {"budget": 2},
            InvalidInput,
            r"budget: expected a share above 0 up to 1 \(0.02 is 2 %\), got 2",
        ),
        ({"budget": "2%"}, WrongType, "budget: expected a share"),
        (
            {"roles": {"inputs": 0}},
            InvalidInput,
            r"roles: expected names among .*'input'.*, got \['inputs'\]",
        ),
        (
            {"roles": {"task": "gan"}},
            InvalidInput,
            r"roles\['task'\]: expected one of .*'detection'.*, got 'gan'",
        ),
        (
            {"roles": {"ignore_index": "255"}},
            WrongType,
            r"roles\['ignore_index'\]: expected a class id",
        ),
        ({"denormalize": "imagenet"}, WrongType, 'denormalize: expected "auto", None or'),
        (
            {"denormalize": ((0.5,), (0.0,))},
            InvalidInput,
            "denormalize: expected a mean and a std above 0",
        ),
        (
            {"class_labels": "cat"},
            WrongType,
            "class_labels: expected a list of names or names by id, got str 'cat'",
        ),
        ({"class_labels": {0: 1}}, WrongType, "class_labels: expected names, got int 1"),
        ({"sample_fn": 3}, WrongType, "sample_fn: expected a function"),
    ],
)
def test_what_is_refused(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Capture(**options)


def test_labels_are_by_id() -> None:
    assert Capture(class_labels=["cat", "dog"]).labels == {0: "cat", 1: "dog"}
    assert Capture(class_labels={7: "cat"}).labels == {7: "cat"}
    assert Capture().labels == {}
