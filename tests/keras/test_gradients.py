"""Gradients are the step's own: what plain gradient descent with a rate of 1 takes off the weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import torch
from keras import layers

from medialog_core.capture import Capture
from medialog_keras import MediaCallback

from .trials import digits

X, Y = digits()


def network(**compiled: Any) -> Any:
    """Make a network whose gradients differ with each drawing of its dropout."""
    keras.utils.set_random_seed(3)
    parts = [
        layers.Conv2D(4, 3, use_bias=False, name="conv"),
        layers.BatchNormalization(name="norm"),
        layers.Dropout(0.3),
        layers.Flatten(),
        layers.Dense(10, activation="softmax", dtype="float32", name="dense"),
    ]
    model = compiled.pop("kind", keras.Sequential)([keras.Input((8, 8, 1)), *parts])
    loss = "sparse_categorical_crossentropy"
    model.compile(**{"optimizer": keras.optimizers.SGD(1.0), "loss": loss, **compiled})
    return model


def trained_weights(model: Any) -> dict[str, Any]:
    weights = model.trainable_variables
    return {
        v.path.partition("/")[2]: np.array(keras.ops.convert_to_numpy(v.value)) for v in weights
    }


def one_step(train: Any, model: Any, **options: Any) -> tuple[dict[str, Any], Any]:
    """Train one step on all digits, and give what it took off each weight."""
    before = trained_weights(model)
    options = {"tuned": {"gradients": True, "num_samples": 3}, "epochs": 1, **options}
    result = train(model, X, Y, batch_size=len(X), **options)
    after = trained_weights(model)
    return {name: before[name] - after[name] for name in before}, result


def check(taken_off: dict[str, Any], result: Any, rel: float = 1e-4) -> None:
    """Compare logged histograms and norms with gradients that are known."""
    keys = [key for key in result.run.keys() if key.startswith("gradients/")]  # noqa: SIM118
    assert sorted(key.partition("/")[2].partition("/")[2] for key in keys) == sorted(taken_off)
    for key in keys:
        gradient = taken_off[key.partition("/")[2].partition("/")[2]].astype(np.float64)
        moments = result.values(key, step=0)[0].moments
        assert moments.sum == pytest.approx(gradient.sum(), rel=rel, abs=1e-4)
        assert moments.sum_squares == pytest.approx((gradient**2).sum(), rel=rel)
        [norm] = result.run.scalars(key.replace("gradients/", "gradients_norm/"))
        assert norm.value == pytest.approx(np.linalg.norm(gradient), rel=rel)


def test_gradients_are_the_steps_own(train: Any) -> None:
    check(*one_step(train, network()))


def test_other_gradients_would_be_found(train: Any) -> None:
    taken_off, result = one_step(train, network())
    taken_off["norm/beta"] = taken_off["norm/beta"] * 1.01
    with pytest.raises((AssertionError, KeyError)):
        check(taken_off, result)


def test_a_model_without_an_input_is_looked_at_as_soon_as_it_has_variables(train: Any) -> None:
    model = keras.Sequential([layers.Flatten(), layers.Dense(10, name="dense")], name="net")
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    tuned = {"gradients": True, "every_n_steps": 3}
    result = train(model, X[:12], Y[:12], batch_size=4, tuned=tuned)
    first = 1 if keras.backend.backend() == "tensorflow" else 0
    assert result.run.steps("gradients/net/dense/kernel") == [first, first + 3]
    assert not [key for key in result.health if key.startswith("capture_err")]


def test_the_scale_of_a_mixed_precisions_loss_is_taken_out(train: Any) -> None:
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = network()
    finally:
        keras.config.set_dtype_policy("float32")
    assert type(model.optimizer).__name__ == "LossScaleOptimizer"
    check(*one_step(train, model), rel=2e-2)


def test_gradients_are_those_before_clipping(train: Any) -> None:
    free, _ = one_step(train, network())
    clipped, result = one_step(train, network(optimizer=keras.optimizers.SGD(1.0, clipvalue=1e-3)))
    assert max(np.abs(each).max() for each in clipped.values()) < 2e-3
    check(free, result)


class Mirrored(keras.Sequential):  # type: ignore[misc]
    """Trains on mirrored pictures, by a step of its own."""

    def train_step(self, *args: Any) -> Any:
        *state, (x, y) = args
        return super().train_step(*state, (keras.ops.flip(x, axis=2), y))


def test_a_train_step_of_the_users_own_is_the_one_that_is_seen(train: Any) -> None:
    check(*one_step(train, network(kind=Mirrored)))


class Alternating(keras.Sequential):  # type: ignore[misc]
    """Trains its first layer by one optimizer, then its last by another, as generative networks do."""

    def train_step(self, data: Any) -> Any:
        loss: Any = None
        for layer in (self.layers[0], self.layers[-1]):
            self.zero_grad()
            loss = self.compute_loss(y=data[1], y_pred=self(data[0], training=True))
            loss.backward()
            weights = layer.trainable_weights
            with torch.no_grad():
                self.by_layer[layer.name].apply([v.value.grad for v in weights], weights)
        return {"loss": loss}


def alternating() -> Any:
    model = network(kind=Alternating)
    model.first, model.last = keras.optimizers.SGD(1.0), keras.optimizers.SGD(1.0)
    model.by_layer = {"conv": model.first, "dense": model.last}
    return model


on_torch = pytest.mark.skipif(
    keras.backend.backend() != "torch", reason="gradients lie in the weights on torch"
)


@on_torch
def test_each_of_several_optimizers_has_the_gradients_that_it_was_given(train: Any) -> None:
    model = alternating()
    taken_off, result = one_step(train, model)
    check({name: taken_off[name] for name in ("conv/kernel", "dense/kernel", "dense/bias")}, result)
    held = (model.first, model.last, model.optimizer)
    assert not [each for each in held if "apply" in vars(each)]


@on_torch
def test_a_fault_in_noting_gradients_does_not_end_the_step(
    train: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = alternating()
    plain.fit(X, Y, batch_size=len(X), verbose=0, shuffle=False)
    from medialog_keras import noting  # noqa: PLC0415 - it is torch's

    monkeypatch.setattr(noting, "local_values", lambda _: 1 / 0)
    model = alternating()
    _, result = one_step(train, model)
    assert result.health["capture_errors/gradients/0"] == 1
    before, after = trained_weights(plain), trained_weights(model)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_weights_come_as_the_step_meets_them(train: Any) -> None:
    model = network()
    before = trained_weights(model)
    tuned = {"weights": True, "gradients": False}
    _, result = one_step(train, model, tuned=tuned)
    key = next(key for key in result.run.keys() if key.endswith("dense/kernel"))  # noqa: SIM118
    assert key.startswith("weights/")
    moments = result.values(key, step=0)[0].moments
    expected = (before["dense/kernel"].astype(np.float64) ** 2).sum()
    assert moments.sum_squares == pytest.approx(expected, rel=1e-5)


def test_gradients_are_looked_at_every_so_many_steps(train: Any) -> None:
    tuned = {"gradients": True, "every_n_steps": 3}
    result = train(network(), X, Y, batch_size=2, epochs=2, tuned=tuned)
    keys = [key for key in result.run.keys() if key.endswith("dense/kernel")]  # noqa: SIM118
    assert result.run.steps(keys[0]) == [0, 3, 6, 9]


def test_by_default_a_look_that_costs_a_step_comes_half_as_often(train: Any) -> None:
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(10)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    tuned = {"gradients": True, "every_n_steps": None}
    result = train(
        model, np.resize(X, (101, 8, 8, 1)), np.resize(Y, 101), batch_size=1, epochs=1, tuned=tuned
    )
    [key] = [key for key in result.run.keys() if key.endswith("kernel")]  # noqa: SIM118
    torch_runs = keras.backend.backend() == "torch"
    assert result.run.steps(key) == ([0, 50, 100] if torch_runs else [0, 100])


class WithoutOptimizer(keras.Sequential):  # type: ignore[misc]
    """Returns a number and trains nothing."""

    def train_step(self, *args: Any) -> Any:
        *state, _ = args
        logs = {"loss": keras.ops.zeros(())}
        return (logs, state[0]) if state else logs


@pytest.mark.skipif(keras.backend.backend() == "torch", reason="there old gradients may remain")
def test_a_step_that_uses_another_optimizer_says_so_once(
    train: Any, caplog: pytest.LogCaptureFixture
) -> None:
    _, result = one_step(train, network(kind=WithoutOptimizer), epochs=2)
    assert not any(key.startswith("gradients") for key in result.run.keys())  # noqa: SIM118
    assert "train/inputs" in result.run.keys()  # noqa: SIM118
    said = [r.message for r in caplog.records if "capture of gradients/0" in r.message]
    assert len(said) == 1
    assert "the train step gave none to the model's optimizer" in said[0]


def test_gradients_are_of_what_is_trained_since_it_was_compiled_again(
    tmp_path: Path, finished: Any
) -> None:
    model = network(optimizer=keras.optimizers.SGD(0.1))
    callback = MediaCallback(tmp_path, capture=Capture(budget=1.0, every_n_steps=50))
    model.get_layer("conv").trainable = False
    for frozen in (True, False):
        model.get_layer("conv").trainable = not frozen
        model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
        model.fit(X, Y, batch_size=len(X), verbose=0, callbacks=[callback])
    run, health = finished(callback)
    steps = {
        key.rpartition("/")[0].rpartition("/")[2]: run.steps(key)
        for key in run.keys()  # noqa: SIM118
        if key.startswith("gradients/")
    }
    assert steps == {"conv": [1], "norm": [0, 1], "dense": [0, 1]}
    assert not any(key.startswith("capture_") for key in health)
