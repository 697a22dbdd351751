"""Keras on torch: gradients lie in the weights after a step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import torch

from medialog_core.capture.torch.forward import untouched
from medialog_core.capture.torch.gradients import gradients_of, local_values

from .backends import Apart, Tensors, call, tensors_of
from .noting import Noting, optimizers_of


class TorchBackend:
    """Looks into a model on torch.

    Args:
        model: The model, which is a torch module too.
    """

    leaves_gradients = True
    builds_in_step = False

    def __init__(self, model: Any) -> None:
        self._model = model

    def gradients(self, args: tuple[Any, ...], batch: Any) -> Callable[[], Tensors]:  # noqa: ARG002
        """Give what reads the gradients after the step; the scale of its loss is read now.

        Where a step has several optimizers, what one was given is overwritten by the next one's
        backward pass, so it is noted as each is applied.
        """
        optimizers = optimizers_of(self._model)
        if len(optimizers) > 1:
            return Noting(optimizers)
        scale = float(optimizers[0].scale_loss(1.0)) if optimizers else 1.0
        return lambda: gradients_of(self._parameters(), scale)

    def weights(self, args: tuple[Any, ...]) -> Tensors:  # noqa: ARG002 - they are in the model
        """Give copies of the trainable weights: the step changes them in place."""
        return {path: local_values(value).clone() for path, value in self._parameters()}

    def predict(self, x: Any) -> Any:
        """Predict without gradients; modes, buffers, random states and variables stay as they are."""
        device = next((value.device for _, value in self._parameters()), torch.device("cpu"))
        with untouched(self._model, device), torch.no_grad(), keras.StatelessScope():
            return call(self._model, tensors_of(x))

    def local(self, batch: Any) -> Any:
        """Give the batch."""
        return batch

    def again(self, data: Any, batches: list[Any]) -> Any:  # noqa: ARG002 - any iterator will do
        """Give the batches."""
        return iter(batches)

    def alone(self) -> bool:
        """Say whether no weight is spread over processes."""
        return not any(hasattr(value, "to_local") for _, value in self._parameters())

    def _parameters(self) -> list[tuple[str, torch.Tensor]]:
        return [(variable.path, variable.value) for variable in self._model.trainable_variables]


def make(model: Any, apart: Apart) -> TorchBackend:  # noqa: ARG001 - nothing is compiled
    """Give the back end for a model."""
    return TorchBackend(model)
