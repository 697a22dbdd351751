"""Keras on jax: the state of a training travels beside the model, and a step leaves no gradients."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

import jax
import keras

from .backends import Apart, Compiling, Tensors, tensors_of, undrawn


class JaxBackend:
    """Looks into a model on jax.

    Args:
        model: The model.
        apart: Leaves what is compiled, and what is waited for, out of the budget.
    """

    leaves_gradients = False
    builds_in_step = False

    def __init__(self, model: Any, apart: Apart) -> None:
        self._model = model
        self._apart = apart
        self._compiling = Compiling(apart)
        self._step = self._jitted(self._gradients_of_step)
        self._forward = self._jitted(self._stateless_forward)

    def gradients(self, args: tuple[Any, ...], batch: Any) -> Callable[[], Tensors]:
        """Give what computes the step once more, without keeping anything of it but its gradients."""
        state = args[0]

        def probe() -> Tensors:
            self._reach(state)
            with undrawn(), self._compiling.once("step", (state, batch)):
                found: Tensors = jax.block_until_ready(self._step(state, batch))
            return found

        return probe

    def weights(self, args: tuple[Any, ...]) -> Tensors:
        """Give the trainable weights out of the state."""
        variables = self._model.trainable_variables
        return {v.path: value for v, value in zip(variables, args[0][0], strict=True)}

    def predict(self, x: Any) -> Any:
        """Predict by a stateless call; what it would have changed is dropped."""
        model = self._model
        state = [
            [v.value for v in variables]
            for variables in (model.trainable_variables, model.non_trainable_variables)
        ]
        tensors = tensors_of(x)
        self._reach(state)
        with undrawn(), self._compiling.once("forward", (state, tensors)):
            return jax.block_until_ready(self._forward(*state, tensors))

    def local(self, batch: Any) -> Any:
        """Give the batch."""
        return batch

    def again(self, data: Any, batches: list[Any]) -> Any:  # noqa: ARG002 - any iterator will do
        """Give the batches."""
        return iter(batches)

    def alone(self) -> bool:
        """Say whether no array is spread over processes."""
        return jax.process_count() == 1 or keras.distribution.distribution() is None

    def _reach(self, state: Any) -> None:
        """Wait, apart, for the steps that are under way: they are the training's own."""
        with self._apart():
            jax.block_until_ready(state)

    def _jitted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        eager = self._model.run_eagerly or not self._model.jit_compile
        return function if eager else jax.jit(function)

    def _stateless_forward(self, trainable: Any, others: Any, x: Any) -> Any:
        mode = {"training": False} if "training" in signature(self._model.call).parameters else {}
        return self._model.stateless_call(trainable, others, x, **mode)[0]

    def _gradients_of_step(self, state: Any, batch: Any) -> Tensors:
        """Run the model's own train step, with an optimizer that only notes what it is given."""
        optimizer = self._model.optimizer
        noted: dict[str, Any] = {}

        def note(variables: Any, gradients: Any, trainable: Any) -> tuple[Any, Any]:
            mapping = list(zip(optimizer.variables, variables, strict=True))
            with keras.StatelessScope(state_mapping=mapping):
                scale = optimizer.scale_loss(1.0)
            paths = [v.path for v in self._model.trainable_variables]
            noted.update(
                (path, g / scale) for path, g in zip(paths, gradients, strict=True) if g is not None
            )
            return trainable, variables

        vars(optimizer)["stateless_apply"] = note
        try:
            self._model.train_step(state, batch)
        finally:
            del vars(optimizer)["stateless_apply"]
        return noted


def make(model: Any, apart: Apart) -> JaxBackend:
    """Give the back end for a model."""
    return JaxBackend(model, apart)
