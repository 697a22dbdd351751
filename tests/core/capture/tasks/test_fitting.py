"""The task is told by shapes, dtypes, values and the loss; what is ambiguous is not told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from medialog_core.capture.samples import Sample
from medialog_core.capture.tasks.case import Case
from medialog_core.capture.tasks.evidence import LOSS_TARGET, Evidence, Reading, Unsure
from medialog_core.capture.tasks.fitting import fitting
from medialog_core.capture.tasks.recognise import recognise

RNG = np.random.default_rng(0)
N = 4


def floats(*shape: int) -> Any:
    return RNG.normal(size=(N, *shape)).astype(np.float32)


def ids(below: int, *shape: int) -> Any:
    values = RNG.integers(0, below, (N, *shape))
    values.flat[:2] = 0, below - 1
    return values


def one_hot(classes: int, *shape: int) -> Any:
    return np.moveaxis(np.eye(classes, dtype=np.float32)[ids(classes, *shape)], -1, 1)


BOXES = [{"boxes": np.ones((2, 4)), "labels": np.ones(2)}] * N
FOUND = [{"boxes": np.ones((3, 4)), "labels": np.ones(3), "scores": np.ones(3)}] * N
PICTURE = floats(3, 6, 8)

KNOWN: dict[str, tuple[str, Any, Any, str | None]] = {
    "logits and ids": ("classification", floats(5), ids(5), None),
    "logits and ids, cross entropy": ("classification", floats(5), ids(5), "cross_entropy"),
    "ids as a column": ("classification", floats(5), ids(5, 1), None),
    "predicted ids": ("classification", ids(5), ids(5), None),
    "soft targets, cross entropy": ("classification", floats(5), one_hot(5), "cross_entropy"),
    "one-hot targets, a loss of probabilities": (
        "classification",
        np.abs(floats(5)),
        one_hot(5),
        "categorical_crossentropy",
    ),
    "one-hot targets of integers": (
        "classification",
        floats(5),
        one_hot(5).astype(np.uint8),
        "cross_entropy",
    ),
    "ids as floats, a loss of classes": (
        "classification",
        floats(5),
        ids(5, 1).astype(np.float32),
        "categorical_crossentropy",
    ),
    "labels": ("multi-label", floats(5), np.ones((N, 5), np.float32), None),
    "labels, one each, binary loss": (
        "multi-label",
        floats(5),
        one_hot(5),
        "binary_cross_entropy_with_logits",
    ),
    "one score": ("binary", floats(), ids(2), None),
    "one score as a column": (
        "binary",
        floats(1),
        ids(2).astype(np.float32),
        "binary_cross_entropy",
    ),
    "maps of classes": ("segmentation", floats(4, 6, 8), ids(4, 6, 8), None),
    "maps of classes at a quarter": ("segmentation", floats(4, 3, 4), ids(4, 6, 8), None),
    "maps and a channel": ("segmentation", floats(4, 6, 8), ids(4, 1, 6, 8), "cross_entropy"),
    "ids as floats and a channel, a loss of classes": (
        "segmentation",
        floats(4, 6, 8),
        ids(4, 1, 6, 8).astype(np.float32),
        "categorical_crossentropy",
    ),
    "one-hot masks of integers": (
        "segmentation",
        floats(3, 6, 8),
        one_hot(3, 6, 8).astype(np.int64),
        "categorical_crossentropy",
    ),
    "predicted masks": ("segmentation", ids(4, 6, 8), ids(4, 6, 8), None),
    "one-hot masks": ("segmentation", floats(3, 6, 8), one_hot(3, 6, 8), None),
    "one map": ("binary segmentation", floats(1, 6, 8), ids(2, 6, 8), None),
    "one map of floats": (
        "binary segmentation",
        floats(6, 8),
        ids(2, 1, 6, 8).astype(np.float32),
        None,
    ),
    "boxes": ("detection", FOUND, BOXES, None),
    "pictures": ("image-to-image", floats(3, 6, 8), floats(3, 6, 8), None),
    "grey pictures, mean squared error": (
        "image-to-image",
        floats(1, 6, 8),
        ids(2, 1, 6, 8).astype(np.float32),
        "mse_loss",
    ),
    "pictures at twice the size": ("image-to-image", floats(3, 12, 16), floats(3, 12, 16), None),
    "its own input": ("image-to-image", floats(3, 6, 8), PICTURE, "binary_cross_entropy"),
    "clean pictures, an autoencoder's loss": (
        "image-to-image",
        floats(1, 6, 8),
        floats(1, 6, 8),
        "binary_cross_entropy",
    ),
    "numbers": ("regression", floats(2), floats(2), None),
    "a number": ("regression", floats(1), floats(), "l1_loss"),
}

UNKNOWN: dict[str, tuple[Any, Any, str | None]] = {
    "ages, or a loss for each digit": (floats(), ids(90), None),
    "an id too high": (floats(5), ids(6), None),
    "one label each, no loss known": (floats(5), one_hot(5), None),
    "0 and 1 as floats, no loss known": (floats(), ids(2).astype(np.float32), None),
    "ids as floats, no loss known": (floats(5), ids(5).astype(np.float32), None),
    "halves for ids": (floats(5), ids(5) + 0.5, "cross_entropy"),
    "class losses on numbers": (floats(5), floats(5), "cross_entropy"),
    "masks of another size": (floats(4, 6, 8), ids(4, 5, 8), None),
    "pictures at one and a half times the size": (floats(3, 9, 12), floats(3, 9, 12), None),
    "pictures of half the size": (floats(3, 3, 4), floats(3, 3, 4), None),
    "pictures twice as wide": (floats(3, 6, 16), floats(3, 6, 16), None),
    "grey pictures at twice the size": (floats(1, 12, 16), floats(1, 12, 16), None),
    "pictures of five channels": (floats(5, 6, 8), floats(5, 6, 8), None),
    "several labels a pixel": (floats(3, 6, 8), np.ones((N, 3, 6, 8), np.float32), None),
    "words": (floats(7, 30), ids(30, 7), None),
    "boxes without labels": ([{"boxes": np.ones((2, 4))}] * N, BOXES, None),
    "255 without its being ignored": (floats(4, 6, 8), np.where(ids(4, 6, 8) == 3, 255, 0), None),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_case_fits_one_task(name: str) -> None:
    task, prediction, truth, loss = KNOWN[name]
    assert fitting(Case(list(PICTURE), list(truth), list(prediction), loss)) == [task]


def test_a_grey_picture_is_its_own_truth_without_a_channel_too() -> None:
    grey = list(floats(1, 6, 8))
    case = Case(grey, [x[0] for x in grey], list(floats(6, 8)), "binary_cross_entropy")
    assert fitting(case) == ["image-to-image"]


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_odd_case_fits_none(name: str) -> None:
    prediction, truth, loss = UNKNOWN[name]
    assert fitting(Case(list(PICTURE), list(truth), list(prediction), loss)) == []


@pytest.mark.parametrize("ignored", [-1, -100, 255])
def test_ids_that_are_ignored_count_as_no_class(ignored: int) -> None:
    truth = np.where(ids(4, 6, 8) == 2, ignored, 1)
    case = Case(
        list(PICTURE), list(truth), list(floats(4, 6, 8)), "cross_entropy", max(ignored, 0) or None
    )
    assert fitting(case) == ["segmentation"]


def samples(**targets: Any) -> Sequence[Sample]:
    return [
        Sample(f"0/{i}", PICTURE[i], "", {name: rows[i] for name, rows in targets.items()})
        for i in range(N)
    ]


def seen(source: Any, place: str, rows: Any, **more: Any) -> Evidence:
    return Evidence(source, place, list(rows), **more)


def test_two_targets_that_both_fit_are_not_guessed_between() -> None:
    found = recognise(samples(digit=ids(5), index=ids(3)), [seen("call", "", floats(5))], {})
    assert isinstance(found, Unsure)
    assert "more than one reading" in found.reason


def test_the_losses_own_target_decides_between_two() -> None:
    digits = ids(5)
    evidence = seen("loss", "cross_entropy", floats(5), target=list(digits))
    found = recognise(samples(index=ids(3), digit=digits), [evidence], {})
    assert found == (evidence, Reading("classification", "digit", "softmax", "cross_entropy"))


def test_a_target_of_the_losss_own_is_named_so() -> None:
    evidence = seen("loss", "mse_loss", floats(2), target=list(floats(2)))
    found = recognise(samples(index=ids(3)), [evidence], {})
    assert found == (evidence, Reading("regression", LOSS_TARGET, None, "mse_loss"))


def test_a_role_decides_between_two() -> None:
    found = recognise(
        samples(digit=ids(5), index=ids(3)), [seen("call", "", floats(5))], {"target": "digit"}
    )
    assert not isinstance(found, Unsure)
    assert found[1].target == "digit"


def test_a_mask_on_a_changed_copy_of_the_inputs_is_not_drawn() -> None:
    moved = seen("call", "", floats(4, 6, 8), on_inputs=False)
    assert isinstance(recognise(samples(mask=ids(4, 6, 8)), [moved], {}), Unsure)


def test_a_caption_on_a_changed_copy_is_right_all_the_same() -> None:
    found = recognise(samples(digit=ids(5)), [seen("call", "", floats(5), on_inputs=False)], {})
    assert not isinstance(found, Unsure)


def test_ids_and_scores_that_agree_are_read_by_the_scores() -> None:
    scores = floats(5)
    evidence = [
        seen("named output", "preds", scores.argmax(1)),
        seen("named output", "logits", scores),
    ]
    found = recognise(samples(digit=ids(5)), evidence, {})
    assert not isinstance(found, Unsure)
    assert found[0].place == "logits"


def test_predictions_that_differ_are_not_guessed_between() -> None:
    scores = floats(5)
    evidence = [seen("named output", "preds", scores), seen("named output", "logits", -scores)]
    found = recognise(samples(digit=ids(5)), evidence, {})
    assert isinstance(found, Unsure)
    assert "differ" in found.reason


def test_a_stated_task_is_the_only_one() -> None:
    found = recognise(samples(digit=ids(5)), [seen("call", "", floats(5))], {"task": "regression"})
    assert isinstance(found, Unsure)


def test_few_numbers_within_0_and_1_are_neither_logits_nor_probabilities() -> None:
    few = np.full((N, 1), 0.4, np.float32)
    assert isinstance(recognise(samples(y=ids(2)), [seen("call", "", few)], {}), Unsure)
