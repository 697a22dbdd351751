"""Evaluations of every kind: alone, of several data sets, without labels in the model's batches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from transformers import TrainerCallback

from .conftest import check_predictions, finished, predicted
from .trial import SAMPLES, Rows, Stream
from .trials import TRIALS


def test_evaluate_alone_shows_the_same_as_within_a_training(trial: Any, trainer_of: Any) -> None:
    trainer, callback = trainer_of(trial)
    trainer.evaluate()
    result = finished(trainer, callback)
    assert result.run.steps("val/predictions") == [0]
    check_predictions(trial, result)
    assert result.run.status == "finished"
    assert not [key for key in result.health if key.startswith("capture_")]


def test_evaluate_after_a_training_follows_the_same_samples(trainer_of: Any) -> None:
    trial = TRIALS["classification"]()
    trainer, callback = trainer_of(trial, eval_strategy="no")
    trainer.evaluate()
    trainer.train()
    trainer.evaluate()
    result = finished(trainer, callback)
    assert result.run.steps("val/predictions") == [0, 4]
    check_predictions(trial, result)


def test_predict_shows_under_the_name_of_its_metrics(trainer_of: Any) -> None:
    trial = TRIALS["segmentation"]()
    trainer, callback = trainer_of(trial)
    metrics = trainer.predict(trial.data).metrics
    result = finished(trainer, callback)
    images = result.loaded("test/predictions")
    assert len(images) == SAMPLES
    for i, image in enumerate(images):
        trial.check(image, trial, i, predicted(result.model, trial, i))
    [point] = result.run.scalars("test/loss")
    assert point.value == pytest.approx(metrics["test_loss"])


def test_each_of_several_data_sets_shows_its_own(train: Any) -> None:
    trial = TRIALS["segmentation"]()
    half = replace(trial, data=Rows(trial.data.rows[3:]), pictures=trial.pictures[3:])
    sets = {"whole": trial.data, "half": half.data}
    result = train(trial, trainer={"eval_dataset": sets})
    for number, (name, own) in enumerate((("whole", trial), ("half", half))):
        assert result.run.steps(f"val/{name}/predictions") == [2, 4]
        images = result.loaded(f"val/{name}/predictions")
        assert [image.sample_id for image in images] == [f"{number}/{i}" for i in range(SAMPLES)]
        for i, image in enumerate(images):
            own.check(image, own, i, predicted(result.model, own, i))
    assert "val/predictions" not in result.run.keys()  # noqa: SIM118 - a method
    assert not [key for key in result.health if key.startswith("capture_")]


def check_shown(trial: Any, result: Any, key: str, first: int) -> None:
    """Compare the last predictions of a key with those of the data set from its n-th sample on."""
    own = replace(trial, data=Rows(trial.data.rows[first:]), pictures=trial.pictures[first:])
    images = result.loaded(key)
    assert len(images) == SAMPLES
    for i, image in enumerate(images):
        own.check(image, own, i, predicted(result.model, own, i))


class Tested(TrainerCallback):  # type: ignore[misc]  # transformers is not looked into
    """Predicts a test set at the end of each evaluation, before medialog hears of that."""

    def on_evaluate(self, *_: Any, metrics: Any = None, **__: Any) -> None:
        if "eval_loss" in metrics:
            self.trainer.predict(self.data)


def test_an_evaluation_within_another_shows_its_own(trainer_of: Any) -> None:
    trial = TRIALS["classification"]()
    trainer, callback = trainer_of(trial)
    within = Tested()
    within.trainer, within.data = trainer, Rows(trial.data.rows[3:])
    trainer.callback_handler.callbacks.insert(0, within)
    trainer.train()
    trainer.evaluate()
    result = finished(trainer, callback)
    assert result.run.steps("val/predictions") == result.run.steps("test/predictions") == [2, 4]
    check_shown(trial, result, "val/predictions", 0)
    check_shown(trial, result, "test/predictions", 3)


def test_an_evaluation_after_one_that_failed_shows_its_own(trainer_of: Any) -> None:
    def fails(_: Any) -> Any:
        raise ArithmeticError

    trial = TRIALS["classification"]()
    trainer, callback = trainer_of(trial, trainer={"compute_metrics": fails})
    with pytest.raises(ArithmeticError):
        trainer.train()
    trainer.compute_metrics = None
    trainer.predict(Rows(trial.data.rows[3:]))
    check_shown(trial, finished(trainer, callback), "test/predictions", 3)


def test_labels_that_are_smoothed_come_from_the_data_set(train: Any) -> None:
    trial = TRIALS["classification"]()
    result = train(trial, label_smoothing_factor=0.1)
    check_predictions(trial, result)
    assert not [key for key in result.health if key.startswith("capture_")]


def test_labels_of_a_loss_of_the_users_come_from_the_data_set(train: Any) -> None:
    def loss(outputs: Any, labels: Any, num_items_in_batch: Any = None) -> Any:  # noqa: ARG001
        logits = torch.nn.functional.interpolate(outputs.logits, labels.shape[-2:])
        return torch.nn.functional.cross_entropy(logits, labels, ignore_index=255)

    trial = TRIALS["segmentation"]()
    check_predictions(trial, train(trial, trainer={"compute_loss_func": loss}))


class Flickering(Rows):
    """A data set that never gives the same input twice."""

    def __getitem__(self, i: int) -> Any:
        row = super().__getitem__(i)
        return {**row, "pixel_values": row["pixel_values"] + 0.001 * torch.rand(())}


def test_labels_are_not_taken_from_a_data_set_that_gives_other_inputs(train: Any) -> None:
    trial = TRIALS["classification"]()
    result = train(replace(trial, data=Flickering(trial.data.rows)), label_smoothing_factor=0.1)
    assert result.health["capture_labels"] == 2
    [table] = result.loaded()
    assert table.columns == ["sample", "input", "output"]
    assert len(table.data) == SAMPLES


def test_streams_are_followed_by_their_content(train: Any) -> None:
    trial = TRIALS["segmentation"]()
    result = train(trial, trainer={"eval_dataset": Stream(trial.data.rows)})
    first = result.loaded(step=2)
    images = result.loaded(step=4)
    assert [i.sample_id for i in first] == [i.sample_id for i in images]
    assert all(i.sample_id.startswith("sha1:") for i in images)
    for i, image in enumerate(images):
        trial.check(image, trial, i, predicted(result.model, trial, i))


def test_a_stream_evaluated_alone_says_that_it_was_not_seen(trainer_of: Any) -> None:
    trial = TRIALS["classification"]()
    trainer, callback = trainer_of(trial, trainer={"eval_dataset": Stream(trial.data.rows)})
    trainer.evaluate()
    result = finished(trainer, callback)
    assert result.health["capture_unseen/val"] == 1
    assert result.run.keys() == []


def test_evaluating_alone_moves_no_random_state(trainer_of: Any) -> None:
    trial = TRIALS["classification"]()
    flickering = replace(trial, data=Flickering(trial.data.rows))
    states = []
    for tuned in ({}, {"predictions": False, "grids": False}):
        trainer, _ = trainer_of(flickering, tuned=tuned)
        torch.manual_seed(1)
        np.random.seed(1)  # noqa: NPY002 - the state that a user's data set may draw from
        trainer.evaluate()
        states.append((torch.get_rng_state(), np.random.get_state()[1]))  # type: ignore[index]  # noqa: NPY002
    (one, one_numpy), (other, other_numpy) = states
    assert torch.equal(one, other)
    assert np.array_equal(one_numpy, other_numpy)
