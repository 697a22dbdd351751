"""What isn't recognised gets a notice, its inputs and a table; what is pinned is taken as pinned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from torch import nn

from .conftest import check_predictions, predicted
from .restoring import Denoiser
from .texts import SMALL, mood
from .trial import BATCH, MEAN, SAMPLES, STD, Rows, Trial, stacked
from .trials import TRIALS


def raw_table(result: Any) -> Any:
    """Give the table of what was not recognised, of which a notice told once."""
    assert result.health["capture_unsure/val"] == 2
    [table] = result.loaded()
    assert table.columns == ["sample", "input", "output", "target"]
    assert len(table.data) == SAMPLES
    return table


def test_two_outputs_for_two_targets_are_not_guessed_at(train: Any) -> None:
    trial = mood()
    rows = [
        {"input_ids": row["input_ids"], "attention_mask": row["attention_mask"],
         "start_positions": 1, "end_positions": 2}
        for row in trial.data.rows
    ]  # fmt: skip
    config = transformers.BertConfig(**SMALL)
    model = lambda: transformers.BertForQuestionAnswering(config)  # noqa: E731
    table = raw_table(train(replace(trial, data=Rows(rows), model=model)))
    assert [row[1] for row in table.data] == [" ".join(w) for w in trial.pictures[:SAMPLES]]
    assert table.data[0][3] == {"start_positions": 1, "end_positions": 2}


class Summary(Denoiser):
    """Gives one number for a picture whose truth is a picture."""

    def forward(self, pixel_values: torch.Tensor, labels: Any = None) -> Any:
        made = super().forward(pixel_values, labels)
        return {**made, "reconstruction": made["reconstruction"].mean((1, 2, 3))}


def test_an_output_of_another_shape_gets_no_overlay(train: Any) -> None:
    trial = TRIALS["image_to_image"]()
    table = raw_table(train(replace(trial, model=lambda: Summary(transformers.PretrainedConfig()))))
    for row, picture in zip(table.data, trial.pictures, strict=False):
        assert np.array_equal(row[1].to_numpy(), picture)


def test_of_pictures_and_texts_the_pictures_are_shown(train: Any) -> None:
    trial = TRIALS["classification"]()
    rows = [
        {"pixel_values": row["pixel_values"], "input_ids": torch.arange(1, 7)}
        for row in trial.data.rows
    ]
    part = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    texts = {**part, "vocab_size": 9, "max_position_embeddings": 6, "eos_token_id": 6}
    pictures = {**part, "image_size": 8, "patch_size": 4, "num_channels": 1}
    config = transformers.CLIPConfig(text_config=texts, vision_config=pictures)
    result = train(
        replace(
            trial,
            data=Rows(rows),
            model=lambda: transformers.CLIPModel(config),
            collate=lambda rows: {**stacked(rows), "return_loss": True},
        )
    )
    [grid] = result.loaded("val/inputs")
    assert np.array_equal(grid.to_numpy()[2:10, 2:10, 0], trial.pictures[0])


class Plain(nn.Module):
    """No model of transformers'."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor, labels: Any = None) -> Any:
        logits = self.layer(x.flatten(1))
        if labels is None:
            return (logits,)
        return nn.functional.cross_entropy(logits, labels), logits


def plain_trial() -> Trial:
    trial = TRIALS["classification"]()
    rows = [{"x": row["pixel_values"], "labels": row["labels"]} for row in trial.data.rows]
    return replace(trial, data=Rows(rows), model=Plain)


def test_any_module_is_a_model(train: Any) -> None:
    trial = plain_trial()
    result = train(trial)
    images = result.loaded()
    assert len(images) == SAMPLES
    for i, image in enumerate(images):
        assert np.array_equal(image.to_numpy(), trial.pictures[i])
        likely = result.model(trial.data[i]["x"][None])[0][0].softmax(0)
        truth, chosen = trial.data[i]["labels"], int(likely.argmax())
        assert image.caption == f"{truth} → {chosen} ({likely.max():.2f})"


class ByPosition(transformers.Trainer):  # type: ignore[misc]  # transformers is not looked into
    """Takes the labels away and calls the model by position, as many scripts do."""

    def compute_loss(self, model: Any, inputs: Any, return_outputs: bool = False, **_: Any) -> Any:
        labels = inputs.pop("labels")
        outputs = model(inputs["pixel_values"])
        loss = nn.functional.cross_entropy(outputs.logits, labels)
        return (loss, {"loss": loss, **outputs}) if return_outputs else loss


def test_a_model_that_is_called_by_position_is_followed(train: Any) -> None:
    trial = TRIALS["classification"]()
    result = train(trial, kind=ByPosition)
    check_predictions(trial, result)
    assert not [key for key in result.health if key.startswith("capture_")]


class Twice(transformers.Trainer):  # type: ignore[misc]  # transformers is not looked into
    """Calls the model on something else before, in each step of an evaluation."""

    def prediction_step(self, model: Any, inputs: Any, *args: Any, **more: Any) -> Any:
        with torch.no_grad():
            model(**{**inputs, "pixel_values": inputs["pixel_values"].flip(0)})
        return super().prediction_step(model, inputs, *args, **more)


def test_the_last_call_of_a_step_counts(train: Any) -> None:
    trial = TRIALS["segmentation"]()
    check_predictions(trial, train(trial, kind=Twice))


def test_roles_are_taken_as_they_are_pinned(train: Any) -> None:
    trial = plain_trial()
    rows = [
        {"x": r["x"], "labels": r["labels"], "labels_2": 9 - r["labels"]} for r in trial.data.rows
    ]
    result = train(replace(trial, data=Rows(rows)), tuned={"roles": {"target": "labels_2"}},
                   trainer={"compute_loss_func": None}, kind=Dropping)  # fmt: skip
    truths = [image.notes.label.truth for image in result.loaded()]
    assert truths == [str(9 - row["labels"]) for row in rows[:SAMPLES]]


class Dropping(transformers.Trainer):  # type: ignore[misc]  # transformers is not looked into
    """Gives the model the labels that it knows only."""

    def compute_loss(self, model: Any, inputs: Any, *args: Any, **more: Any) -> Any:
        known = {key: value for key, value in inputs.items() if key != "labels_2"}
        return super().compute_loss(model, known, *args, **more)


def test_a_sample_function_is_given_batch_and_output(train: Any) -> None:
    def shown(batch: Any, outputs: Any) -> Any:
        assert len(batch["pixel_values"]) == len(outputs.logits) == BATCH
        return f"{float(outputs.logits.sum()):.4f}"

    trial = TRIALS["segmentation"]()
    result = train(trial, tuned={"sample_fn": shown})
    [text] = result.loaded()
    rows = [predicted(result.model, trial, i).logits for i in range(BATCH)]
    assert float(text.data) == pytest.approx(float(torch.cat(rows).sum()), abs=1e-2)


def test_a_normalisation_that_is_given_wins(train: Any) -> None:
    trial = replace(TRIALS["segmentation"](), processor=None)
    [image, *_] = train(trial, tuned={"denormalize": (MEAN, STD)}).loaded()
    assert np.array_equal(image.to_numpy(), trial.pictures[0])


def test_nothing_is_captured_that_is_not_asked_for(train: Any) -> None:
    off = {"grids": False, "gradients": False, "predictions": False}
    assert train(TRIALS["classification"](), tuned=off).run.keys() == []
