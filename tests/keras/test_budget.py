"""What is charged to capture's share of the time: looks, and nothing of the training's own."""

from __future__ import annotations

from typing import Any

import keras
import pytest

from medialog_core.capture import session
from medialog_core.capture.budget import Budget
from medialog_keras import callback

from .trials import classification


class Clock:
    """A clock that stands still unless a test moves it on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def budgets(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[Budget]:
    """The budgets of callbacks that are made from now on, on the test's clock."""
    made: list[Budget] = []

    def make(share: float) -> Budget:
        made.append(Budget(share, clock))
        return made[-1]

    monkeypatch.setattr(session, "Budget", make)
    return made


def test_reading_a_schedule_is_not_charged_to_looks(
    train: Any, clock: Clock, budgets: list[Budget], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_: Any) -> dict[str, float]:
        clock.now += 5
        return {"learning_rate": 0.5}

    monkeypatch.setattr(callback, "learning_rates", slow)
    result = train(classification())
    assert [point.value for point in result.run.scalars("learning_rate")] == [0.5, 0.5]
    assert clock.now == 10
    assert budgets[0].spent_secs == 0


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="jax computes while Python goes on")
def test_steps_that_a_look_waits_for_are_not_charged_to_it(
    train: Any, clock: Clock, budgets: list[Budget], monkeypatch: pytest.MonkeyPatch
) -> None:
    import jax  # noqa: PLC0415 - only its back end needs it

    reached = jax.block_until_ready

    def slow(value: Any) -> Any:
        clock.now += 5 if isinstance(value, list | tuple) else 0  # a training's state, no answer
        return reached(value)

    monkeypatch.setattr(jax, "block_until_ready", slow)
    result = train(classification(), tuned={"gradients": True})
    assert "gradients_norm" in result.run.scalar_keys()
    assert clock.now >= 10
    assert budgets[0].spent_secs == 0
