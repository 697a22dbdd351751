"""What a wrapper saw of a model's predictions, and what was read from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..options import Role
from ..scores import Scale

LOSS_TARGET = "the loss's target"
"""The place of a target that only the loss was given."""

Source = Literal["named output", "loss", "call", "output", "forward", "part"]


@dataclass(frozen=True, eq=False)
class Evidence:
    """A prediction of the leading samples of a batch, as it was seen.

    Attributes:
        source: Where: an element of the step's outputs with a usual name, the argument of a loss,
            what the last module put out, an element of the outputs without such a name, a forward
            of ours; a "part" is an earlier module's output and only tells who predicts what.
        place: Its name there: the output's key, the loss function, the module's path.
        rows: One array (or dictionary of arrays) a sample.
        target: The loss's own target, a row a sample; None elsewhere.
        ignore_index: The class id that the loss leaves out.
        on_inputs: The prediction is known to be one of the batch's own inputs, not of a flipped or
            cropped copy.
        module: The path of the module that gave it, "" for the root; None where none is known.
        order: Which of several of that name in a batch, as they came.
    """

    source: Source
    place: Role
    rows: Sequence[Any]
    target: Sequence[Any] | None = None
    ignore_index: int | None = None
    on_inputs: bool = True
    module: str | None = None
    order: int = 0

    @property
    def loss(self) -> str | None:
        """The loss function that took the prediction, where one is known."""
        return str(self.place) if self.source == "loss" else None


@dataclass(frozen=True)
class Reading:
    """What a prediction means.

    Attributes:
        task: One of `options.TASKS`.
        target: Where the truth is: a place in the batch, or `LOSS_TARGET`.
        scale: How its numbers become probabilities; None where they are no scores.
        loss: The loss function that told.
        ignore_index: The class id that doesn't count.
        axis: Which axis of a prediction has the classes.
        ahead: How many places before its truth each place of a sequence is predicted.
    """

    task: str
    target: Role
    scale: Scale | None = None
    loss: str | None = None
    ignore_index: int | None = None
    axis: int = 0
    ahead: int = 0


@dataclass(frozen=True)
class Unsure:
    """Why nothing was read; a notice says it once."""

    reason: str
