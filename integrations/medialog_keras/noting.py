"""What each of several optimizers is given in one step, before the next one's backward pass overwrites it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import torch

from medialog_core.capture.torch.gradients import local_values

Apply = Callable[..., Any]


def optimizers_of(model: Any) -> list[Any]:
    """Give a model's own optimizer, and those that a train step of its own has."""
    held = (getattr(model, "optimizer", None), *vars(model).values())
    found = {id(each): each for each in held if isinstance(each, keras.optimizers.Optimizer)}
    return list(found.values())


class Noting:
    """Stands before optimizers until each was applied once, or until it is asked what was noted.

    Args:
        optimizers: Of one model.
    """

    def __init__(self, optimizers: Sequence[Any]) -> None:
        self._noted: dict[str, torch.Tensor] = {}
        self._fault: Exception | None = None
        self._standing = [(each, self._put_before(each)) for each in optimizers]

    def __call__(self) -> dict[str, torch.Tensor]:
        """Leave the optimizers, and give copies of the gradients, unscaled, by the variables' paths.

        Raises:
            Exception: What went wrong in noting, which must not end the step.
        """
        for optimizer, apply in self._standing:
            _leave(optimizer, apply)
        if self._fault is not None:
            raise self._fault
        return self._noted

    def _put_before(self, optimizer: Any) -> Apply:
        scale = float(optimizer.scale_loss(1.0))

        def apply(gradients: Any, trainable_variables: Any = None) -> Any:
            _leave(optimizer, apply)
            gradients = list(gradients)
            try:
                given = trainable_variables or optimizer._trainable_variables  # noqa: SLF001 - Keras's default
                self._note(given, gradients, scale)
            except Exception as error:  # noqa: BLE001 - it is raised where capture looks
                self._fault = error
            return optimizer.apply(gradients, trainable_variables)

        vars(optimizer)["apply"] = apply
        return apply

    def _note(self, variables: Sequence[Any], gradients: Sequence[Any], scale: float) -> None:
        for variable, gradient in zip(variables, gradients, strict=True):
            if gradient is not None:
                self._noted[variable.path] = local_values(gradient).clone() / scale


def _leave(optimizer: Any, apply: Apply) -> None:
    if vars(optimizer).get("apply") is apply:
        del vars(optimizer)["apply"]
