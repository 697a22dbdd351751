"""TensorFlow's own: batches that were looked at go on in an iterator of the same kind and spec."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from medialog_core.capture import Capture

from .trials import digits

if keras.backend.backend() != "tensorflow":
    pytest.skip("another back end", allow_module_level=True)

import tensorflow as tf

from medialog_keras import tensorflow_backend

X, Y = digits()
ROWS = np.arange(12, dtype=np.float32).reshape(6, 2)


def ragged() -> Any:
    return tf.ragged.constant([[1, 2], [3], [4, 5, 6]])


def nothing() -> Any:
    return tf.experimental.Optional.empty(tf.TensorSpec((), tf.float32))


DATA: dict[str, Callable[[], Any]] = {
    "a last batch of its own size": lambda: tf.data.Dataset.from_tensor_slices(ROWS).batch(4),
    "by name": lambda: tf.data.Dataset.from_tensor_slices({"a": ROWS, "b": (ROWS,)}).batch(3),
    "ragged": lambda: tf.data.Dataset.from_tensor_slices((ragged(), [1, 2, 3])).batch(2),
    "sparse": lambda: tf.data.Dataset.from_tensor_slices(tf.sparse.from_dense(ROWS)).batch(3),
    "without a target": lambda: tf.data.Dataset.from_tensors((ROWS, nothing())).repeat(2),
    "texts": lambda: tf.data.Dataset.from_tensor_slices(["a", "b", "c"]).batch(2),
}


def backend() -> Any:
    return tensorflow_backend.make(keras.Sequential([keras.Input((2,))]), lambda: None)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("name", DATA)
def test_batches_come_back_whole_and_of_the_same_spec(name: str) -> None:
    source = iter(DATA[name]())
    batches = [next(source), next(source)]
    again = backend().again(source, batches)
    assert again.element_spec == source.element_spec
    kinds = tf.nest.flatten(batches), tf.nest.flatten(list(again))
    for before, after in zip(*kinds, strict=True):
        assert type(before) is type(after)
        if isinstance(before, tf.Tensor):
            assert np.array_equal(before.numpy(), after.numpy())


def test_where_no_such_iterator_can_be_made_the_training_goes_on(
    train: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise tf.errors.UnimplementedError(None, None, "no variant")

    monkeypatch.setattr(tensorflow_backend, "_data_set", broken)
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()])
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    capture = Capture(budget=1.0, every_n_steps=1)
    result = train(model, X, Y, batch_size=4, epochs=1, capture=capture)
    assert len(result.history["loss"]) == 1
    assert len(result.run.steps("train/inputs")) == -(-len(X) // 4)
