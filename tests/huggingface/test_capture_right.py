"""What is captured is what the data set holds and what the model predicts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import torchvision
import transformers

from medialog_core.capture import follow, scores
from medialog_core.capture.showing import inputs, overlays, pixels, predictions
from medialog_huggingface import processors

from .conftest import check_predictions, predicted
from .dense import segformer
from .restoring import super_resolution
from .trial import BATCH, MEAN, SAMPLES, STD, Stream
from .trials import TRIALS


def test_predictions_are_the_models_on_the_data_sets_inputs(trial: Any, train: Any) -> None:
    result = train(trial)
    check_predictions(trial, result)
    assert not [key for key in result.health if key.startswith("capture_")]


def test_the_same_samples_come_at_each_evaluation(trial: Any, train: Any) -> None:
    result = train(trial)
    assert result.run.steps("val/predictions") == [2, 4]
    first, last = (result.loaded(step=step) for step in (2, 4))
    for one, other in zip(first, last, strict=True):
        assert one.sample_id == other.sample_id


def test_input_grids_are_make_grids_in_true_colours(train: Any) -> None:
    trial = TRIALS["segmentation"]()
    result = train(trial)
    assert result.run.steps("train/inputs") == [1, 2, 3, 4]
    [grid] = result.loaded("val/inputs")
    pictures = torch.stack([torch.tensor(p).permute(2, 0, 1) for p in trial.pictures[:BATCH]])
    expected = torchvision.utils.make_grid(pictures).permute(1, 2, 0).numpy()
    assert np.array_equal(grid.to_numpy(), expected)


def test_training_inputs_are_the_batch_of_the_step(train: Any) -> None:
    trial = TRIALS["segmentation"]()
    seen: list[Any] = []

    def collate(rows: Any) -> Any:
        made = trial.collate(rows)
        if "labels" in made:
            seen.append(made["pixel_values"])
        return made

    result = train(
        replace(trial, collate=collate), eval_strategy="no", tuned={"num_samples": BATCH}
    )
    mean, std = (torch.tensor(v)[:, None, None] for v in (MEAN, STD))
    for step in result.run.steps("train/inputs"):
        [grid] = result.loaded("train/inputs", step)
        cells = [(x * std + mean).clamp(0, 1) for x in seen[step - 1]]
        expected = torchvision.utils.make_grid(torch.stack(cells)).permute(1, 2, 0).numpy()
        assert np.array_equal(grid.to_numpy(), np.floor(expected * 255 + 0.5))


def test_without_a_processor_values_are_shown_by_their_range(train: Any) -> None:
    trial = TRIALS["segmentation"]()
    result = train(replace(trial, processor=None))
    lowest = min(float(row["pixel_values"].min()) for row in trial.data.rows[:BATCH])
    highest = max(float(row["pixel_values"].max()) for row in trial.data.rows[:BATCH])
    [grid] = result.loaded("val/inputs")
    first = trial.data[0]["pixel_values"].permute(1, 2, 0)
    shown_there = grid.to_numpy()[2:34, 2:34].astype(int)
    expected = torch.floor((first - lowest) / (highest - lowest) * 255 + 0.5).numpy()
    assert np.abs(shown_there - expected).max() <= 1


PROCESSORS: dict[str, Any] = {
    "an image processor": transformers.ViTImageProcessor(image_mean=MEAN, image_std=STD),
    "a processor that has one": type(
        "Both",
        (),
        {"image_processor": transformers.ViTImageProcessor(image_mean=MEAN, image_std=STD)},
    )(),
    "arrays": type(
        "Arrays",
        (),
        {"image_mean": np.array(MEAN), "image_std": torch.tensor(STD), "do_normalize": True},
    )(),
}


@pytest.mark.parametrize("name", PROCESSORS)
def test_normalisation_is_read_from(name: str) -> None:
    found = processors._normalisation(PROCESSORS[name])
    assert found is not None
    assert found[0] == pytest.approx(MEAN)
    assert found[1] == pytest.approx(STD)


@pytest.mark.parametrize(
    "processor",
    [
        None,
        object(),
        transformers.ViTImageProcessor(do_normalize=False),
        type("Odd", (), {"image_mean": [0.5], "image_std": [0.5, 0.5], "do_normalize": True})(),
    ],
)
def test_no_normalisation_is_read_from(processor: Any) -> None:
    assert processors._normalisation(processor) is None


def test_default_names_are_no_names(train: Any) -> None:
    trial = TRIALS["segmentation"]()

    def unnamed() -> Any:
        model = segformer()
        model.config.id2label = {i: f"LABEL_{i}" for i in range(3)}
        return model

    [image, *_] = train(replace(trial, model=unnamed)).loaded()
    assert not {"LABEL_0", "dark"} & set(image.masks["predictions"].class_labels.values())


def test_samples_of_a_stream_are_predicted_again(trial: Any, train: Any) -> None:
    result = train(trial, trainer={"eval_dataset": Stream(trial.data.rows)})
    images = result.loaded()
    assert len(images) == SAMPLES
    for i, image in enumerate(images):
        trial.check(image, trial, i, predicted(result.model, trial, i))


# --- faults that must be found --------------------------------------------------------------------


def shifted(original: Any) -> Any:
    def see(self: Any, leading: Any, evidence: Any) -> None:
        for each in evidence:
            object.__setattr__(each, "rows", [*each.rows[1:], each.rows[0]])
        original(self, leading, evidence)

    return see


def test_a_shifted_index_is_found(trial: Any, train: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow.Follower, "see", shifted(follow.Follower.see))
    result = train(trial)
    with pytest.raises(AssertionError):
        check_predictions(trial, result)


def swapped(original: Any) -> Any:
    def overlay(*args: Any) -> Any:
        said = original(*args)
        said.truth, said.prediction = said.prediction, said.truth
        for sets in (said.masks, said.boxes):
            if sets:
                sets["ground_truth"], sets["predictions"] = (
                    sets["predictions"],
                    sets["ground_truth"],
                )
        return said

    return overlay


@pytest.mark.parametrize(
    "trial", [t for t in TRIALS if t not in ("image_to_image", "masked_autoencoder")], indirect=True
)
def test_truth_and_prediction_swapped_are_found(
    trial: Any, train: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictions, "overlay", swapped(overlays.overlay))
    result = train(trial)
    with pytest.raises(AssertionError):
        check_predictions(trial, result)


def test_output_and_truth_swapped_in_a_row_are_found(
    train: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = pixels.row_of

    def row_of(cells: Any, looks: Any, **rest: Any) -> Any:
        return original([cells[0], cells[2], cells[1]], looks, **rest)

    monkeypatch.setattr(predictions, "row_of", row_of)
    trial = TRIALS["image_to_image"]()
    result = train(trial)
    with pytest.raises(AssertionError):
        check_predictions(trial, result)


def test_an_input_is_enlarged_beside_what_is_made_of_it(train: Any) -> None:
    trial = super_resolution()
    check_predictions(trial, train(trial))


def test_a_transposed_mask_is_found(train: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    original = scores.decided_class
    monkeypatch.setattr(
        overlays, "decided_class", lambda row, scale: original(row, scale).T.reshape(row.shape[1:])
    )
    trial = TRIALS["segmentation"]()
    result = train(trial)
    with pytest.raises(AssertionError):
        check_predictions(trial, result)


def test_a_mirrored_input_is_found(trial: Any, train: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    original = inputs.input_rows

    def rows(leaf: Any, count: int) -> Any:
        given = original(leaf, count)
        return [r[..., ::-1] if isinstance(r, np.ndarray) and r.ndim == 3 else r for r in given]

    monkeypatch.setattr(follow, "input_rows", rows)
    result = train(trial)
    with pytest.raises(AssertionError):
        check_predictions(trial, result)


def test_another_normalisation_is_found(train: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    half = (0.5, 0.5, 0.5)
    monkeypatch.setattr(processors, "_normalisation", lambda _: (half, half))
    trial = TRIALS["segmentation"]()
    result = train(trial)
    with pytest.raises(AssertionError):
        check_predictions(trial, result)
