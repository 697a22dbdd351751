"""One small problem for each task on real pictures, and what its capture must look like.

What is expected is computed from the data set and the model's own output, by no code of capture's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import skimage.data
import sklearn.datasets
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

SAMPLES = 5
BATCH = 3


class Pairs(Dataset[Any]):
    """Inputs and targets, and what torchvision's data sets say of theirs."""

    def __init__(self, inputs: Any, targets: Any, classes: Sequence[str] = ()) -> None:
        self.inputs = inputs
        self.targets = targets
        if classes:
            self.classes = list(classes)

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, i: int) -> Any:
        return self.inputs[i], self.targets[i]


@dataclass(frozen=True)
class Trial:
    """A task: its data, its model, its loss, and the check of one captured image.

    `check(image, trial, i, output)` compares the image of sample i with the model's own `output`.
    """

    name: str
    data: Pairs
    net: Callable[[], nn.Module]
    loss: Callable[[Any, Any], torch.Tensor]
    check: Callable[[Any, Trial, int, Any], None]
    listed: bool = False

    def loader(self, *, shuffle: bool = False) -> DataLoader[Any]:
        collate = (lambda rows: tuple(map(list, zip(*rows, strict=True)))) if self.listed else None
        return DataLoader(self.data, BATCH, shuffle=shuffle, collate_fn=collate)


def pixels(picture: torch.Tensor) -> Any:
    """Give a picture in [0, 1] as bytes, as S2 says; H×W or H×W×C."""
    values = np.floor(picture.double().numpy() * 255 + 0.5).astype(np.uint8)
    return values[0] if len(values) == 1 else values.transpose(1, 2, 0)


def same_input(image: Any, trial: Trial, i: int) -> None:
    assert np.array_equal(image.to_numpy(), pixels(trial.data.inputs[i]))


def check_class(image: Any, trial: Trial, i: int, output: torch.Tensor) -> None:
    same_input(image, trial, i)
    likely = output.double().softmax(0)
    truth, chosen = (trial.data.classes[int(k)] for k in (trial.data.targets[i], likely.argmax()))
    assert image.caption == f"{truth} → {chosen} ({likely.max():.2f})"
    assert (image.notes.label.truth, image.notes.label.prediction) == (truth, chosen)
    assert image.notes.label.score == pytest.approx(float(likely.max()), rel=1e-4)
    expected = functional.cross_entropy(output[None], trial.data.targets[i][None])
    assert image.notes.scores["cross_entropy"] == pytest.approx(float(expected), rel=1e-4)


def check_labels(image: Any, trial: Trial, i: int, output: torch.Tensor) -> None:
    same_input(image, trial, i)
    names, likely = trial.data.classes, output.sigmoid()
    truth = [n for n, holds in zip(names, trial.data.targets[i], strict=True) if holds] or ["none"]
    found = [f"{n} ({p:.2f})" for n, p in zip(names, likely, strict=True) if p >= 0.5] or ["none"]
    assert image.caption == f"{', '.join(truth)} → {', '.join(found)}"
    same_label_loss(image, trial, i, output)


def same_label_loss(image: Any, trial: Trial, i: int, output: torch.Tensor) -> None:
    expected = functional.binary_cross_entropy_with_logits(output, trial.data.targets[i])
    assert image.notes.scores["binary_cross_entropy"] == pytest.approx(float(expected), rel=1e-4)


def check_binary(image: Any, trial: Trial, i: int, output: torch.Tensor) -> None:
    same_input(image, trial, i)
    likely = float(output.sigmoid())
    names = trial.data.classes
    chosen, score = (names[1], likely) if likely >= 0.5 else (names[0], 1 - likely)
    assert image.caption == f"{names[int(trial.data.targets[i])]} → {chosen} ({score:.2f})"
    same_label_loss(image, trial, i, output)


def check_masks(image: Any, trial: Trial, i: int, output: torch.Tensor) -> None:
    same_input(image, trial, i)
    truth = trial.data.targets[i].numpy()
    assert np.array_equal(image.masks["ground_truth"].to_numpy(), np.where(truth < 0, 65535, truth))
    assert np.array_equal(image.masks["predictions"].to_numpy(), output.argmax(0).numpy())
    assert {"0": "dark", "1": "middle", "2": "light"}.items() <= image.masks[
        "predictions"
    ].class_labels.items()


def check_boxes(image: Any, trial: Trial, i: int, output: dict[str, torch.Tensor]) -> None:
    same_input(image, trial, i)
    assert boxes_in(image, "ground_truth") == rows_of(trial.data.targets[i])
    assert boxes_in(image, "predictions") == rows_of(output)


def boxes_in(image: Any, name: str) -> list[Any]:
    found = []
    for box in image.boxes[name].box_data:
        at = box.position
        corners = tuple(round(v, 3) for v in (at.min_x, at.min_y, at.max_x, at.max_y))
        found.append((corners, box.class_id, {k: round(v, 5) for k, v in box.scores.items()}))
    return found


def rows_of(found: dict[str, torch.Tensor]) -> list[Any]:
    scores = (
        [{"score": round(s, 5)} for s in found["scores"].tolist()] if "scores" in found else None
    )
    boxes, labels = found["boxes"].tolist(), found["labels"].tolist()
    return [
        (tuple(round(v, 3) for v in box), label, scores[k] if scores else {})
        for k, (box, label) in enumerate(zip(boxes, labels, strict=True))
    ]


def check_row(image: Any, trial: Trial, i: int, output: torch.Tensor) -> None:
    cells = trial.data.inputs[i], output.clamp(0, 1), trial.data.targets[i]
    height, width = cells[0].shape[1:]
    for k, cell in enumerate(cells):
        left = 2 + k * (width + 2)
        shown = image.to_numpy()[2 : 2 + height, left : left + width]
        assert np.abs(shown.astype(int) - pixels(cell).astype(int)).max() <= (
            k == 1
        )  # one rounding of the output
    assert image.notes.scores["mse"] == pytest.approx(
        float(((output - cells[2]) ** 2).mean()), rel=1e-3
    )


class Spots(nn.Module):
    """Finds one box a third of the picture, its place by the picture's light: enough to be wrong in."""

    def __init__(self) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, images: Sequence[torch.Tensor]) -> Any:
        found = []
        for image in images:
            height, width = image.shape[1:]
            x, y = image[0].mean() * width / 2 + self.bias, image[1].mean() * height / 2 + self.bias
            box = torch.stack([x[0], y[0], x[0] + width / 3, y[0] + height / 3])
            found.append((box, torch.sigmoid(image[2].mean() + self.bias)))
        if self.training:
            return {"boxes": torch.stack([box.mean() for box, _ in found]).mean()}
        return [
            {"boxes": box[None], "labels": (score > 0.6).long() + 1, "scores": score}
            for box, score in found
        ]


def digits() -> tuple[torch.Tensor, torch.Tensor]:
    data = sklearn.datasets.load_digits()
    return torch.tensor(data.images[:12] / 16, dtype=torch.float32)[:, None], torch.tensor(
        data.target[:12]
    )


def crops(height: int = 16, width: int = 20, count: int = 9) -> list[torch.Tensor]:
    picture = skimage.data.astronaut()
    places = [(20 * i, 40 * i) for i in range(count)]
    return [
        torch.tensor(picture[y : y + height, x : x + width]).permute(2, 0, 1) / 255
        for y, x in places
    ]


def conv(channels: int) -> nn.Module:
    """Make a network whose answers differ from pixel to pixel without any training."""
    first, last = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, channels, 1)
    for layer in (first, last):
        nn.init.normal_(layer.weight)
    return nn.Sequential(nn.InstanceNorm2d(3), first, nn.ReLU(), last)


def linear(outputs: int) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(64, outputs))


def classification() -> Trial:
    inputs, targets = digits()
    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    data = Pairs(inputs, targets, names)
    return Trial("classification", data, lambda: linear(10), functional.cross_entropy, check_class)


def multi_label() -> Trial:
    inputs, targets = digits()
    labels = torch.stack([targets % 2 == 1, targets > 4, targets % 3 == 0], 1).float()
    data = Pairs(inputs, labels, ["odd", "large", "third"])
    loss = functional.binary_cross_entropy_with_logits
    return Trial("multi-label", data, lambda: linear(3), loss, check_labels)


def binary() -> Trial:
    inputs, targets = digits()
    data = Pairs(inputs, (targets % 2).float(), ["even", "odd"])
    net = lambda: nn.Sequential(linear(1), nn.Flatten(0))  # noqa: E731
    return Trial("binary", data, net, functional.binary_cross_entropy_with_logits, check_binary)


def segmentation() -> Trial:
    inputs = crops()
    masks = [torch.bucketize(x.mean(0), torch.tensor([0.3, 0.6])) for x in inputs]
    for mask in masks:
        mask[:2, :3] = -100
    data = Pairs(inputs, masks, ["dark", "middle", "light"])
    return Trial("segmentation", data, lambda: conv(3), functional.cross_entropy, check_masks)


def detection() -> Trial:
    inputs = [torch.nn.functional.pad(x, (0, i)) for i, x in enumerate(crops())]
    targets = [
        {"boxes": torch.tensor([[1.0, 2.0, 9.0 + i, 11.0]]), "labels": torch.tensor([1 + i % 2])}
        for i in range(9)
    ]
    loss: Any = lambda output, _: output["boxes"]  # noqa: E731
    return Trial("detection", Pairs(inputs, targets), Spots, loss, check_boxes, listed=True)


def image_to_image() -> Trial:
    clean = crops()
    noisy = [
        (x + 0.2 * torch.rand(x.shape, generator=torch.Generator().manual_seed(1))).clamp(0, 1)
        for x in clean
    ]
    return Trial(
        "image-to-image", Pairs(noisy, clean), lambda: conv(3), functional.mse_loss, check_row
    )


TRIALS = {
    make.__name__: make
    for make in (classification, multi_label, binary, segmentation, detection, image_to_image)
}
