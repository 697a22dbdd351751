"""A small problem on real pictures: its data, its model, and what its capture must look like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import skimage.data
import torch
from torch.utils.data import Dataset, IterableDataset

SAMPLES = 5
BATCH = 3
COUNT = 9
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Rows(Dataset[Any]):
    """Dictionaries of one sample each."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, i: int) -> dict[str, Any]:
        return dict(self.rows[i])


class Stream(IterableDataset[Any]):
    """The same without places."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = rows

    def __iter__(self) -> Any:
        return iter(self.rows)


def stacked(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Collate tensors by stacking, detection's labels as a list."""
    names = list(rows[0])
    return {
        name: [row[name] for row in rows]
        if isinstance(rows[0][name], dict)
        else torch.stack([torch.as_tensor(row[name]) for row in rows])
        for name in names
    }


@dataclass(frozen=True)
class Trial:
    """A task: its pictures as they are, its data, its model, and the check of one captured value.

    `check(image, trial, i, output)` compares the image of sample i with the model's own `output`.
    """

    name: str
    pictures: Sequence[Any]
    data: Rows
    model: Callable[[], Any]
    check: Callable[[Any, Trial, int, Any], None]
    processor: Any = None
    collate: Callable[[Sequence[Any]], dict[str, Any]] = stacked
    options: dict[str, Any] = field(default_factory=dict)
    needs_labels: bool = False


def photographs(size: int, count: int = COUNT) -> list[Any]:
    """Give H×W×3 bytes: pieces of a photograph."""
    picture = skimage.data.astronaut()
    return [picture[20 * i : 20 * i + size, 40 * i : 40 * i + size] for i in range(count)]


def normalised(picture: Any) -> torch.Tensor:
    """Do what an image processor does: C×H×W, by ImageNet's mean and standard deviation."""
    values = torch.tensor(picture).permute(2, 0, 1) / 255
    return (values - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]


def processor_of(kind: Any, **options: Any) -> Any:
    return kind(image_mean=list(MEAN), image_std=list(STD), **{"do_resize": False, **options})


def same_picture(image: Any, trial: Trial, i: int) -> None:
    assert np.array_equal(image.to_numpy(), trial.pictures[i])


def named(names: Sequence[str]) -> dict[int, str]:
    return dict(enumerate(names))
