"""The budget decides whether to look, by a clock of the test's own."""

from __future__ import annotations

import pytest

from medialog_core.capture.budget import Budget, Cadence


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_first_look_of_each_kind_is_granted() -> None:
    clock = Clock()
    budget = Budget(0.02, clock)
    with budget.spending():
        clock.now += 5
    assert budget.grants("gradients")
    assert budget.grants("grids")
    assert not budget.grants("gradients")
    assert budget.refused == 1


def test_a_look_is_granted_again_when_it_is_paid_for() -> None:
    clock = Clock()
    budget = Budget(0.02, clock)
    assert budget.grants("gradients")
    with budget.spending():
        clock.now += 1
    clock.now = 49.9
    assert not budget.grants("gradients")
    clock.now = 50.1
    assert budget.grants("gradients")


def test_the_share_holds_in_the_long_run_however_dear_a_look_is() -> None:
    clock = Clock()
    budget = Budget(0.02, clock)
    looks = 0
    for _ in range(10_000):
        clock.now += 0.1
        if budget.grants("gradients"):
            looks += 1
            with budget.spending():
                clock.now += 0.3
    assert 0.02 * clock.now - 0.3 <= budget.spent_secs <= 0.02 * clock.now + 0.3
    assert budget.refused == 10_000 - looks


def test_grace_lets_a_look_run_ahead() -> None:
    clock = Clock()
    budget = Budget(0.02, clock)
    assert budget.grants("predictions", 1.0)
    with budget.spending():
        clock.now += 0.9
    assert budget.grants("predictions", 1.0)
    assert not budget.grants("predictions", 0.5)


def test_what_runs_ahead_within_its_grace_puts_off_no_other_look() -> None:
    clock = Clock()
    budget = Budget(0.02, clock)
    budget.grants("gradients")
    for _ in range(20):
        clock.now += 1
        assert budget.grants("predictions", 1.0)
        with budget.spending("predictions"):
            clock.now += 0.06
    assert budget.grants("gradients")
    with budget.spending("gradients"):
        clock.now += 0.5
    assert not budget.grants("gradients")
    assert budget.spent_secs == pytest.approx(1.7)


def test_no_look_is_made_while_others_have_used_up_their_grace() -> None:
    clock = Clock()
    budget = Budget(0.02, clock)
    budget.grants("gradients")
    budget.grants("predictions", 1.0)
    with budget.spending("predictions"):
        clock.now += 5
    assert not budget.grants("gradients")
    assert not budget.grants("predictions", 1.0)


def test_a_share_of_one_grants_every_look() -> None:
    clock = Clock()
    budget = Budget(1.0, clock)
    for _ in range(5):
        assert budget.grants("gradients")
        with budget.spending():
            clock.now += 3


def test_nested_blocks_count_once() -> None:
    clock = Clock()
    budget = Budget(0.02, clock)
    with budget.spending():
        clock.now += 1
        with budget.spending():
            clock.now += 1
    assert budget.spent_secs == 2


def test_a_cadence_is_the_first_step_and_every_nth_after_it() -> None:
    cadence = Cadence(3)
    looked = []
    for step in (7, 7, 8, 9, 10, 11, 12, 13):
        if cadence.due(step):
            cadence.done(step)
            looked.append(step)
    assert looked == [7, 10, 13]


def test_what_is_compiled_once_is_left_out_of_a_look() -> None:
    clock = Clock()
    budget = Budget(0.02, clock)
    for _ in range(2):
        with budget.spending():
            clock.now += 1
            with budget.apart():
                clock.now += 30
    assert budget.spent_secs == 2
