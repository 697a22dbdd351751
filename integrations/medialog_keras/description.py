"""A model and its optimizer in words and numbers: config, learning rate, logs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras

from medialog_core.arrays import is_array, to_numpy, to_scalar
from medialog_core.capture.datasets import DatasetFacts

_FEW = 64
_BYTES = (1 / 255, 2 / 255)


def config_of(model: Any, params: Mapping[str, Any], batch_size: int | None) -> dict[str, Any]:
    """Give a run's config; numbers of parameters are None while a model has none yet.

    Args:
        model: A compiled model.
        params: What Keras tells callbacks of a training: `epochs`, and `steps` an epoch.
        batch_size: Samples in a batch, where that is known.
    """
    optimizer = getattr(model, "optimizer", None)  # a model that only predicts needs none
    told = {"class": type(optimizer).__name__, **optimizer.get_config()} if optimizer else None
    return {
        "model": {
            "name": model.name,
            "class": type(model).__name__,
            "params": _count(model.weights) if model.weights else None,
            "trainable_params": _count(model.trainable_weights) if model.weights else None,
            "dtype_policy": model.dtype_policy.name,
        },
        "optimizer": told,
        "loss": _loss(model.loss) if hasattr(model, "loss") else None,
        "backend": keras.backend.backend(),
        "jit_compile": model.jit_compile,
        "steps_per_execution": model.steps_per_execution,
        **({} if batch_size is None else {"batch_size": batch_size}),
        **{key: params[key] for key in ("epochs", "steps") if key in params},
    }


def learning_rates(model: Any) -> dict[str, float]:
    """Give `learning_rate` as it is now, of schedules too; by optimizer where there are several."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    if hasattr(optimizer, "optimizers"):
        return {f"learning_rate_{each.name}": _rate(each) for each in optimizer.optimizers}
    return {"learning_rate": _rate(optimizer)} if hasattr(optimizer, "learning_rate") else {}


def numbers(logs: Any, prefix: str = "") -> dict[str, float]:
    """Give the numbers of Keras's logs; a metric of few numbers has a key for each."""
    return dict(_numbers(logs, prefix)) if isinstance(logs, Mapping) else {}


def with_range(facts: DatasetFacts, model: Any, pictures: Any) -> DatasetFacts:
    """Add how bytes as floats are shown, where the model itself brings them into its range."""
    told = any(_takes_bytes(layer) for layer in _layers(model))
    if not told or pictures.dtype.kind != "f" or pictures.min() < 0 or pictures.max() <= 1:
        return facts
    channels = pictures.shape[1]
    return DatasetFacts(facts.classes, (0.0,) * channels, (1 / 255,) * channels)


def _numbers(logs: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, float]]:
    for name, value in logs.items():
        number = to_scalar(value)
        if number is not None:
            yield f"{prefix}{name}", number
        elif isinstance(value, Mapping):
            yield from _numbers(value, f"{prefix}{name}/")
        elif is_array(value) and len(value.shape) == 1 and len(value) <= _FEW:
            each = to_numpy(value, name).tolist()
            yield from ((f"{prefix}{name}/{i}", number) for i, number in enumerate(each))


def _rate(optimizer: Any) -> float:
    return float(keras.ops.convert_to_numpy(optimizer.learning_rate))


def _count(variables: Sequence[Any]) -> int:
    return sum(math.prod(variable.shape) for variable in variables)


def _loss(given: Any) -> Any:
    if isinstance(given, Mapping):
        return {key: _loss(each) for key, each in given.items()}
    if isinstance(given, list | tuple):
        return [_loss(each) for each in given]
    named = getattr(given, "name", None) or getattr(given, "__name__", None)
    return given if isinstance(given, str | None) else named or repr(given)


def _layers(model: Any) -> Iterator[Any]:
    for layer in getattr(model, "layers", ()):
        yield layer
        yield from _layers(layer)


def _takes_bytes(layer: Any) -> bool:
    scale: Any = layer.scale if isinstance(layer, keras.layers.Rescaling) else None
    return isinstance(scale, int | float) and any(math.isclose(scale, one) for one in _BYTES)
