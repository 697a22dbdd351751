"""What is captured is what the data set holds and what the model predicts, in both namespaces."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torchvision

from medialog_core.capture import follow, scores
from medialog_core.capture.showing import inputs, overlays, pixels, predictions


def test_predictions_are_the_models_on_the_data_sets_inputs(
    trial: Any, train: Any, checked: Any
) -> None:
    result = train(trial)
    checked(trial, result)
    assert not any(key.startswith("capture_") for key in result.health)


def test_input_grids_are_make_grids_of_the_data_sets_inputs(trials: Any, train: Any) -> None:
    trial = trials["segmentation"]()
    result = train(trial)
    for key, count in (("train/inputs", 3), ("val/inputs", 3)):
        expected = torchvision.utils.make_grid(torch.stack(trial.data.inputs[:count]))
        [grid] = result.images(key, step=result.run.steps(key)[0])
        assert np.array_equal(
            grid.to_numpy(),
            np.floor(expected.numpy() * 255 + 0.5).astype(np.uint8).transpose(1, 2, 0),
        )


def test_pictures_of_different_sizes_stand_in_one_grid(trials: Any, train: Any) -> None:
    trial = trials["detection"]()
    [grid] = train(trial).images("val/inputs")
    x = trial.data.inputs[1]
    height, width = x.shape[1:]
    largest = max(each.shape[2] for each in trial.data.inputs[:3])
    left = 4 + largest
    shown_there = grid.to_numpy()[2 : 2 + height, left : left + width]
    assert np.array_equal(
        shown_there, np.floor(x.numpy() * 255 + 0.5).astype(np.uint8).transpose(1, 2, 0)
    )


def test_the_same_samples_come_at_each_epoch_also_from_a_shuffled_loader(
    trial: Any, train: Any
) -> None:
    result = train(trial, shuffle=True, max_epochs=3)
    steps = result.run.steps("val/predictions")
    ids = [[image.sample_id for image in result.images(step=step)] for step in steps]
    assert len(steps) == 3
    assert ids[0] == ids[1] == ids[2]
    assert len(set(ids[0])) == 5
    assert all(name.startswith("sha1:") and len(name) == 17 for name in ids[0])


def test_predictions_from_a_shuffled_loader_are_the_models(trial: Any, train: Any) -> None:
    result = train(trial, shuffle=True)
    result.module.eval()
    first = [
        image.to_numpy() for image in result.images(step=result.run.steps("val/predictions")[0])
    ]
    for image, before in zip(result.images(), first, strict=True):
        i = place_of(image, trial)
        assert np.array_equal(
            place_of_pixels(image.to_numpy(), trial), place_of_pixels(before, trial)
        )
        with torch.no_grad():
            [output] = result.module(
                [trial.data.inputs[i]] if trial.listed else trial.data.inputs[i][None]
            )
        trial.check(image, trial, i, output)


def place_of(image: Any, trial: Any) -> int:
    return int(place_of_pixels(image.to_numpy(), trial))


def place_of_pixels(shown_pixels: Any, trial: Any) -> int:
    """Find which sample a picture shows; a row shows its input at the left."""
    for i, x in enumerate(trial.data.inputs):
        expected = np.floor(x.double().numpy() * 255 + 0.5).astype(np.uint8)
        expected = expected[0] if len(expected) == 1 else expected.transpose(1, 2, 0)
        height, width = expected.shape[:2]
        row = shown_pixels[2 : 2 + height, 2 : 2 + width]
        if np.array_equal(shown_pixels, expected) or np.array_equal(row, expected):
            return i
    raise AssertionError("no sample of the data set")


one_namespace = pytest.mark.parametrize("pl", ["pytorch_lightning"], indirect=True)


def shifted(original: Any) -> Any:
    def see(self: Any, leading: Any, evidence: Any) -> None:
        for each in evidence:
            object.__setattr__(each, "rows", [*each.rows[1:], each.rows[0]])
        original(self, leading, evidence)

    return see


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


@one_namespace
def test_a_shifted_index_is_found(
    trial: Any, train: Any, checked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow.Follower, "see", shifted(follow.Follower.see))
    result = train(trial)
    with pytest.raises(AssertionError):
        checked(trial, result)


@one_namespace
@pytest.mark.parametrize(
    "name", ["classification", "multi_label", "binary", "segmentation", "detection"]
)
def test_truth_and_prediction_swapped_are_found(
    name: str, trials: Any, train: Any, checked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictions, "overlay", swapped(overlays.overlay))
    trial = trials[name]()
    result = train(trial)
    with pytest.raises(AssertionError):
        checked(trial, result)


@one_namespace
def test_output_and_truth_swapped_in_a_row_are_found(
    trials: Any, train: Any, checked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = pixels.row_of
    monkeypatch.setattr(
        predictions,
        "row_of",
        lambda cells, looks, **rest: original([cells[0], cells[2], cells[1]], looks, **rest),
    )
    trial = trials["image_to_image"]()
    result = train(trial)
    with pytest.raises(AssertionError):
        checked(trial, result)


@one_namespace
def test_a_transposed_mask_is_found(
    trials: Any, train: Any, checked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = scores.decided_class
    monkeypatch.setattr(
        overlays, "decided_class", lambda row, scale: original(row, scale).T.reshape(row.shape[1:])
    )
    trial = trials["segmentation"]()
    result = train(trial)
    with pytest.raises(AssertionError):
        checked(trial, result)


@one_namespace
def test_a_mirrored_input_is_found(
    trial: Any, train: Any, checked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = inputs.input_rows
    monkeypatch.setattr(
        follow,
        "input_rows",
        lambda leaf, count: [
            r[..., ::-1] if isinstance(r, np.ndarray) and r.ndim == 3 else r
            for r in original(leaf, count)
        ],
    )
    result = train(trial)
    with pytest.raises(AssertionError):
        checked(trial, result)
