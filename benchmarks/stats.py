"""From single measurements to what is shown: medians and ranges, ratios formed within a round."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .runner import Outcome


@dataclass(frozen=True)
class Spread:
    """The median of some rounds, the smallest and the largest."""

    median: float
    lowest: float
    highest: float


def spread(values: Iterable[float]) -> Spread | None:
    """Give the spread of some values; None of none."""
    found = list(values)
    return Spread(statistics.median(found), min(found), max(found)) if found else None


def absolute(outcomes: Sequence[Outcome], label: str, measure: str) -> Spread | None:
    """Give the spread of a measure over the rounds."""
    return spread(_by_round(outcomes, label, measure).values())


def ratio(outcomes: Sequence[Outcome], label: str, to: str, measure: str) -> Spread | None:
    """Give the spread of `label` as a multiple of `to`, each formed within its round."""
    above, below = (_by_round(outcomes, name, measure) for name in (label, to))
    return spread(above[i] / below[i] for i in above.keys() & below.keys() if below[i])


def _by_round(outcomes: Sequence[Outcome], label: str, measure: str) -> dict[int, float]:
    return {
        outcome.round: outcome.measures[measure]
        for outcome in outcomes
        if outcome.label == label and measure in outcome.measures
    }
