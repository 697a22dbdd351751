"""What differs between Keras's back ends, and what they have in common."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from inspect import signature
from itertools import islice
from typing import Any, Protocol

import keras
import numpy as np

from medialog_core.errors import InvalidInput

Apart = Callable[[], AbstractContextManager[None]]
"""Leaves a block out of the budget: what is compiled once, or is the training's own."""

Tensors = Mapping[str, Any]
"""Arrays or tensors by the paths of their variables."""

NAMES = ("torch", "jax", "tensorflow")


class Backend(Protocol):
    """Looks into one model on one back end, and changes nothing.

    Attributes:
        leaves_gradients: Whether a step leaves its gradients behind. Where not, the step is
            computed once more, before it is made: the same batch, weights and random numbers give
            the same gradients.
        builds_in_step: Whether Keras leaves it to a model's first step to make its variables, where
            no `Input` tells their shapes.
    """

    leaves_gradients: bool
    builds_in_step: bool

    def gradients(self, args: tuple[Any, ...], batch: Any) -> Callable[[], Tensors]:
        """Give what tells a step's gradients, unscaled and before clipping.

        Args:
            args: What the train function is about to be called with.
            batch: The first batch of the step.
        """

    def weights(self, args: tuple[Any, ...]) -> Tensors:
        """Give the trainable weights as the train function is about to be called with them."""

    def predict(self, x: Any) -> Any:
        """Predict inputs, NumPy arrays as nested as the model takes them, in inference mode."""

    def local(self, batch: Any) -> Any:
        """Give what this process's first device holds of a batch."""

    def again(self, data: Any, batches: list[Any]) -> Any:
        """Give what a function takes in place of the iterator `data`, from which the batches were taken."""

    def alone(self) -> bool:
        """Say whether this process may compute with the model without any other's help."""


def backend_of(model: Any, apart: Apart) -> Backend:
    """Give the back end that is in use, and import no other.

    Raises:
        InvalidInput: Keras runs on one that can't be watched.
    """
    name = keras.backend.backend()
    if name not in NAMES:
        raise InvalidInput(f"KERAS_BACKEND: expected one of {list(NAMES)}, got {name!r}")
    made: Backend = import_module(f"medialog_keras.{name}_backend").make(model, apart)
    return made


def taken(args: tuple[Any, ...], count: int, backend: Backend) -> tuple[tuple[Any, ...], list[Any]]:
    """Give the batches of a step, and arguments for the function that still hold them.

    Args:
        args: Of a train, test or predict function: last comes a list of batches, or an iterator.
        count: How many batches a step takes.
        backend: Puts batches back.

    Raises:
        StopIteration: There is none, as the function itself would say.
    """
    *state, data = args
    if isinstance(data, list):
        return args, data
    batches = [next(data), *islice(data, count - 1)]
    return (*state, backend.again(data, batches)), batches


def call(model: Any, x: Any) -> Any:
    """Call a model in inference mode."""
    takes_mode = "training" in signature(model.call).parameters
    return model(x, training=False) if takes_mode else model(x)


def tensors_of(x: Any) -> Any:
    """Give nested NumPy arrays as the back end's tensors."""
    return keras.tree.map_structure(
        lambda leaf: None if leaf is None else keras.ops.convert_to_tensor(leaf), x
    )


@contextmanager
def undrawn() -> Iterator[None]:
    """Put Python's and NumPy's random states back: what a user's layer may draw from."""
    states = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002


class Compiling:
    """Leaves the first call for each shape of arguments out of the budget.

    Args:
        apart: Leaves a block out.
    """

    def __init__(self, apart: Apart) -> None:
        self._apart = apart
        self._seen: set[Any] = set()

    @contextmanager
    def once(self, what: str, arguments: Any) -> Iterator[None]:
        """Run the block, apart if its arguments are of shapes not seen before."""
        key = what, tuple(map(_kind, keras.tree.flatten(arguments)))
        if key in self._seen:
            yield
            return
        self._seen.add(key)
        with self._apart():
            yield


def _kind(leaf: Any) -> Any:
    return tuple(getattr(leaf, "shape", ())), str(getattr(leaf, "dtype", type(leaf)))
