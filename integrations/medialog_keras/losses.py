"""The loss a model was compiled with, under the core's names: what its outputs mean."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from medialog_core.arrays import Array

_CATEGORICAL = frozenset(
    {
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
        "categorical_focal_crossentropy",
    }
)
_BINARY = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
_DISTANCES = {
    "mean_squared_error": "mse_loss",
    "mean_squared_logarithmic_error": "mse_loss",
    "mean_absolute_error": "l1_loss",
    "mean_absolute_percentage_error": "l1_loss",
    "huber": "huber_loss",
    "log_cosh": "smooth_l1_loss",
}


@dataclass(frozen=True)
class Loss:
    """What an output was trained with.

    Attributes:
        name: The core's name of a loss that is alike; None where it is not known to be.
        axis: Where the classes are.
        ignore_class: The class id that doesn't count.
    """

    name: str | None = None
    axis: int = -1
    ignore_class: int | None = None

    @property
    def of_classes(self) -> bool:
        """Whether its outputs are scores of classes that exclude each other."""
        return self.name in ("cross_entropy", "categorical_crossentropy")


def loss_of(given: Any, target: Array | None, prediction: Array) -> Loss:
    """Read a loss as `compile` takes it.

    Args:
        given: A name, a function or an object of `keras.losses`; of anything else, subclasses
            included, nothing is known.
        target: What it compares with, N samples; its shape tells which one `crossentropy` is.
        prediction: What is compared, N samples.
    """
    if isinstance(given, str) and given.lower() in ("crossentropy", "ce"):
        return Loss(_alike(_meant(target, prediction), logits=False))
    found = keras.losses.get(given) if isinstance(given, str) else given
    name, settings = _name_and_settings(found)
    axis = settings.get("axis", -1)
    alike = _alike(name, logits=settings.get("from_logits") is True)
    return Loss(alike, axis if isinstance(axis, int) else -1, settings.get("ignore_class"))


def _meant(target: Array | None, prediction: Array) -> str:
    if prediction.shape[-1] == 1:
        return "binary_crossentropy"
    if target is None or target.ndim < prediction.ndim or target.shape[-1] == 1:
        return "sparse_categorical_crossentropy"
    return "categorical_crossentropy"


def _alike(name: str | None, *, logits: bool) -> str | None:
    if name in _CATEGORICAL:
        return "cross_entropy" if logits else "categorical_crossentropy"
    if name in _BINARY:
        return "binary_cross_entropy_with_logits" if logits else "binary_cross_entropy"
    return _DISTANCES.get(name or "")


def _name_and_settings(loss: Any) -> tuple[str | None, Mapping[str, Any]]:
    """Give the name of one of Keras's own losses and its arguments; None for any other."""
    if isinstance(loss, keras.losses.Loss):
        kind = type(loss)
        if getattr(keras.losses, kind.__name__, None) is not kind:
            return None, {}
        inner = getattr(loss, "_fn_kwargs", {})  # the config of some lacks the axis
        return _snake(kind.__name__), {**loss.get_config(), **inner}
    settings = loss.keywords if isinstance(loss, functools.partial) else {}
    function = loss.func if isinstance(loss, functools.partial) else loss
    name = getattr(function, "__name__", "")
    ours = bool(name) and getattr(keras.losses, name, None) is function
    return (name, settings) if ours else (None, {})


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
