"""The examples of Hugging Face at small size: what is captured is the data's truth and the model's answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torchvision
import transformers

from examples import data
from examples.huggingface import (
    audio_classification,
    denoising,
    detection,
    image_classification,
    multilabel,
    segmentation,
    text_classification,
    token_classification,
)
from medialog_core.cli.demo import tissue

from .conftest import keys_of, only_run

PREDICTIONS = "val/predictions"
EVERYTHING = {"train/inputs", "val/inputs", PREDICTIONS, "gradients"}


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    transformers.logging.set_verbosity_error()
    monkeypatch.setenv("TQDM_DISABLE", "1")


@pytest.fixture
def trained(tmp_path: Path) -> Any:
    """Train an example for an epoch; give its model, and what the last validation said."""

    def train(example: Any, count: int, keys: set[str] = EVERYTHING) -> tuple[Any, list[Any]]:
        model = example.train(str(tmp_path), epochs=1, count=count).model.eval()
        run = only_run(tmp_path)
        assert keys_of(run) == keys
        return model, [run.load(row) for row in run.rows(PREDICTIONS)]

    return train


def stacked(rows: Any, name: str = "pixel_values") -> torch.Tensor:
    return torch.stack([row[name] for row in rows[:8]])


def test_image_classification(trained: Any) -> None:
    model, images = trained(image_classification, 72)
    chosen = model(stacked(image_classification.digits(72))).logits.argmax(1).tolist()
    labels = [image.notes.label for image in images]
    assert [label.truth for label in labels] == list(map(str, data.digits()[1][:8]))
    assert [label.prediction for label in labels] == list(map(str, chosen))


def test_multilabel(trained: Any) -> None:
    model, images = trained(multilabel, 60)
    likely = model(stacked(multilabel.pairs(60))).logits.sigmoid().tolist()
    said = [[f"{i} ({p:.2f})" for i, p in enumerate(row) if p >= 0.5] for row in likely]
    there = [", ".join(map(str, np.flatnonzero(row))) for row in data.pairs_of_digits(60)[1][:8]]
    captions = [f"{t} → {', '.join(s) or 'none'}" for t, s in zip(there, said, strict=True)]
    assert [image.caption for image in images] == captions


def test_segmentation_in_true_colours(trained: Any) -> None:
    model, images = trained(segmentation, 16)
    kept = tissue.load().val
    rows = segmentation.processed(transformers.SegformerImageProcessor(do_resize=False), kept, 8)
    logits = model(stacked(rows)).logits
    finer = torch.nn.functional.interpolate(logits, size=(64, 64), mode="bilinear")
    assert len(images) == 8
    for image, picture, truth, answer in zip(
        images, kept.inputs, kept.targets, finer.argmax(1).numpy(), strict=True
    ):
        assert np.abs(image.to_numpy() - picture * 255).max() < 1
        assert np.array_equal(image.masks["ground_truth"].to_numpy(), truth)
        assert (image.masks["predictions"].to_numpy() == answer).mean() > 0.99  # ties of bilinear
        assert image.masks["predictions"].class_labels["1"] == "nucleus"


def test_detection_draws_boxes_where_the_digits_are(tmp_path: Path) -> None:
    trainer = detection.train(str(tmp_path), epochs=7)
    run = only_run(tmp_path)
    assert keys_of(run) == EVERYTHING
    images = [run.load(row) for row in run.rows(PREDICTIONS)][-8:]
    answers = trainer.model.eval()(stacked(detection.scattered(1200)))
    sure = answers.logits.softmax(-1)[..., 0] >= 0.5
    found = data.scattered_digits(1200, detection.SIDE, detection.MOST)[1]
    overlaps: list[float] = []
    for image, boxes, kept in zip(images, found[:8], sure, strict=True):
        truth, predicted = image.boxes["ground_truth"], image.boxes["predictions"]
        assert np.allclose(corners(truth), boxes.corners, atol=1e-3)
        assert {truth.class_labels[str(box.class_id)] for box in truth.box_data} == {"digit"}
        assert len(predicted.box_data) == int(kept.sum())
        there, said = (torch.tensor(corners(each)) for each in (truth, predicted))
        overlaps += torchvision.ops.box_iou(there, said).amax(1).tolist()
    assert np.median(overlaps) > 0.5


def corners(boxes: Any) -> list[tuple[float, ...]]:
    at = [box.position for box in boxes.box_data]
    return [(p.min_x, p.min_y, p.max_x, p.max_y) for p in at]


def test_denoising(trained: Any) -> None:
    model, images = trained(denoising, 48)
    noisy, clean = (pictures[:8] for pictures in data.noisy_photographs())
    inputs, targets = (torch.from_numpy(p).permute(0, 3, 1, 2) for p in (noisy, clean))
    answers = model(inputs, targets)["reconstruction"].detach().permute(0, 2, 3, 1).numpy()
    for image, cells in zip(images, zip(noisy, answers, clean, strict=True), strict=True):
        shown = image.to_numpy()[2:50]
        for place, cell in enumerate(cells):
            part = shown[:, 2 + 50 * place : 50 + 50 * place].astype(float)
            assert np.abs(part - cell.clip(0, 1) * 255).max() <= 1


def test_text_classification(trained: Any) -> None:
    model, [table] = trained(text_classification, 64)
    sentences, subjects = data.sentences()
    tokenizer = text_classification.words_of(sentences)
    texts = [" ".join(words) for words in sentences[:8]]
    chosen = model(**tokenizer(texts, padding=True, return_tensors="pt")).logits.argmax(1)
    assert table.get_column("input") == texts
    assert table.get_column("truth") == [data.SUBJECTS[i] for i in subjects[:8]]
    assert table.get_column("prediction") == [data.SUBJECTS[i] for i in chosen]


def test_token_classification(trained: Any) -> None:
    model, [table] = trained(token_classification, 64)
    sentences = data.sentences()[0][:64]
    tokenizer = text_classification.words_of(sentences)
    names = token_classification.CLASSES
    for row, words in zip(table.data, sentences[:8], strict=True):
        said = dict(zip(table.columns, row, strict=True))
        logits = model(**tokenizer(" ".join(words), return_tensors="pt")).logits[0]
        truth = [names[token_classification.class_of(word)] for word in words]
        assert said["truth"] == tagged(words, truth)
        assert said["prediction"] == tagged(words, [names[i] for i in logits.argmax(1)])


def tagged(words: list[str], tags: list[str]) -> str:
    return " ".join(f"{word}/{tag}" for word, tag in zip(words, tags, strict=True))


def test_audio_classification(trained: Any) -> None:
    model, [table] = trained(audio_classification, 64)
    waves, kinds = (array[:8] for array in data.tones(64))
    chosen = model(torch.from_numpy(waves)).logits.argmax(1)
    assert table.get_column("truth") == [data.TONES[i] for i in kinds]
    assert table.get_column("prediction") == [data.TONES[i] for i in chosen]
    for sound, wave in zip(table.get_column("input"), waves, strict=True):
        assert sound.sample_rate == data.SAMPLE_RATE
        assert np.abs(sound.to_numpy()[:, 0] / 2**31 - wave).max() < 1e-6
