"""Several inputs and outputs: the picture is shown, each output over its own truth by its own loss."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from .trials import SAMPLES, digits

X, Y = digits()
SIZES = X.mean(axis=(1, 2, 3))[:, None]
LOSSES = {"digit": "sparse_categorical_crossentropy", "light": "mse"}


def network(named: bool, **compiled: Any) -> Any:
    """Make a model of two inputs and two outputs, a dictionary or a list of them."""
    keras.utils.set_random_seed(4)
    size = keras.Input((1,), name="size")
    picture = keras.Input((8, 8, 1), name="picture")
    both = layers.Concatenate()([layers.Flatten()(picture), size])
    digit = layers.Dense(10, activation="softmax", name="digit")(both)
    light = layers.Dense(1, name="light")(both)
    inputs: Any = {"size": size, "picture": picture} if named else [size, picture]
    outputs: Any = {"digit": digit, "light": light} if named else [digit, light]
    model = keras.Model(inputs, outputs)
    model.compile(**{"optimizer": "sgd", "loss": LOSSES, **compiled})
    return model


def data(named: bool) -> tuple[Any, Any]:
    if named:
        return {"size": SIZES, "picture": X}, {"digit": Y, "light": SIZES}
    return [SIZES, X], [Y, SIZES]


@pytest.mark.parametrize("named", [True, False])
def test_each_output_is_shown_over_its_own_truth(named: bool, train: Any) -> None:
    x, y = data(named)
    model = network(named)
    result = train(model, x, y, validation_data=(x, y))
    predicted = model.predict(x, verbose=0)
    likely, lights = predicted.values() if named else predicted
    keys = [key for key in result.run.keys() if key.startswith("val/predictions")]  # noqa: SIM118
    assert keys == ["val/predictions/digit", "val/predictions/light"]
    for i in range(SAMPLES):
        digit, light = (result.values(key)[i] for key in keys)
        for image in (digit, light):
            assert np.array_equal(image.to_numpy(), np.floor(X[i, ..., 0] * 255 + 0.5))
        assert digit.caption == f"{Y[i]} → {likely[i].argmax()} ({likely[i].max():.2f})"
        assert light.caption == f"{SIZES[i, 0]:.4g} → {lights[i, 0]:.4g}"
    assert not any(key.startswith("capture_") for key in result.health)


def test_losses_in_a_list_go_by_place(train: Any) -> None:
    x, y = data(named=False)
    model = network(named=False, loss=["sparse_categorical_crossentropy", "mse"])
    result = train(model, x, y, validation_data=(x, y), epochs=1)
    assert {"val/predictions/digit", "val/predictions/light"} < set(result.run.keys())


def test_roles_pin_an_output(train: Any) -> None:
    x, y = data(named=True)
    tuned = {"roles": {"prediction": "light", "input": "picture"}}
    result = train(network(named=True), x, y, validation_data=(x, y), epochs=1, tuned=tuned)
    assert [k for k in result.run.keys() if "predictions" in k] == ["val/predictions/light"]  # noqa: SIM118


class Named(keras.Model):  # type: ignore[misc]
    """A subclass that is fed dictionaries with the label in them, and computes its loss itself."""

    def __init__(self) -> None:
        super().__init__()
        self.flat = layers.Flatten()
        self.last = layers.Dense(10)

    def call(self, batch: Any) -> Any:
        return self.last(self.flat(batch["image"]))

    def compute_loss(self, x: Any, y: Any, y_pred: Any, *_: Any, **__: Any) -> Any:  # noqa: ARG002
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        return loss(x["label"], y_pred)


def test_image_and_label_in_one_dictionary_are_told_apart_by_names(train: Any) -> None:
    keras.utils.set_random_seed(4)
    model = Named()
    model.compile(optimizer="sgd")
    batch = {"image": X, "label": Y}
    result = train(model, batch, validation_data=(batch,), epochs=1)
    images = result.values()
    logits = np.asarray(model.predict(batch, verbose=0))
    for image, y, row in zip(images, Y, logits, strict=False):
        said = image.notes.label
        assert (said.truth, said.prediction) == (str(y), str(row.argmax()))
