"""One small problem for each task on real pictures, and what its capture must look like.

What is expected is computed from the data set, the model's own output and Hugging Face's
post-processing, by no code of capture's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sklearn.datasets
import torch
import transformers

from .dense import detection, segmentation, upernet_segmentation, yolos_detection
from .restoring import image_to_image, masked_autoencoder
from .trial import (
    Rows,
    Trial,
    named,
    normalised,
    photographs,
    processor_of,
    same_picture,
)

DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def vit(**options: Any) -> Any:
    config = {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "initializer_range": 0.5,
    }
    return transformers.ViTForImageClassification(transformers.ViTConfig(**{**config, **options}))


def check_class(image: Any, trial: Trial, i: int, output: Any) -> None:
    same_picture(image, trial, i)
    likely = output.logits[0].double().softmax(0)
    truth, chosen = (DIGITS[int(k)] for k in (trial.data[i]["labels"], likely.argmax()))
    assert image.caption == f"{truth} → {chosen} ({likely.max():.2f})"
    assert (image.notes.label.truth, image.notes.label.prediction) == (truth, chosen)
    assert image.notes.label.score == pytest.approx(float(likely.max()), rel=1e-4)
    expected = -likely[int(trial.data[i]["labels"])].log()
    assert image.notes.scores["cross_entropy"] == pytest.approx(float(expected), rel=1e-3)


def classification() -> Trial:
    digits = sklearn.datasets.load_digits()
    pictures = [np.floor(d / 16 * 255 + 0.5).astype(np.uint8) for d in digits.images[:12]]
    rows = [
        {"pixel_values": torch.tensor(d / 16, dtype=torch.float32)[None], "labels": int(label)}
        for d, label in zip(digits.images[:12], digits.target[:12], strict=True)
    ]
    options = {"num_channels": 1, "image_size": 8, "patch_size": 4, "id2label": named(DIGITS)}
    return Trial("classification", pictures, Rows(rows), lambda: vit(**options), check_class)


def check_labels(image: Any, trial: Trial, i: int, output: Any) -> None:
    same_picture(image, trial, i)
    names, likely = ["red", "green", "blue"], output.logits[0].double().sigmoid()
    truth = [n for n, holds in zip(names, trial.data[i]["labels"], strict=True) if holds]
    found = [f"{n} ({p:.2f})" for n, p in zip(names, likely, strict=True) if p >= 0.5]
    assert image.caption == f"{', '.join(truth) or 'none'} → {', '.join(found) or 'none'}"


def multi_label() -> Trial:
    pictures = photographs(16)
    labels = [torch.tensor(p.mean((0, 1)) > 90, dtype=torch.float32) for p in pictures]
    rows = [
        {"pixel_values": normalised(p), "labels": y} for p, y in zip(pictures, labels, strict=True)
    ]
    options = {
        "image_size": 16,
        "patch_size": 4,
        "id2label": named(["red", "green", "blue"]),
        "problem_type": "multi_label_classification",
    }
    processor = processor_of(transformers.ViTImageProcessor)
    model = lambda: vit(**options)  # noqa: E731
    return Trial("multi-label", pictures, Rows(rows), model, check_labels, processor)


TRIALS: dict[str, Callable[[], Trial]] = {
    make.__name__: make
    for make in (
        classification,
        multi_label,
        segmentation,
        upernet_segmentation,
        detection,
        yolos_detection,
        image_to_image,
        masked_autoencoder,
    )
}
