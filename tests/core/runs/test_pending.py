"""Steps and nested keys."""

from __future__ import annotations

import numpy as np
import pytest

from medialog_core.errors import InvalidInput, WrongType
from medialog_core.runs.pending import Steps, flatten


def test_each_call_without_a_step_is_a_new_step() -> None:
    steps = Steps()
    assert [steps.take(None, None) for _ in range(3)] == [0, 1, 2]


def test_a_call_without_a_step_goes_one_after_the_highest() -> None:
    steps = Steps()
    assert steps.take(10, None) == 10
    assert steps.take(3, None) == 3
    assert steps.take(None, None) == 11


def test_commit_false_stays_on_the_step() -> None:
    steps = Steps()
    assert [steps.take(None, c) for c in (False, False, None, None)] == [0, 0, 0, 1]


def test_commit_false_with_a_step_holds_that_step() -> None:
    steps = Steps()
    assert [steps.take(7, False), steps.take(None, None), steps.take(None, None)] == [7, 7, 8]


def test_a_trainers_step_is_taken_where_none_is_stated() -> None:
    steps = Steps()
    assert steps.take(None, None, lambda: 40) == 40
    assert steps.take(5, None, lambda: 40) == 5


@pytest.mark.parametrize("step", [np.int64(4), 4.0, np.asarray(4), True + 3])
def test_whole_numbers_of_any_library_are_steps(step: int) -> None:
    assert Steps().take(step, None) == 4


@pytest.mark.parametrize("step", [1.5, "3", float("nan"), [1]])
def test_what_is_no_whole_number_is_refused(step: int) -> None:
    with pytest.raises(WrongType, match="step: expected a whole number, got"):
        Steps().take(step, None)


def test_nested_dictionaries_become_paths() -> None:
    assert dict(flatten({"a": {"b": 1, "c": {"d": 2}}, "e": 3})) == {"a/b": 1, "a/c/d": 2, "e": 3}


def test_a_nested_dictionary_may_have_keys_of_any_type() -> None:
    nested = {"per_class": {0: 0.5, np.int64(1): 0.6, (0, 1): 0.7, None: 0.8}}
    expected = {"0": 0.5, "1": 0.6, "(0, 1)": 0.7, "None": 0.8}
    assert dict(flatten(nested)) == {f"per_class/{key}": value for key, value in expected.items()}


def test_a_key_of_a_subclass_becomes_a_plain_string() -> None:
    [(outer, _), (inner, _)] = flatten({np.str_("a"): 1, "b": {np.str_("c"): 2}})
    assert (outer, inner) == ("a", "b/c")
    assert type(outer) is type(inner) is str


def test_a_key_that_is_no_string_is_refused() -> None:
    with pytest.raises(WrongType, match="keys are strings, got int 3"):
        dict(flatten({3: 1}))


def test_a_step_beyond_64_bits_is_refused() -> None:
    with pytest.raises(InvalidInput, match="step: expected a number of 64 bits"):
        Steps().take(2**63, None)
    assert Steps().take(2**63 - 1, None) == 2**63 - 1


def test_a_signals_handler_may_take_a_step_within_a_step() -> None:
    steps = Steps()
    with steps._lock:
        assert steps.take(None, None) == 0


def test_steps_go_on_from_where_they_are_told_at_least() -> None:
    steps = Steps(5)
    steps.reach(3)
    assert steps.next == 5
    steps.reach(8)
    assert steps.take(None, None) == 8
