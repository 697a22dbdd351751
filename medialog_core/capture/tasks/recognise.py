"""From evidence to a reading: the most direct source that is understood, and only one answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..datasets import NOTHING_KNOWN, DatasetFacts
from ..options import Role
from ..samples import Sample
from ..scores import decided_class, decided_labels
from .case import Case
from .evidence import LOSS_TARGET, Evidence, Reading, Source, Unsure
from .fitting import LABEL_TASKS, fitting, scale_of
from .queries import decided
from .tokens import TOKEN_TASKS, class_axis, places_ahead

SOURCES: tuple[Source, ...] = ("named output", "loss", "call", "output", "forward")
"""The most direct first: what the user calls a prediction, then what the loss was given."""

PIXELWISE = frozenset({"segmentation", "binary segmentation", "detection", "image-to-image"})
"""Tasks whose prediction must lie on the picture as it is, not on a flipped or cropped copy."""

Found = tuple[Evidence, Reading]


def recognise(
    samples: Sequence[Sample],
    evidence: Sequence[Evidence],
    roles: Mapping[str, Role],
    facts: DatasetFacts = NOTHING_KNOWN,
) -> Found | Unsure:
    """Choose the evidence that is shown and say what it means.

    Args:
        samples: The samples, with everything in the batch that may be their truth.
        evidence: What was seen of their predictions, a row a sample.
        roles: What the user pinned.
        facts: What is known of data set and model.
    """
    if "prediction" in roles:
        evidence = [e for e in evidence if e.place == roles["prediction"]]
    for source in SOURCES:
        here = [e for e in evidence if e.source == source and len(e.rows) == len(samples)]
        found = [(e, reading) for e in here for reading in _readings(samples, e, roles, facts)]
        if found:
            return _agreed(found)
        if source == "loss" and any(e.source == "named output" for e in evidence):
            return Unsure("what the step calls its prediction fits no target")
    return Unsure("no prediction that fits a target" if evidence else "no prediction was seen")


def reads(
    samples: Sequence[Sample],
    evidence: Evidence,
    reading: Reading,
    facts: DatasetFacts = NOTHING_KNOWN,
) -> bool:
    """Say whether `evidence`, seen later, can be read in the way that was found first."""
    truth = [s.targets[reading.target] for s in samples]
    stated = replace(facts, task=reading.task)
    case = _case(samples, truth, evidence.rows, reading.loss, reading.ignore_index, stated)
    return reading.task in fitting(case)


def _case(
    samples: Sequence[Sample],
    truth: Sequence[Any],
    rows: Sequence[Any],
    loss: str | None,
    ignore_index: int | None,
    facts: DatasetFacts,
) -> Case:
    inputs, padded = [s.input for s in samples], any(s.padded for s in samples)
    return Case(inputs, truth, rows, loss, ignore_index, facts, padded)


def _readings(
    samples: Sequence[Sample], evidence: Evidence, roles: Mapping[str, Role], facts: DatasetFacts
) -> Iterator[Reading]:
    ignore = _as_id(roles.get("ignore_index", evidence.ignore_index))
    stated = roles.get("task", facts.task)
    known = replace(facts, task=None if stated is None else str(stated))
    for place, truth, sure in _truths(samples, evidence, roles):
        case = _case(samples, truth, evidence.rows, evidence.loss, ignore, known)
        for task in [t for t in fitting(case) if t == (stated or t)]:
            scale = scale_of(task, case)
            placed = task not in PIXELWISE or sure or evidence.on_inputs or case.truth_is_input
            if placed and (scale is not None or task not in LABEL_TASKS):
                yield _reading(Reading(task, place, scale, evidence.loss, ignore), case)


def _reading(reading: Reading, case: Case) -> Reading:
    if reading.task not in TOKEN_TASKS:
        return reading
    return replace(reading, axis=class_axis(case) or 0, ahead=places_ahead(case))


def _truths(
    samples: Sequence[Sample], evidence: Evidence, roles: Mapping[str, Role]
) -> Iterator[tuple[Role, Sequence[Any], bool]]:
    """Give what may be the truth, and whether it lies on the inputs as they are.

    What the loss was given is the truth; where it equals an element of the batch that one is named.
    """
    pinned = roles.get("target")
    places = [p for p in samples[0].targets if p != LOSS_TARGET and pinned in (None, p)]
    if evidence.target is None or pinned is not None:
        yield from ((place, [s.targets[place] for s in samples], False) for place in places)
        return
    for place in places:
        if _same(evidence.target, [s.targets[place] for s in samples]):
            yield place, evidence.target, True
            return
    yield LOSS_TARGET, evidence.target, False


def _same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return all(
        np.array_equal(np.squeeze(a), np.squeeze(b)) for a, b in zip(one, other, strict=True)
    )


def _agreed(found: Sequence[Found]) -> Found | Unsure:
    """Give the one answer: several must name one task and one truth and decide alike."""
    first = found[0]
    if any((r.task, r.target) != (first[1].task, first[1].target) for _, r in found):
        named = sorted({f"{e.place!r} as {r.task} of {r.target!r}" for e, r in found})
        return Unsure(f"more than one reading: {', '.join(named)}")
    decisions = [_decisions(*each) for each in found]
    if any(not _same(decisions[0], other) for other in decisions[1:]):
        return Unsure(
            f"predictions that differ: {', '.join(sorted(repr(e.place) for e, _ in found))}"
        )
    return next((each for each in found if each[1].scale != "ids"), first)


def _decisions(evidence: Evidence, reading: Reading) -> list[Any]:
    if reading.task == "detection":
        return [row["boxes"] if reading.scale is None else decided(row) for row in evidence.rows]
    if reading.scale is None or reading.task == "image-to-image":
        return list(evidence.rows)
    if reading.task in TOKEN_TASKS:
        return [row.argmax(axis=reading.axis) for row in evidence.rows]
    decide = decided_labels if reading.task in LABEL_TASKS else decided_class
    return [decide(row, reading.scale) for row in evidence.rows]


def _as_id(value: Role | None) -> int | None:
    return value if isinstance(value, int) else None
