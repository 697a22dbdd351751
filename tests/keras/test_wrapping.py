"""The model's functions are wrapped while a callback looks, and are the model's own again after."""

from __future__ import annotations

import copy
from typing import Any

import keras
import pytest

import medialog_core
from medialog_core.capture import Capture
from medialog_keras import MediaCallback
from medialog_keras.wrapping import Watched, original, put_on, take_off

from .conftest import finish
from .trials import classification, digits

X, Y = digits()
FIT = {"batch_size": 4, "verbose": 0, "shuffle": False, "validation_data": (X, Y)}


@pytest.fixture(scope="module")
def model() -> Any:
    return classification().model()


def capturing(folder: Any) -> MediaCallback:
    options = Capture(budget=1.0, num_samples=2, gradients=False, every_n_steps=1)
    return MediaCallback(folder, capture=options)


def is_wrapped(model: Any) -> bool:
    names = ("train_function", "test_function", "predict_function")
    return any(isinstance(getattr(model, name), Watched) for name in names)


class Fails(keras.callbacks.Callback):  # type: ignore[misc]
    """Raises once, at the end of an epoch or of a validation."""

    def __init__(self, method: str) -> None:
        super().__init__()
        setattr(self, method, self.fail)

    def fail(self, *_: Any, **__: Any) -> None:
        raise ZeroDivisionError("planted")


def test_nothing_is_wrapped_after_a_fit(model: Any, tmp_path: Any) -> None:
    callback = capturing(tmp_path)
    model.fit(X, Y, callbacks=[callback], **FIT)
    assert not is_wrapped(model)
    callback.run.finish()


@pytest.mark.parametrize("method", ["on_epoch_end", "on_test_begin", "on_train_batch_begin"])
@pytest.mark.parametrize("same", [True, False])
def test_a_fit_after_an_exception_sees_all(
    method: str, same: bool, model: Any, tmp_path: Any
) -> None:
    callback = capturing(tmp_path)
    with pytest.raises(ZeroDivisionError):
        model.fit(X, Y, callbacks=[callback, Fails(method)], **FIT)
    again = callback if same else capturing(tmp_path)
    before = again.step
    model.fit(X, Y, callbacks=[again], **FIT)
    run, health = finish(again)
    assert [step for step in run.steps("train/inputs") if step >= before] == [
        before + i for i in range(3)
    ]
    assert run.steps("val/predictions")[-1] == before + 3
    assert not any(key.startswith("capture_") for key in health)
    callback.run.finish(quiet=True)


def test_a_wrapper_left_behind_looks_no_more(model: Any, tmp_path: Any) -> None:
    callback = capturing(tmp_path)
    with pytest.raises(ZeroDivisionError):
        model.fit(X, Y, callbacks=[callback, Fails("on_epoch_end")], **FIT)
    assert is_wrapped(model)
    model.fit(X, Y, **FIT)
    run, _ = finish(callback)
    assert run.steps("train/inputs") == [0, 1, 2]


def test_an_error_in_a_step_makes_the_run_a_failed_one(tmp_path: Any) -> None:
    class Breaks(keras.Sequential):  # type: ignore[misc]
        def train_step(self, *_: Any) -> Any:
            raise ZeroDivisionError("planted")

    layers = [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10)]
    model = Breaks(layers)
    model.compile(loss="mse", run_eagerly=True)
    callback = capturing(tmp_path)
    with pytest.raises(ZeroDivisionError):
        model.fit(X, Y[:, None], callbacks=[callback], **FIT)
    run = medialog_core.open_run(tmp_path / "version_0")
    assert run.state("status")["state"] == "failed"
    assert "train/inputs" in run.keys()  # noqa: SIM118
    assert not is_wrapped(model)


def test_two_callbacks_see_the_same(tmp_path: Any) -> None:
    model = classification().model()
    callbacks = [capturing(tmp_path), capturing(tmp_path)]
    model.fit(X, Y, callbacks=callbacks, **FIT)
    assert not is_wrapped(model)
    runs = [finish(callback)[0] for callback in callbacks]
    assert len({callback.run.dir for callback in callbacks}) == 2
    for run in runs:
        assert run.steps("train/inputs") == [0, 1, 2]
        assert run.steps("val/predictions") == [3]


def test_a_wrapped_model_is_saved_and_copied(model: Any, tmp_path: Any) -> None:
    class Saves(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, *_: Any) -> None:
            assert is_wrapped(self.model)
            self.model.save(tmp_path / "model.keras")
            copy.deepcopy(self.model)

    callback = capturing(tmp_path)
    model.fit(X, Y, callbacks=[callback, Saves()], **FIT)
    assert keras.saving.load_model(tmp_path / "model.keras").count_params() == 650
    callback.run.finish()


class Holder:
    def __init__(self, function: Any) -> None:
        self.train_function = function


class Owner:
    def __init__(self) -> None:
        self.calls: list[Any] = []

    def call_function(self, name: str, function: Any, args: Any) -> Any:
        self.calls.append(name)
        return function(*args)

    def failed(self) -> None:
        self.calls.append("failed")


def test_wrappers_come_off_in_any_order() -> None:
    def function() -> None: ...

    holder, first, second = Holder(function), Owner(), Owner()
    put_on(holder, "train_function", first)
    put_on(holder, "train_function", second)
    put_on(holder, "train_function", second)
    assert original(holder, "train_function") is function
    take_off(holder, "train_function", first)
    holder.train_function()
    assert (first.calls, second.calls) == ([], ["train_function"])
    take_off(holder, "train_function", second)
    assert holder.train_function is function


def test_wrappers_of_nobody_come_off() -> None:
    def function() -> int:
        return 3

    holder, second = Holder(function), Owner()
    put_on(holder, "train_function", Owner())
    assert holder.train_function() == 3
    put_on(holder, "train_function", second)
    take_off(holder, "train_function", second)
    assert holder.train_function is function


@pytest.mark.parametrize(("error", "calls"), [(StopIteration, 1), (KeyboardInterrupt, 2)])
def test_the_end_of_the_data_is_no_failure(error: type[BaseException], calls: int) -> None:
    def function() -> None:
        raise error

    holder, owner = Holder(function), Owner()
    put_on(holder, "train_function", owner)
    with pytest.raises(error):
        holder.train_function()
    assert len(owner.calls) == calls
