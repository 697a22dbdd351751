"""The training that is measured: a classifier that notes when each of its steps begins."""

from __future__ import annotations

import pytorch_lightning as pl
import torch
import torchvision
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from ..moments import Moment

_CLASSES = 10
_MAKERS = {18: torchvision.models.resnet18, 50: torchvision.models.resnet50}


class Model(pl.LightningModule):  # type: ignore[misc] # Lightning is not followed by mypy
    """A ResNet of 18 or 50 layers.

    Attributes:
        steps: When each training step began.
    """

    def __init__(self, layers: int) -> None:
        super().__init__()
        self.net = _MAKERS[layers](num_classes=_CLASSES)
        self.steps: list[Moment] = []

    def training_step(self, batch: tuple[Tensor, Tensor], _index: int) -> Tensor:
        self.steps.append(Moment.now())
        loss = self._loss(batch)
        self.log("train/loss", loss)
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor], _index: int) -> None:
        self.log("val/loss", self._loss(batch))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.01, momentum=0.9)

    def _loss(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        inputs, targets = batch
        return functional.cross_entropy(self.net(inputs), targets)


def batches(number: int, size: int, side: int) -> DataLoader[tuple[Tensor, ...]]:
    """Give batches of random pictures and classes."""
    random = torch.Generator().manual_seed(0)
    inputs = torch.rand(number * size, 3, side, side, generator=random)
    targets = torch.randint(0, _CLASSES, (number * size,), generator=random)
    return DataLoader(TensorDataset(inputs, targets), batch_size=size)
