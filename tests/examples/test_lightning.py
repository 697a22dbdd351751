"""The examples of Lightning at small size: what is captured is the data's truth and the model's answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from examples import data
from examples.lightning import classification, denoising, detection, multilabel, segmentation
from medialog_core import RunReader
from medialog_core.cli.demo import tissue

from .conftest import keys_of, only_run

EVERYTHING = {"train/inputs", "val/inputs", "val/predictions", "gradients"}


@pytest.fixture
def trained(tmp_path: Path) -> Any:
    """Train an example for an epoch; give its model, its run and the images of the last validation."""

    def train(example: Any, count: int) -> tuple[Any, RunReader, list[Any]]:
        module = example.train(str(tmp_path), epochs=1, count=count).lightning_module.eval()
        run = only_run(tmp_path)
        assert keys_of(run) == EVERYTHING
        return module, run, [run.load(row) for row in run.rows("val/predictions")]

    return train


def torch_of(pictures: Any) -> torch.Tensor:
    return torch.from_numpy(pictures).permute(0, 3, 1, 2)


def test_classification(trained: Any) -> None:
    module, _, images = trained(classification, 72)
    pictures, names = data.digits()
    answers = module(torch_of(pictures[:8])).argmax(1)
    labels = [image.notes.label for image in images]
    assert [label.truth for label in labels] == list(map(str, names[:8]))
    assert [label.prediction for label in labels] == list(map(str, answers.tolist()))


def test_multilabel(trained: Any) -> None:
    module, _, images = trained(multilabel, 60)
    pictures, holds = data.pairs_of_digits(60)
    likely = module(torch_of(pictures[:8])).sigmoid().tolist()
    said = [[f"{i} ({p:.2f})" for i, p in enumerate(row) if p >= 0.5] for row in likely]
    there = [", ".join(map(str, np.flatnonzero(row))) for row in holds[:8]]
    captions = [f"{t} → {', '.join(s) or 'none'}" for t, s in zip(there, said, strict=True)]
    assert [image.caption for image in images] == captions


def test_segmentation(trained: Any) -> None:
    module, _, images = trained(segmentation, 16)
    kept = tissue.load().val
    answers = module(torch_of(kept.inputs)).argmax(1).numpy()
    assert len(images) == 8
    for image, truth, answer in zip(images, kept.targets, answers, strict=True):
        assert np.array_equal(image.masks["ground_truth"].to_numpy(), truth)
        assert np.array_equal(image.masks["predictions"].to_numpy(), answer)
        assert image.masks["predictions"].class_labels["1"] == "nucleus"


def test_detection(trained: Any) -> None:
    _, _, images = trained(detection, 48)
    found = data.scattered_digits(48)[1]
    assert len(images) == 8
    for image, boxes in zip(images, found[:8], strict=True):
        truth = image.boxes["ground_truth"]
        at = [
            (b.position.min_x, b.position.min_y, b.position.max_x, b.position.max_y)
            for b in truth.box_data
        ]
        assert np.array_equal(at, boxes.corners)
        names = [truth.class_labels[str(box.class_id)] for box in truth.box_data]
        assert names == [str(i) for i in boxes.class_ids]


def test_denoising(trained: Any) -> None:
    module, _, images = trained(denoising, 48)
    noisy, clean = data.noisy_photographs()
    answers = module(torch_of(noisy[:8])).detach().permute(0, 2, 3, 1).numpy()
    assert len(images) == 8
    for image, cells in zip(images, zip(noisy[:8], answers, clean[:8], strict=True), strict=True):
        shown = image.to_numpy()[2:50].reshape(48, 152, 3)
        for place, cell in enumerate(cells):
            part = shown[:, 2 + 50 * place : 50 + 50 * place].astype(float)
            assert np.abs(part - cell.clip(0, 1) * 255).max() <= 1
