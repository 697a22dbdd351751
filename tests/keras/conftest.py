"""Training a small Keras model on each task with a MediaCallback, on the back end that is set."""

from __future__ import annotations

import os
import tempfile

COMPILED = tempfile.TemporaryDirectory()
os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# models this small are compiled for longer than they run
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", COMPILED.name)

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import medialog_core
from medialog_core import current
from medialog_core.capture import Capture
from medialog_keras import MediaCallback

from .trials import BATCH, SAMPLES, TRIALS, Trial

ALWAYS = {"budget": 1.0, "num_samples": SAMPLES, "every_n_steps": 1}
"""Capture that never puts a look off, so that no test depends on the clock."""

NOISE = (
    "Your input ran out of data",
    "The structure of `inputs` doesn't match",
    "You are using a softmax over axis",
    ".*os.fork\\(\\) was called",
    "`np.object` will be defined",
    "Casting input of dtype",
    "Explicitly requested dtype int64",
    "In the future `np.object`",
    "The key path of the `None` leaf",
    "__array__ implementation doesn.t accept a copy keyword",
)
"""What Keras, jax and TensorFlow say of trainings as small as ours, or of themselves."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            for message in NOISE:
                item.add_marker(pytest.mark.filterwarnings(f"ignore:{message}"))


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave no active run to the next test, and print nothing."""
    monkeypatch.setenv("MEDIALOG_SILENT", "1")
    yield
    run = current.active()
    if run is not None:
        run.finish(quiet=True)
    current.activate(None)


@pytest.fixture(scope="session")
def trials() -> dict[str, Callable[[], Trial]]:
    """All tasks by name."""
    return dict(TRIALS)


@dataclass(frozen=True)
class Result:
    """What a training leaves."""

    model: Any
    run: Any
    history: dict[str, list[float]]
    health: dict[str, Any]
    callback: MediaCallback

    def values(self, key: str = "val/predictions", step: int | None = None) -> list[Any]:
        """Give what lies under a key at a step, the last one by default."""
        rows = self.run.rows(key, step=self.run.steps(key)[-1] if step is None else step)
        return [self.run.load(row) for row in rows]


def finish(callback: MediaCallback) -> tuple[Any, dict[str, Any]]:
    """Give a callback's run to read, and its health."""
    run = callback.run
    run.flush()
    health = dict(run.health)
    run.finish(quiet=True)
    return medialog_core.open_run(run.dir), health


@pytest.fixture(name="finished")
def finished_() -> Callable[[MediaCallback], tuple[Any, dict[str, Any]]]:
    """What ends a callback's run, and gives it to read."""
    return finish


Train = Callable[..., Result]


def fitted(
    folder: Path,
    model: Any,
    *args: Any,
    capture: Any = None,
    tuned: dict[str, Any] | None = None,
    made: dict[str, Any] | None = None,
    **options: Any,
) -> Result:
    """Fit a model with a MediaCallback, and read its run back."""
    chosen = (
        Capture(**{**ALWAYS, "gradients": False, **(tuned or {})}) if capture is None else capture
    )
    callback = MediaCallback(folder / "logs", capture=chosen, **(made or {}))
    defaults = {"epochs": 2, "verbose": 0, "shuffle": False}
    if not args or not hasattr(args[0], "element_spec"):
        defaults["batch_size"] = BATCH
    history = model.fit(*args, **{**defaults, **options}, callbacks=[callback])
    run, health = finish(callback)
    return Result(model, run, history.history, health, callback)


@pytest.fixture
def train(tmp_path: Path) -> Train:
    """Fit a model, or a trial, with a MediaCallback for two epochs."""

    def trained(what: Any, *args: Any, **options: Any) -> Result:
        if isinstance(what, Trial):
            return fit_trial(tmp_path, what, **options)
        return fitted(tmp_path, what, *args, **options)

    return trained


def fit_trial(folder: Path, trial: Trial, **options: Any) -> Result:
    data = trial.x, trial.y
    labels = {"class_labels": trial.classes} if trial.classes else {}
    tuned = {**labels, **options.pop("tuned", {})}
    return fitted(folder, trial.model(), *data, validation_data=data, tuned=tuned, **options)


@pytest.fixture
def evaluate(tmp_path: Path) -> Train:
    """Evaluate a model by itself with a MediaCallback, or predict with it."""

    def evaluated(
        model: Any, *args: Any, method: str = "evaluate", tuned: Any = None, **options: Any
    ) -> Result:
        callback = MediaCallback(tmp_path / "logs", capture=Capture(**{**ALWAYS, **(tuned or {})}))
        sizes = {} if hasattr(args[0], "element_spec") else {"batch_size": BATCH}
        getattr(model, method)(*args, **{"verbose": 0, **sizes, **options}, callbacks=[callback])
        run, health = finish(callback)
        return Result(model, run, {}, health, callback)

    return evaluated


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Trial, Result]]:
    """Give a task's training, the same for all tests that only look at it."""

    @functools.cache
    def once(name: str) -> tuple[Trial, Result]:
        trial = TRIALS[name]()
        return trial, fit_trial(tmp_path_factory.mktemp(name), trial)

    return once


@pytest.fixture
def checked() -> Callable[..., None]:
    """The check that holds of right predictions, and of no others."""
    return check_predictions


def check_predictions(trial: Trial, result: Result, key: str = "val/predictions") -> None:
    """Compare the last images of a key with the data and the trained model."""
    images = result.values(key)
    assert [image.sample_id for image in images] == [f"0/{i}" for i in range(SAMPLES)]
    outputs = np.asarray(result.model.predict(trial.x, batch_size=BATCH, verbose=0))
    for i, image in enumerate(images):
        trial.check(image, trial, i, outputs[i])


@pytest.fixture
def weights_of() -> Callable[[Any], list[Any]]:
    """Give all of a model's variables, the optimizer's too, in NumPy."""

    def weights(model: Any) -> list[Any]:
        variables = [*model.variables, *model.optimizer.variables]
        return [keras.ops.convert_to_numpy(v.value) for v in variables]

    return weights
