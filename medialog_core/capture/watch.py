"""One training as capture sees it: when to look, at what, and that no fault of ours gets out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .batch import Batch
from .budget import GRACE_SECS, Cadence
from .datasets import DatasetFacts
from .histograms import of_tensors
from .session import Session
from .validation import Validation

INPUTS = "train/inputs"
GRADIENTS = "gradients"
PREDICTIONS = "val/predictions"

Tensors = Mapping[str, Iterable[tuple[str, Any]]]
"""By area, `gradients` or `weights`: names and arrays or tensors."""


class Watch:
    """Looks at a training from its first step to its last.

    A wrapper asks what is due, supplies it, and says when a validation begins and ends.

    Args:
        session: Options, runs and budget.
        every: Distance in steps of two looks at inputs and tensors.

    Attributes:
        validation: Follows samples through the validations.
        looking_at_validation: Whether the validation that is under way is looked at.
    """

    def __init__(self, session: Session, every: int) -> None:
        self.session = session
        self.validation = Validation(session)
        self.looking_at_validation = False
        self._every = max(every, 1)
        self._inputs = Cadence(self._every)
        self._optimizers: dict[int, Cadence] = {}

    def inputs_due(self, step: int) -> bool:
        """Say whether the inputs of a training batch are wanted at a step."""
        wanted = self.session.options.grids and self.session.active(INPUTS)
        return wanted and self._inputs.due(step)

    def inputs(
        self, step: int, epoch: float | None, taken: Callable[[], tuple[Batch, DatasetFacts]]
    ) -> None:
        """Log `train/inputs` when they are due and the budget grants it.

        Args:
            step: Training step.
            epoch: Epoch, where it is known.
            taken: Gives the batch, taken apart, and what is known of its data set.
        """
        if not self.inputs_due(step):
            return
        self._inputs.done(step)
        if self._granted(INPUTS):
            with self.session.looking(INPUTS):
                self.session.log_inputs("train", *taken(), step, epoch)

    def tensors_due(self, count: int, place: int = 0) -> bool:
        """Say whether gradients and weights are wanted at the `count`-th step of an optimizer."""
        options = self.session.options
        wanted = options.gradients or options.weights
        return wanted and self.session.active(_area(place)) and self._cadence(place).due(count)

    def tensors(
        self,
        step: int,
        epoch: float | None,
        taken: Callable[[], Tensors],
        *,
        count: int | None = None,
        place: int = 0,
        places: int = 1,
    ) -> None:
        """Log histograms and norms of gradients and weights when they are due and granted.

        Args:
            step: Training step.
            epoch: Epoch, where it is known.
            taken: Gives them, by area; an area that the options don't ask for is left out.
            count: How many steps the optimizer has made; `step` where absent.
            place: Which of several optimizers.
            places: How many optimizers there are.
        """
        count = step if count is None else count
        if not self.tensors_due(count, place):
            return
        self._cadence(place).done(count)
        if self._granted(_area(place)):
            with self.session.looking(_area(place)):
                self.session.log(self._histograms(taken(), place, places), step, epoch)

    def tensors_again(self) -> None:
        """Have gradients and weights due at the next step: from here on they are others."""
        self._optimizers.clear()

    def validation_begin(self) -> None:
        """Begin a validation, and decide whether to look at it."""
        options = self.session.options
        wanted = options.predictions or options.grids
        self.looking_at_validation = wanted and self._granted(PREDICTIONS, GRACE_SECS)
        if self.looking_at_validation:
            self.validation.begin()

    @contextmanager
    def validating(self) -> Iterator[None]:
        """Keep in an error of the block, a piece of a validation's work; no other is looked at then."""
        with self.session.looking(PREDICTIONS):
            yield
        self.looking_at_validation = self.looking_at_validation and self.session.active(PREDICTIONS)

    def end(self) -> None:
        """Write down what looking has cost."""
        with self.session.looking("health"):
            self.session.close()

    def _granted(self, what: str, grace_secs: float = 0.0) -> bool:
        return self.session.active(what) and self.session.budget.grants(what, grace_secs)

    def _cadence(self, place: int) -> Cadence:
        return self._optimizers.setdefault(place, Cadence(self._every))

    def _histograms(self, tensors: Tensors, place: int, places: int) -> dict[str, Any]:
        asked = {
            "gradients": self.session.options.gradients,
            "weights": self.session.options.weights,
        }
        data: dict[str, Any] = {}
        for area, pairs in tensors.items():
            if asked[area]:
                data |= of_tensors(area, pairs)
        if places > 1 and f"{GRADIENTS}_norm" in data:
            data[f"{GRADIENTS}_norm/optimizer_{place}"] = data.pop(f"{GRADIENTS}_norm")
        return data


def _area(place: int) -> str:
    return f"{GRADIENTS}/{place}"
