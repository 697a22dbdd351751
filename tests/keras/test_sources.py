"""Samples are found and shown whatever the data comes in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from .trials import SAMPLES, classification, digits

X, Y = digits()
BACKEND = keras.backend.backend()
NAMES = [f"digit {i}" for i in range(10)]


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Three digits a batch; it says what the classes are called."""

    class_names = NAMES

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def __len__(self) -> int:
        return 4

    def __getitem__(self, i: int) -> Any:
        self.asked += 1
        return X[3 * i : 3 * i + 3], Y[3 * i : 3 * i + 3]


def batches() -> Iterator[Any]:
    for i in range(0, 12, 3):
        yield X[i : i + 3], Y[i : i + 3]


def loader() -> Any:
    data = TensorDataset(torch.tensor(X), torch.tensor(Y))
    data.classes = NAMES  # type: ignore[attr-defined]
    return DataLoader(data, 3)


def tf_data() -> Any:
    from tensorflow.data import Dataset  # noqa: PLC0415 - only where it is the back end

    data = Dataset.from_tensor_slices((X, Y)).batch(3)
    data.class_names = NAMES
    return data.map(lambda x, y: (x, y)).prefetch(1)


ALL: dict[str, Callable[[], tuple[tuple[Any, ...], dict[str, Any]]]] = {
    "arrays": lambda: ((X, Y), {"validation_data": (X, Y)}),
    "weights": lambda: ((X, Y), {"validation_data": (X, Y, np.ones(12))}),
    "PyDataset": lambda: ((Batches(),), {"validation_data": Batches()}),
    "generator": lambda: (
        (batches(),),
        {"validation_data": batches(), "steps_per_epoch": 4, "validation_steps": 4, "epochs": 1},
    ),
    "DataLoader": lambda: ((loader(),), {"validation_data": loader()}),
}
if BACKEND == "tensorflow":
    ALL["tf.data"] = lambda: ((tf_data(),), {"validation_data": tf_data()})

NAMED = ("PyDataset", "DataLoader", "tf.data")
IN_ORDER = ("arrays", "weights", "DataLoader")


@pytest.fixture(scope="module")
def model() -> Any:
    """The same model for all: it is compiled once."""
    return classification().model()


@pytest.mark.parametrize("name", ALL)
def test_predictions_are_the_models_on_the_first_samples(name: str, model: Any, train: Any) -> None:
    data, options = ALL[name]()
    options = {"batch_size": 3 if name in ("arrays", "weights") else None, **options}
    result = train(model, *data, **options)
    likely = np.asarray(model.predict(X, verbose=0))
    images = result.values()
    ids = [image.sample_id for image in images]
    assert len(set(ids)) == SAMPLES
    assert all(i == f"0/{k}" or name not in IN_ORDER for k, i in enumerate(ids))
    assert all(i.startswith("sha1:") or name in IN_ORDER for i in ids)
    called = NAMES if name in NAMED else list(map(str, range(10)))
    for image, x, y, scores in zip(images, X, Y, likely, strict=False):
        assert np.array_equal(image.to_numpy(), np.floor(x[..., 0] * 255 + 0.5))
        chosen = int(scores.argmax())
        assert image.caption == f"{called[y]} → {called[chosen]} ({scores.max():.2f})"
    steps = result.run.steps("val/predictions")
    assert all(
        [row.sample_id for row in result.run.rows("val/predictions", step=s)] == ids for s in steps
    )
    assert result.run.config["batch_size"] == 3
    assert {"train/inputs", "val/inputs"} < set(result.run.keys())


def test_a_part_of_the_arrays_is_the_validation(model: Any, train: Any) -> None:
    result = train(model, X, Y, validation_split=0.25, epochs=1)
    [first, *_] = images = result.values()
    assert [image.sample_id for image in images] == ["0/0", "0/1", "0/2"]
    assert np.array_equal(first.to_numpy(), np.floor(X[9, ..., 0] * 255 + 0.5))


def test_no_sample_is_asked_for_twice(model: Any, train: Any) -> None:
    def asked(**options: Any) -> int:
        data = Batches()
        model.fit(data, verbose=0, shuffle=False) if not options else train(model, data, **options)
        return data.asked

    assert asked(epochs=1, batch_size=None) == asked()


def test_without_validation_there_are_inputs_and_no_predictions(model: Any, train: Any) -> None:
    result = train(model, X, Y, epochs=1)
    assert result.run.keys() == ["train/inputs"]


@pytest.mark.parametrize("validated", [False, True])
def test_given_samples_are_followed(validated: bool, model: Any, train: Any) -> None:
    data = {"validation_data": (X, Y)} if validated else {}
    result = train(model, X, Y, made={"samples": (X[8:10], Y[8:10])}, **data)
    assert result.run.steps("val/predictions") == [4, 8]
    images = result.values()
    likely = np.asarray(model.predict(X[8:10], verbose=0))
    assert [image.caption for image in images] == [
        f"{y} → {p.argmax()} ({p.max():.2f})" for y, p in zip(Y[8:10], likely, strict=True)
    ]
    assert all(image.sample_id.startswith("sha1:") for image in images)


def test_samples_are_collected_over_batches(model: Any, train: Any) -> None:
    result = train(model, X, Y, validation_data=(X, Y), epochs=1, tuned={"num_samples": 8})
    assert [image.sample_id for image in result.values()] == [f"0/{i}" for i in range(8)]
    shown = [image.to_numpy() for image in result.values()]
    assert all(
        np.array_equal(s, np.floor(x[..., 0] * 255 + 0.5)) for s, x in zip(shown, X, strict=False)
    )
