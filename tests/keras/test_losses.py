"""What a compiled loss says of a model's outputs."""

from __future__ import annotations

import functools
from typing import Any

import keras
import numpy as np
import pytest

from medialog_keras.losses import Loss, loss_of
from medialog_keras.outputs import outputs_of

IDS = np.zeros(4, np.int64)
SCORES = np.zeros((4, 3), np.float32)
ONE = np.zeros((4, 1), np.float32)
L: Any = keras.losses


class Mine(keras.losses.MeanSquaredError):  # type: ignore[misc]
    """May compute anything."""


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("sparse_categorical_crossentropy", "categorical_crossentropy"),
        (L.sparse_categorical_crossentropy, "categorical_crossentropy"),
        (L.SparseCategoricalCrossentropy(), "categorical_crossentropy"),
        (L.SparseCategoricalCrossentropy(from_logits=True), "cross_entropy"),
        ("CategoricalCrossentropy", "categorical_crossentropy"),
        (L.CategoricalFocalCrossentropy(from_logits=True), "cross_entropy"),
        (functools.partial(L.categorical_crossentropy, from_logits=True), "cross_entropy"),
        ("binary_crossentropy", "binary_cross_entropy"),
        (L.BinaryCrossentropy(from_logits=True), "binary_cross_entropy_with_logits"),
        (L.BinaryFocalCrossentropy(), "binary_cross_entropy"),
        ("mse", "mse_loss"),
        ("MAE", "l1_loss"),
        (L.Huber(), "huber_loss"),
        ("log_cosh", "smooth_l1_loss"),
        (L.Dice(), None),
        ("kl_divergence", None),
        (Mine(), None),
        (lambda _, p: p, None),
        (None, None),
    ],
)
def test_keras_losses_are_known_and_no_others(given: Any, name: str | None) -> None:
    assert loss_of(given, IDS, SCORES).name == name


@pytest.mark.parametrize(
    ("target", "prediction", "name"),
    [
        (IDS, SCORES, "categorical_crossentropy"),
        (SCORES, SCORES, "categorical_crossentropy"),
        (ONE, ONE, "binary_cross_entropy"),
    ],
)
def test_crossentropy_is_the_one_that_keras_takes(target: Any, prediction: Any, name: str) -> None:
    assert loss_of("crossentropy", target, prediction).name == name


def test_axis_and_ignored_class_are_the_losses_own() -> None:
    given = L.SparseCategoricalCrossentropy(ignore_class=7)  # has no axis before Keras 3.7
    assert loss_of(given, IDS, SCORES) == Loss("categorical_crossentropy", -1, 7)
    of_function = functools.partial(L.sparse_categorical_crossentropy, axis=1)
    assert loss_of(of_function, IDS, SCORES) == Loss("categorical_crossentropy", 1)


class Model:
    output_names = ("a", "b")

    def __init__(self, loss: Any) -> None:
        self.loss = loss


def read(loss: Any, predicted: Any, y: Any, **roles: Any) -> dict[str, Any]:
    found = outputs_of(Model(loss), predicted, y, 4, "last", roles)
    return {each.name: each for each in found}


def test_a_target_for_the_only_loss_is_its_outputs() -> None:
    found = read({"b": "mse", "a": None}, [SCORES, ONE], np.ones((4, 1)))
    assert found["a"].targets == {}
    assert (found["b"].loss.name, list(found["b"].targets)) == ("mse_loss", [0])


def test_targets_that_cant_be_told_apart_are_none() -> None:
    found = read("mse", [ONE, ONE, ONE], [ONE, ONE])
    assert [each.targets for each in found.values()] == [{}, {}, {}]


def test_classes_come_in_front_where_the_loss_has_them() -> None:
    maps = np.random.default_rng(0).random((4, 3, 5, 6), np.float32)
    first = L.CategoricalCrossentropy(from_logits=True, axis=1)
    for loss, given in ((first, maps), ("categorical_crossentropy", np.moveaxis(maps, 1, -1))):
        [output] = read(loss, given, np.round(given)).values()
        shares = maps if loss is first else maps / maps.sum(axis=1, keepdims=True)
        assert np.allclose(output.rows, shares)
        assert np.array_equal(output.targets[0], np.round(maps))


def test_ids_as_floats_are_whole_numbers() -> None:
    [output] = read("sparse_categorical_crossentropy", SCORES + 1, ONE + 2).values()
    assert output.targets[0].dtype == np.int64
    assert output.targets[0].tolist() == [2, 2, 2, 2]


def test_numbers_that_are_no_probabilities_have_no_known_meaning() -> None:
    [output] = read("sparse_categorical_crossentropy", SCORES - 1, IDS).values()
    assert output.loss.name is None
    [output] = read("binary_crossentropy", ONE + 3, ONE).values()
    assert output.rows.max() == 1
