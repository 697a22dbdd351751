"""What `define_metric` may be given, in W&B's words."""

from __future__ import annotations

from typing import Any

import pytest

from medialog_core.errors import InvalidInput, WrongType
from medialog_core.runs.defining import checked
from medialog_core.schema import Metric


def define(before: Metric | None = None, name: Any = "loss", **given: Any) -> Metric:
    arguments: dict[str, Any] = dict.fromkeys(
        ("step_metric", "step_sync", "hidden", "summary", "overwrite", "goal")
    )
    return checked(before, name, **(arguments | given))


def test_an_axis_is_followed_unless_the_call_says_otherwise() -> None:
    assert define(step_metric="epoch") == Metric("loss", step_metric="epoch", step_sync=True)
    assert not define(step_metric="epoch", step_sync=False).step_sync
    assert not define().step_sync


def test_a_definition_is_an_axis_too() -> None:
    assert define(step_metric=Metric("epoch")).step_metric == "epoch"


def test_what_is_not_given_stays() -> None:
    first = define(step_metric="epoch", step_sync=False, hidden=True, summary="min,max")
    assert define(first) == first
    assert define(first, summary="last").summary == ("last",)
    assert define(first, step_metric="batch") == Metric(
        "loss", step_metric="batch", step_sync=False, hidden=True, summary=("min", "max")
    )
    assert not define(first, hidden=False).hidden


def test_overwriting_forgets() -> None:
    assert define(define(step_metric="epoch"), summary="min", overwrite=True) == Metric(
        "loss", summary=("min",)
    )


def test_words_may_have_blanks_capitals_and_repeats() -> None:
    assert define(summary="Min, max,min").summary == ("min", "max")
    assert define(summary="").summary == ()


@pytest.mark.parametrize("goal", ["min", "minimize", "MINIMISE"])
def test_a_goal_is_told_by_its_beginning(goal: str) -> None:
    assert define(summary="best", goal=goal).goal == "min"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": ""}, "name: expected a key, got an empty string"),
        ({"name": "a*b"}, r"one \* at its end, got 'a\*b'"),
        (
            {"summary": "min,avg"},
            "summary: expected words of min, max, mean, best, first, last, copy, none, got 'avg'",
        ),
        ({"summary": "best"}, "summary='best' needs goal='minimize' or goal='maximize'"),
        ({"goal": "up"}, "goal: expected 'minimize' or 'maximize', got 'up'"),
        ({"name": "a\udcff"}, "name: has a lone surrogate"),
    ],
)
def test_what_an_argument_cannot_be_is_said(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        define(**given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": 5}, "name: expected str, got int 5"),
        ({"step_metric": 5}, "step_metric: expected str, got int 5"),
        ({"step_sync": "yes"}, "step_sync: expected True, False or None, got str 'yes'"),
        ({"hidden": 1}, "hidden: expected True, False or None, got int 1"),
        ({"overwrite": "no"}, "overwrite: expected True, False or None"),
        ({"summary": ["min"]}, "summary: expected str, got list"),
    ],
)
def test_what_is_of_the_wrong_type_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(WrongType, match=message):
        define(**given)
