"""Fits, evaluations and predictions of one callback: their keys, steps, numbers and the run's state."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

import medialog_core
from medialog_core.capture import Capture
from medialog_keras import MediaCallback

from .conftest import finish
from .trials import classification, digits

X, Y = digits()
FIT = {"batch_size": 4, "verbose": 0, "shuffle": False}


@pytest.fixture(scope="module")
def model() -> Any:
    return classification().model(metrics=["accuracy"])


@pytest.fixture
def callback(tmp_path: Any) -> MediaCallback:
    return MediaCallback(tmp_path, capture=Capture(budget=1.0, num_samples=2, gradients=False))


def points(run: Any, key: str) -> list[tuple[int, Any]]:
    return [(point.step, pytest.approx(point.value)) for point in run.scalars(key)]


def test_numbers_of_epochs_have_keras_own_names(model: Any, callback: MediaCallback) -> None:
    rates = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1))
    fit = {**FIT, "validation_data": (X[:4], Y[:4]), "epochs": 2}
    history = model.fit(X, Y, callbacks=[rates, callback], **fit).history
    run, _ = finish(callback)
    for key in ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"):
        assert points(run, key) == list(zip([3, 6], history[key], strict=True))
    assert [point.epoch for point in run.scalars("loss")] == [0, 1]
    assert sorted(run.scalar_keys()) == sorted(history)


def test_a_schedules_rate_is_the_one_of_its_step(callback: MediaCallback) -> None:
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)
    model = classification().model(optimizer=keras.optimizers.SGD(schedule))
    model.fit(X, Y, callbacks=[callback], epochs=2, **FIT)
    run, _ = finish(callback)
    assert points(run, "learning_rate") == [(3, 0.05), (6, 0.025)]
    assert run.config["optimizer"]["learning_rate"]["class_name"] == "ExponentialDecay"


def test_config_says_what_was_trained(model: Any, callback: MediaCallback) -> None:
    model.fit(X, Y, callbacks=[callback], epochs=2, **FIT)
    run, _ = finish(callback)
    assert run.config["model"]["params"] == model.count_params() == 650
    assert run.config["optimizer"]["class"] == "SGD"
    assert run.config["loss"] == "sparse_categorical_crossentropy"
    assert (run.config["epochs"], run.config["steps"], run.config["batch_size"]) == (2, 3, 4)
    assert run.config["backend"] == keras.backend.backend()


def test_config_counts_the_parameters_of_a_model_that_its_first_step_builds(
    callback: MediaCallback,
) -> None:
    frozen = keras.layers.Dense(4, trainable=False)
    model = keras.Sequential([keras.layers.Flatten(), frozen, keras.layers.Dense(10)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(X, Y, callbacks=[callback], epochs=2, **FIT)
    run, _ = finish(callback)
    assert (run.config["model"]["params"], run.config["model"]["trainable_params"]) == (310, 50)
    assert (run.config["epochs"], run.config["steps"], run.config["batch_size"]) == (2, 3, 4)


def test_config_counts_the_parameters_of_a_model_of_which_a_part_was_built_before(
    callback: MediaCallback,
) -> None:
    class Transfer(keras.Model):  # type: ignore[misc]  # Keras has no types
        def __init__(self) -> None:
            super().__init__()
            parts = [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(4)]
            self.encoder = keras.Sequential(parts)
            self.head = keras.layers.Dense(10)

        def call(self, x: Any) -> Any:
            return self.head(self.encoder(x))

    model = Transfer()
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(X, Y, callbacks=[callback], epochs=2, **FIT)
    run, _ = finish(callback)
    assert (run.config["model"]["params"], run.config["model"]["trainable_params"]) == (310, 310)


@pytest.mark.parametrize("method", ["evaluate", "predict"])
def test_config_counts_the_parameters_of_a_model_that_is_built_by_an_evaluation_or_prediction(
    callback: MediaCallback, method: str
) -> None:
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    data = (X, Y) if method == "evaluate" else (X,)
    getattr(model, method)(*data, callbacks=[callback], batch_size=4, verbose=0)
    run, _ = finish(callback)
    assert run.config["model"]["params"] == 650
    assert run.config["batch_size"] == 4


def test_an_evaluation_by_itself_describes_the_model_and_no_training(
    model: Any, callback: MediaCallback
) -> None:
    model.evaluate(X, Y, callbacks=[callback], batch_size=4, verbose=0)
    assert callback.run.config["model"]["params"] == 650
    assert "epochs" not in callback.run.config
    model.fit(X, Y, callbacks=[callback], epochs=2, **FIT)
    model.evaluate(X, Y, callbacks=[callback], batch_size=6, verbose=0)
    run, _ = finish(callback)
    assert (run.config["epochs"], run.config["steps"], run.config["batch_size"]) == (2, 3, 4)


@pytest.mark.parametrize(("freq", "steps"), [("batch", [0, 1, 2, 3, 4, 5]), (4, [3])])
def test_numbers_of_batches_come_as_often_as_asked(
    freq: Any, steps: list[int], model: Any, tmp_path: Any
) -> None:
    kept: list[float] = []

    class Keep(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
            kept.append(logs["loss"])

    callback = MediaCallback(tmp_path, update_freq=freq, capture=False)
    model.fit(X, Y, callbacks=[callback, Keep()], epochs=2, **FIT)
    run, _ = finish(callback)
    assert points(run, "batch_loss") == [(step, pytest.approx(kept[step])) for step in steps]
    assert run.keys() == []


def test_weights_come_every_so_many_epochs(model: Any, tmp_path: Any) -> None:
    callback = MediaCallback(tmp_path, histogram_freq=2, capture=False)
    model.fit(X, Y, callbacks=[callback], epochs=3, **FIT)
    run, _ = finish(callback)
    paths = [v.path for v in model.weights]
    assert run.keys() == sorted(f"weights/{path}" for path in paths)
    assert run.steps(f"weights/{paths[0]}") == [3, 9]
    kernel = np.asarray(keras.ops.convert_to_numpy(model.weights[0]), np.float64)
    [row] = run.rows(f"weights/{paths[0]}", step=9)
    assert run.load(row).moments.sum_squares == pytest.approx((kernel**2).sum(), rel=1e-5)


def test_an_evaluation_after_a_fit_goes_to_the_same_run(
    model: Any, callback: MediaCallback
) -> None:
    model.fit(X, Y, callbacks=[callback], **FIT)
    assert callback.run.dir.name == "version_0"
    loss, accuracy = model.evaluate(X[6:], Y[6:], callbacks=[callback], batch_size=4, verbose=0)
    run, _ = finish(callback)
    assert points(run, "test_loss") == [(3, loss)]
    assert points(run, "test_accuracy") == [(3, accuracy)]
    likely = np.asarray(model.predict(X[6:], verbose=0))
    captions = [run.load(row).caption for row in run.rows("test/predictions", step=3)]
    assert captions == [
        f"{Y[6 + i]} → {p.argmax()} ({p.max():.2f})" for i, p in enumerate(likely[:2])
    ]


def test_a_fit_that_has_ended_is_written_and_finished(
    model: Any, callback: MediaCallback, tmp_path: Any
) -> None:
    model.fit(X, Y, callbacks=[callback], **FIT)
    run = medialog_core.open_run(tmp_path / "version_0")
    assert run.state("status")["state"] == "finished"
    assert [point.step for point in run.scalars("loss")] == [3]
    callback.run.finish()


def test_two_evaluations_follow_their_own_samples(model: Any, callback: MediaCallback) -> None:
    for first in (0, 6):
        model.evaluate(X[first:], Y[first:], callbacks=[callback], batch_size=4, verbose=0)
        model.fit(X, Y, callbacks=[callback], **FIT)
    run, _ = finish(callback)
    for first, step in ((0, 0), (6, 3)):
        for i, row in enumerate(run.rows("test/predictions", step=step)):
            shown = run.load(row).to_numpy()
            assert np.array_equal(shown, np.floor(X[first + i, ..., 0] * 255 + 0.5))


def test_a_prediction_shows_inputs_and_outputs(model: Any, callback: MediaCallback) -> None:
    likely = np.asarray(model.predict(X, callbacks=[callback], batch_size=4, verbose=0))
    run, health = finish(callback)
    assert run.keys() == ["predict/inputs", "predict/predictions"]
    [row] = run.rows("predict/predictions")
    table = run.load(row)
    assert table.columns == ["sample", "input", "output"]
    assert table.get_column("sample") == ["0/0", "0/1"]
    assert np.allclose(table.get_column("output"), likely[:2])
    assert np.array_equal(
        table.get_column("input")[1].to_numpy(), np.floor(X[1, ..., 0] * 255 + 0.5)
    )
    assert not any(key.startswith("capture_") for key in health)


def test_two_fits_go_on_in_one_run(model: Any, callback: MediaCallback) -> None:
    for _ in range(2):
        model.fit(X, Y, validation_data=(X, Y), callbacks=[callback], **FIT)
        assert callback.run.health.get("lost", 0) == 0
    run, _ = finish(callback)
    assert [point.step for point in run.scalars("loss")] == [3, 6]
    assert run.steps("val/predictions") == [3, 6]
    assert run.steps("train/inputs") == [0]


def test_a_runs_own_directory_is_resumed(model: Any, tmp_path: Any) -> None:
    for folder in (tmp_path, tmp_path / "version_0", tmp_path):
        callback = MediaCallback(folder, capture=False)
        model.fit(X, Y, callbacks=[callback], **FIT)
        callback.run.finish()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["version_0", "version_1"]
    steps = [point.step for point in medialog_core.open_run(tmp_path / "version_0").scalars("loss")]
    assert steps == [3, 7]


def test_what_the_user_logs_goes_to_the_run_at_its_step(
    model: Any, callback: MediaCallback
) -> None:
    mine = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: medialog_core.log({"mine": epoch, "l": logs["loss"]})
    )
    model.fit(X, Y, callbacks=[callback, mine], epochs=2, **FIT)
    run, _ = finish(callback)
    assert points(run, "mine") == [(3, 0), (6, 1)]


def test_an_uncompiled_model_predicts(callback: MediaCallback) -> None:
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()])
    model.predict(X, callbacks=[callback], verbose=0)
    run, health = finish(callback)
    assert run.keys() == ["predict/inputs", "predict/predictions"]
    assert not any(key.startswith("capture_") for key in health)


@pytest.mark.usefixtures("group")
def test_ranks_above_zero_log_media_only(model: Any, callback: MediaCallback, as_rank: Any) -> None:
    callback._recording.runs.place.decide()
    as_rank(1)
    model.fit(X, Y, validation_data=(X, Y), callbacks=[callback], **FIT)
    run, _ = finish(callback)
    assert run.scalar_keys() == []
    assert {"train/inputs", "val/inputs", "val/predictions"} == set(run.keys())
    assert {row.rank for row in run.rows("val/predictions")} == {1}
