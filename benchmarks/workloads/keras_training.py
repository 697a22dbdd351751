"""A training with Keras on each of its back ends, with `MediaCallback()` and without."""

from __future__ import annotations

import functools
import os
import statistics
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from ..clocks import own_time
from ..moments import Moment
from .calls import Measures, Shape
from .training import PLAIN, counting, trained

_CLASSES = 10
_BATCH = 16
_EPOCHS = 2
_PAIRS = 8
_ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}
"""A second thread for every operation waits for whatever else the machine does."""


class KerasTraining:
    """A workload of two fits: the first compiles and looks for the first time, the second is measured.

    Args:
        backend: `torch`, `jax` or `tensorflow`; one for a process.
    """

    item = "call"
    full = Shape(steps=200, count=4, side=64)
    tiny = Shape(steps=2, count=1, side=16)

    def __init__(self, backend: str) -> None:
        self.name = f"keras-{backend}"
        self.title = (
            f"a convolutional network of Keras on {backend}, two epochs with validation, one thread"
        )
        self._backend = backend

    def labels(self) -> Mapping[str, list[str]]:
        """Give the contenders, with the packages that each lacks."""
        missing = [name for name in ("keras", self._backend) if find_spec(name) is None]
        return dict.fromkeys((PLAIN, "medialog"), missing)

    def run(self, label: str, directory: Path, shape: Shape) -> Measures:
        """Train twice."""
        os.environ.update(_ONE_THREAD, KERAS_BACKEND=self._backend)
        import keras  # noqa: PLC0415 - the back end is chosen by now

        keras.utils.set_random_seed(0)
        model = _model(keras, shape)
        callbacks = _callbacks(label, directory)
        train, val = (_data(n * _BATCH, shape.side) for n in (shape.steps // _EPOCHS, 2))
        options: dict[str, Any] = {
            "validation_data": val,
            "batch_size": _BATCH,
            "verbose": 0,
            "callbacks": callbacks,
        }
        with counting(label):
            first = Moment.now()
            model.fit(*train, epochs=1, **options)
            second = Moment.now()
            model.fit(*train, epochs=1 + _EPOCHS, initial_epoch=1, **options)
            end = Moment.now()
        measures = trained(first, second, end, directory, shape)
        if callbacks:
            few = [part[: max(shape.steps // _PAIRS, 1) * _BATCH] for part in train]
            measures["turns_x"] = _by_turns(
                functools.partial(model.fit, *few, **options), callbacks
            )
        return measures


def _by_turns(epoch: Callable[..., Any], callbacks: list[Any]) -> float:
    """Give how much longer short epochs take with the callbacks, in one process: the median of pairs."""
    ratios = []
    for i in range(_PAIRS):
        turns = [callbacks, []] if i % 2 else [[], callbacks]
        seconds = {bool(each): _seconds(functools.partial(epoch, callbacks=each)) for each in turns}
        ratios.append(seconds[True] / seconds[False])
    return statistics.median(ratios)


def _seconds(call: Callable[[], object]) -> float:
    began = own_time()
    call()
    return own_time() - began


def _callbacks(label: str, directory: Path) -> list[Any]:
    if label == PLAIN:
        return []
    from medialog_keras import MediaCallback  # noqa: PLC0415 - imports keras

    return [MediaCallback(directory)]


def _model(keras: Any, shape: Shape) -> Any:
    layers = keras.layers
    inputs = values = keras.Input((shape.side, shape.side, 3))
    for depth in range(shape.count):
        values = layers.Conv2D(32 * (depth + 1), 3, strides=1 + depth % 2, padding="same")(values)
        values = layers.ReLU()(layers.BatchNormalization()(values))
    values = layers.Dense(_CLASSES)(layers.GlobalAveragePooling2D()(values))
    model = keras.Model(inputs, values)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, metrics=["accuracy"])
    return model


def _data(number: int, side: int) -> tuple[Any, Any]:
    random = np.random.default_rng(0)
    inputs = random.random((number, side, side, 3), np.float32)
    return inputs, random.integers(0, _CLASSES, number)


KERAS = tuple(map(KerasTraining, ("torch", "jax", "tensorflow")))
