"""What is known of an image beside its pixels: overlays, classes, scores, label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ...arrays import describe
from ...checks import line, whole
from ...errors import WrongType
from ...schema import BoxSetMeta, Label, Number
from ..classes import Classes
from .boxes import checked_boxes, checked_scores
from .masks import Mask, checked_masks


@dataclass(frozen=True, slots=True)
class Notes:
    """Checked; what was not given is empty."""

    classes: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, BoxSetMeta] = field(default_factory=dict)
    masks: dict[str, Mask] = field(default_factory=dict)
    scores: dict[str, Number] = field(default_factory=dict)
    label: Label | None = None
    grouping: int | None = None


EMPTY = Notes()


class Given(NamedTuple):
    """The arguments of `Image` that become notes; None is not given."""

    classes: Any
    boxes: Any
    masks: Any
    scores: Any
    label: Any
    grouping: Any


def checked(given: Given, size: tuple[int, int], before: Notes) -> Notes:
    """Check what is given; the rest stays as it was `before`.

    Args:
        given: As it came.
        size: (height, width) of the image.
        before: The notes of the image that this one is made of.
    """
    return Notes(
        before.classes if given.classes is None else _classes(given.classes),
        before.boxes if given.boxes is None else checked_boxes(given.boxes, size),
        before.masks if given.masks is None else checked_masks(given.masks, size),
        before.scores if given.scores is None else checked_scores(given.scores, "scores"),
        before.label if given.label is None else _label(given.label),
        before.grouping if given.grouping is None else whole(given.grouping, "grouping"),
    )


def _classes(value: Any) -> dict[str, str]:
    return (value if isinstance(value, Classes) else Classes(value)).names


def _label(value: Any) -> Label:
    if isinstance(value, Label):
        return value
    if not isinstance(value, Mapping) or not value.keys() <= {"truth", "prediction", "score"}:
        raise WrongType(
            f"label: expected {{'truth', 'prediction', 'score'}}, got {describe(value)}"
        )
    score = value.get("score")
    if score is not None:
        score = checked_scores({"score": score}, "label")["score"]
    return Label(
        _line(value, "truth"),
        _line(value, "prediction"),
        score,
    )


def _line(label: Mapping[str, Any], name: str) -> str | None:
    value = label.get(name)
    return None if value is None else line(value, f"label[{name!r}]")
