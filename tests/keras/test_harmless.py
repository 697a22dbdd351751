"""Weights, optimizer and History are the same with the callback and without."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from medialog_core.capture import Capture
from medialog_keras import MediaCallback, following

from .test_gradients import Mirrored
from .trials import digits

X, Y = digits()
BACKEND = keras.backend.backend()


def sensitive(
    policy: str = "float32", kind: Any = keras.Sequential, *, built: bool = True, **compiled: Any
) -> Any:
    """Make a network that another forward in training mode, or a number drawn, would change."""
    keras.utils.set_random_seed(5)
    keras.config.set_dtype_policy(policy)
    try:
        parts = [
            layers.Flatten(),
            layers.GaussianNoise(0.1),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Dense(10, activation="softmax", dtype="float32"),
        ]
        model = kind([keras.Input((8, 8, 1)), *parts] if built else parts)
    finally:
        keras.config.set_dtype_policy("float32")
    loss = "sparse_categorical_crossentropy"
    model.compile(**{"optimizer": "adam", "loss": loss, "metrics": ["accuracy"], **compiled})
    return model


VARIANTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "shuffled, weighted classes": ({}, {"shuffle": True, "class_weight": {0: 2.0, 1: 0.5}}),
    "without an Input": ({"built": False}, {}),
    "half precision": ({"policy": "mixed_float16"}, {}),
    "a step of one's own": ({"kind": Mirrored}, {}),
}
if BACKEND != "jax":  # where each operation is compiled by itself, for half a minute
    VARIANTS["eager"] = {"run_eagerly": True}, {}
if BACKEND != "torch":  # where Keras refuses it
    VARIANTS["two steps an execution"] = ({"steps_per_execution": 2}, {"batch_size": 5})


def outcome(model: Any, history: Any, weights_of: Any) -> tuple[Any, list[Any]]:
    return history, weights_of(model)


def fit(made: dict[str, Any], options: dict[str, Any], callbacks: list[Any]) -> tuple[Any, Any]:
    model = sensitive(**made)
    data = {"validation_data": (X[:6], Y[:6]), "batch_size": 4, "epochs": 2, "verbose": 0}
    history = model.fit(X, Y, callbacks=callbacks, **{**data, **options})
    return model, history.history


def assert_same(one: tuple[Any, list[Any]], other: tuple[Any, list[Any]]) -> None:
    assert one[0] == other[0]
    assert len(one[1]) == len(other[1])
    assert all(np.array_equal(a, b) for a, b in zip(one[1], other[1], strict=True))


def capturing(folder: Any) -> MediaCallback:
    options = Capture(budget=1.0, num_samples=5, every_n_steps=2, weights=True)
    return MediaCallback(folder, capture=options, update_freq="batch", histogram_freq=1)


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_changes(variant: str, weights_of: Any, tmp_path: Any) -> None:
    before = outcome(*fit(*VARIANTS[variant], []), weights_of)
    callback = capturing(tmp_path)
    assert_same(outcome(*fit(*VARIANTS[variant], [callback]), weights_of), before)
    assert not any(key.startswith("capture_err") for key in callback.run.health)
    callback.run.finish()


class Counting(layers.Layer):  # type: ignore[misc]
    """Counts how often Python goes through it: where steps are compiled, how often that is done."""

    calls = 0

    def call(self, x: Any) -> Any:
        Counting.calls += 1
        return x


def test_a_step_whose_inputs_are_looked_at_is_the_one_that_all_others_are(tmp_path: Any) -> None:
    calls = []
    for options in (None, Capture(budget=1.0, every_n_steps=2, gradients=False, predictions=False)):
        parts = [Counting(), layers.Flatten(), layers.Dense(10, activation="softmax")]
        model = keras.Sequential([keras.Input((8, 8, 1)), *parts])
        model.compile("sgd", "sparse_categorical_crossentropy")
        Counting.calls = 0
        callbacks = [] if options is None else [MediaCallback(tmp_path, capture=options)]
        data = {"validation_data": (X[:6], Y[:6]), "batch_size": 4, "epochs": 2, "verbose": 0}
        model.fit(X, Y, callbacks=callbacks, **data)
        calls.append(Counting.calls)
    assert calls[0] == calls[1]


def test_a_forward_in_training_mode_would_be_found(
    weights_of: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trains(self: Any, x: Any) -> Any:
        return np.asarray(self._model(keras.ops.convert_to_tensor(x), training=True))

    before = outcome(*fit({}, {}, []), weights_of)
    monkeypatch.setattr(following.Following, "_predict", trains)
    callback = capturing(tmp_path)
    after = outcome(*fit({}, {}, [callback]), weights_of)
    callback.run.finish()
    with pytest.raises(AssertionError):
        assert_same(after, before)


def test_asynchronous_dispatch_stays_on(tmp_path: Any) -> None:
    callbacks = keras.callbacks.CallbackList([MediaCallback(tmp_path)], model=sensitive())
    plain = keras.callbacks.CallbackList([], model=sensitive())
    assert callbacks._async_train == plain._async_train
    assert callbacks._async_test == plain._async_test
    assert callbacks._async_predict == plain._async_predict


class Batches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras has no types
    """All digits in one batch."""

    def __len__(self) -> int:
        return 1

    def __getitem__(self, _: int) -> Any:
        return X, Y


@pytest.mark.skipif(BACKEND == "tensorflow", reason="its graph keeps them, callback or not")
def test_a_callback_keeps_no_data_set_alive(tmp_path: Path) -> None:
    callback = MediaCallback(tmp_path)
    data = Batches(), Batches()
    gone = [weakref.ref(each) for each in data]
    sensitive().fit(data[0], validation_data=data[1], callbacks=[callback], verbose=0)
    del data
    gc.collect()
    assert [ref() for ref in gone] == [None, None]
    callback.run.finish(quiet=True)
