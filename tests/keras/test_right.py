"""What is captured is what the data holds and what the model predicts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from medialog_core.capture import scores
from medialog_core.capture.showing import overlays, predictions
from medialog_keras import following, outputs

from .trials import SAMPLES, TRIALS, pixels

each_task = pytest.mark.parametrize("name", TRIALS)


@each_task
def test_predictions_are_the_models_on_the_datas_inputs(
    name: str, trained: Any, checked: Any
) -> None:
    trial, result = trained(name)
    checked(trial, result)
    assert not any(key.startswith("capture_") for key in result.health)


@each_task
def test_the_same_samples_come_at_each_epoch(name: str, trained: Any) -> None:
    _, result = trained(name)
    steps = result.run.steps("val/predictions")
    ids = [[image.sample_id for image in result.values(step=step)] for step in steps]
    assert ids == [[f"0/{i}" for i in range(SAMPLES)]] * 2


@pytest.mark.parametrize("key", ["train/inputs", "val/inputs"])
def test_input_grids_are_of_the_first_batchs_pictures(key: str, trained: Any) -> None:
    trial, result = trained("segmentation")
    [grid] = result.values(key, step=result.run.steps(key)[0])
    height, width = trial.x.shape[1:3]
    for i in range(3):
        left = 2 + i * (width + 2)
        cell = grid.to_numpy()[2 : 2 + height, left : left + width]
        assert np.array_equal(cell, pixels(trial.x[i]))


def test_an_evaluation_by_itself_is_right(trained: Any, evaluate: Any, checked: Any) -> None:
    trial, before = trained("segmentation")
    named = {"class_labels": trial.classes}
    result = evaluate(before.model, trial.x, trial.y, tuned=named)
    checked(trial, result, "test/predictions")


def rolled(original: Any) -> Any:
    return lambda self, x: np.roll(np.asarray(original(self, x)), 1, axis=0)


def swapped(original: Any) -> Any:
    def overlay(*args: Any) -> Any:
        said = original(*args)
        said.truth, said.prediction = said.prediction, said.truth
        if said.masks:
            said.masks = dict(zip(said.masks, reversed(said.masks.values()), strict=True))
        return said

    return overlay


def transposed(original: Any) -> Any:
    return lambda row, scale: original(row, scale).T.reshape(row.shape[1:])


def misplaced(original: Any) -> Any:
    def laid_out(rows: Any, *rest: Any) -> Any:
        return original(rows, *rest)[:, ::-1]

    return laid_out


FAULTS = {
    "predictions of the next sample": (following.Following, "_predict", rolled),
    "truth and prediction swapped": (predictions, "overlay", swapped),
    "classes in another order": (outputs, "_laid_out", misplaced),
    "a transposed mask": (overlays, "decided_class", transposed),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(
    fault: str, trained: Any, evaluate: Any, checked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial, before = trained("segmentation")
    where, attribute, plant = FAULTS[fault]
    monkeypatch.setattr(where, attribute, plant(getattr(where, attribute)))
    named = {"class_labels": trial.classes}
    result = evaluate(before.model, trial.x, trial.y, tuned=named)
    with pytest.raises(AssertionError):
        checked(trial, result, "test/predictions")


def test_the_classes_scores_are_the_losses_own(trained: Any) -> None:
    """A softmax over probabilities would flatten them: its loss says that they are some."""
    trial, result = trained("classification")
    likely = np.asarray(result.model.predict(trial.x, verbose=0))[:SAMPLES].max(1)
    again = [scores.probabilities(np.asarray([p]), "probabilities")[0] for p in likely]
    shown_scores = [image.notes.label.score for image in result.values()]
    assert shown_scores == pytest.approx(again, rel=1e-4)
