"""What `define_metric` says of a key: rows of the state area `metric`."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Goal = Literal["min", "max"]


class Metric(Struct, frozen=True, omit_defaults=True):
    """The definition of a metric, of numbers and of media alike.

    Attributes:
        name: The key it is of; with a `*` at its end, all keys that begin so and have no closer one.
        step_metric: The key whose numbers are its x-axis; None for the step.
        step_sync: Whether a value without one at its own step takes the axis' latest before it.
        hidden: Whether a viewer shows it only when asked.
        summary: What of its numbers the summary holds: words of `min`, `max`, `mean`, `best`,
            `first`, `last`, `copy` and `none`; empty for the last number itself.
        goal: Whether `best` is the least or the greatest.
    """

    name: str
    step_metric: str | None = None
    step_sync: bool = False
    hidden: bool = False
    summary: tuple[str, ...] = ()
    goal: Goal | None = None
