"""The examples of Keras at small size: what is captured is the data's truth and the model's answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from examples import data
from examples.keras import classification, denoising, multilabel, segmentation
from medialog_core.cli.demo import tissue

from .conftest import keys_of, only_run

EVERYTHING = {"train/inputs", "val/inputs", "val/predictions", "gradients"}


@pytest.fixture
def trained(tmp_path: Path) -> Any:
    """Train an example for an epoch; give its model, and the images of the last validation."""

    def train(example: Any, count: int) -> tuple[Any, list[Any]]:
        model = example.train(str(tmp_path), epochs=1, count=count)
        run = only_run(tmp_path)
        assert keys_of(run) == EVERYTHING
        images = [run.load(row) for row in run.rows("val/predictions")]
        assert len(images) == 8
        return model, images

    return train


def answers(model: Any, pictures: Any) -> Any:
    return np.array(model.predict(pictures, verbose=0))


def test_classification(trained: Any) -> None:
    model, images = trained(classification, 72)
    pictures, names = data.digits()
    labels = [image.notes.label for image in images]
    assert [label.truth for label in labels] == list(map(str, names[:8]))
    chosen = answers(model, pictures[:8]).argmax(1)
    assert [label.prediction for label in labels] == list(map(str, chosen))


def test_multilabel(trained: Any) -> None:
    model, images = trained(multilabel, 60)
    pictures, holds = data.pairs_of_digits(60)
    likely = answers(model, pictures[:8])
    said = [[f"{i} ({p:.2f})" for i, p in enumerate(row) if p >= 0.5] for row in likely]
    there = [", ".join(map(str, np.flatnonzero(row))) for row in holds[:8]]
    captions = [f"{t} → {', '.join(s) or 'none'}" for t, s in zip(there, said, strict=True)]
    assert [image.caption for image in images] == captions


def test_segmentation(trained: Any) -> None:
    model, images = trained(segmentation, 16)
    kept = tissue.load().val
    chosen = answers(model, kept.inputs).argmax(-1)
    for image, truth, answer in zip(images, kept.targets, chosen, strict=True):
        assert np.array_equal(image.masks["ground_truth"].to_numpy(), truth)
        assert np.array_equal(image.masks["predictions"].to_numpy(), answer)
        assert image.masks["predictions"].class_labels["1"] == "nucleus"


def test_denoising(trained: Any) -> None:
    model, images = trained(denoising, 48)
    noisy, clean = (pictures[:8] for pictures in data.noisy_photographs())
    rows = zip(noisy, answers(model, noisy), clean, strict=True)
    for image, cells in zip(images, rows, strict=True):
        shown = image.to_numpy()[2:50]
        for place, cell in enumerate(cells):
            part = shown[:, 2 + 50 * place : 50 + 50 * place].astype(float)
            assert np.abs(part - cell.clip(0, 1) * 255).max() <= 1
