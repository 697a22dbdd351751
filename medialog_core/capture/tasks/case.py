"""A prediction beside what may be its truth, and what can be asked of the two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...arrays import Array
from ...lazy import cached_property
from ..datasets import NOTHING_KNOWN, DatasetFacts
from ..scores import CLASS_LOSSES

Shape = tuple[int, ...]
_MAPS = 3


@dataclass(frozen=True, eq=False)
class Case:
    """A prediction and what may be its truth, one row a sample.

    Attributes:
        inputs, truth, prediction: Arrays, or dictionaries of arrays for detection.
        loss: The loss function that took them, where it is known.
        ignore_index: The class id that doesn't count; negative ids never do.
        facts: What is known of data set and model; its task is the user's where they state one.
        padded: A part of some input is padding, and the batch says so.
    """

    inputs: Sequence[Any]
    truth: Sequence[Any]
    prediction: Sequence[Any]
    loss: str | None = None
    ignore_index: int | None = None
    facts: DatasetFacts = NOTHING_KNOWN
    padded: bool = False

    @cached_property
    def shape(self) -> Shape | None:
        """The shape of each prediction; None where they differ or are no arrays."""
        return _common_shape(self.prediction)

    @cached_property
    def truth_shape(self) -> Shape | None:
        """The shape of each truth; None where they differ or are no arrays."""
        return _common_shape(self.truth)

    @cached_property
    def float_prediction(self) -> bool:
        """Whether the predictions are floats, not ids."""
        return all(row.dtype.kind == "f" for row in self.prediction)

    @cached_property
    def id_truth(self) -> bool:
        """Whether the truth is ids: integers, booleans, or whole floats that a loss of classes took."""
        kinds = {np.asarray(row).dtype.kind for row in self.truth}
        if kinds <= set("biu"):
            return True
        return kinds <= set("biuf") and self.loss in CLASS_LOSSES and all(map(_whole, self.truth))

    @cached_property
    def ids(self) -> Array:
        """The truth's values that count, flat."""
        values = np.concatenate([np.asarray(row).ravel() for row in self.truth])
        keep = (
            values >= 0
            if self.ignore_index is None
            else (values >= 0) & (values != self.ignore_index)
        )
        return values[keep] if self.id_truth else values

    @cached_property
    def binary_truth(self) -> bool:
        """Whether the truth's values are 0 and 1 only."""
        return bool(np.isin(self.ids, (0, 1)).all())

    @cached_property
    def one_hot_truth(self) -> bool:
        """Whether the truth sums to 1 over axis 0 everywhere."""
        return all(
            (np.asarray(t) >= 0).all() and np.allclose(np.asarray(t).sum(axis=0), 1)
            for t in self.truth
        )

    @cached_property
    def truth_is_input(self) -> bool:
        """Whether the truth is the input itself, as for an autoencoder."""
        return all(
            np.array_equal(t, x[0] if _is_grey(x) and np.ndim(t) < np.ndim(x) else x)
            for t, x in zip(self.truth, self.inputs, strict=True)
        )

    @cached_property
    def input_size(self) -> Shape | None:
        """Height and width of pictures as inputs."""
        shape = _common_shape(self.inputs)
        return shape[1:] if shape is not None and len(shape) == _MAPS else None

    @cached_property
    def enlargement(self) -> int | None:
        """How many times as high and wide as its input a truth is; None where it is something else.

        What is larger has the input's channels.
        """
        shape, truth = _common_shape(self.inputs), self.truth_shape
        if shape is None or truth is None or len(shape) != _MAPS:
            return None
        if truth[-2:] == shape[1:]:
            return 1
        times = truth[-1] // shape[-1]
        return times if truth == (shape[0], times * shape[1], times * shape[2]) else None

    def below(self, classes: int) -> bool:
        """Say whether every id that counts is one of so many classes."""
        return bool((self.ids < classes).all())

    def loss_among(self, losses: Any) -> bool:
        """Say whether the loss is one of these or unknown."""
        return self.loss is None or self.loss in losses


def _is_grey(picture: Any) -> bool:
    return np.ndim(picture) == _MAPS and len(picture) == 1


def _whole(values: Any) -> bool:
    return bool((np.asarray(values) == np.floor(values)).all())


def _common_shape(rows: Sequence[Any]) -> Shape | None:
    shapes = {
        np.shape(row) if isinstance(row, np.ndarray | np.generic | int | float) else None
        for row in rows
    }
    return shapes.pop() if len(shapes) == 1 else None
