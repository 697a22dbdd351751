"""The training of `medialog demo lightning`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from medialog_core.cli.demo.tissue import CLASSES, Crops, Tissue

from .logger import MediaLogger

_WIDTH = 16


def train(data: Tissue, folder: Path, epochs: int, progress: Callable[[int], None]) -> None:
    """Train with nothing of medialog but `MediaLogger`.

    Args:
        data: Crops and the classes of their pixels.
        folder: Where the run goes.
        epochs: How often the crops are seen.
        progress: Told how many epochs are over.
    """
    for name in ("pytorch_lightning", "lightning.pytorch", "lightning_fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    pl.seed_everything(0, verbose=False)
    trainer = pl.Trainer(
        logger=MediaLogger(folder.parent, folder.name),
        max_epochs=epochs,
        log_every_n_steps=10,
        callbacks=[_told(progress)],
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
    )
    trainer.fit(
        _Segmenter(),
        DataLoader(_Pairs(data.train), batch_size=8, shuffle=True),
        DataLoader(_Pairs(data.val), batch_size=16),
    )


class _Pairs(TensorDataset):
    """Crops and their classes; capture finds the classes' names here."""

    classes = CLASSES

    def __init__(self, crops: Crops) -> None:
        inputs = torch.from_numpy(crops.inputs).permute(0, 3, 1, 2)
        super().__init__(inputs.contiguous(), torch.from_numpy(crops.targets))


class _Segmenter(pl.LightningModule):  # type: ignore[misc] # Lightning has no types
    """Five convolutions, two of them dilated."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, dilation in ((3, 1), (_WIDTH, 2), (_WIDTH, 4), (_WIDTH, 1)):
            conv = nn.Conv2d(before, _WIDTH, 3, padding=dilation, dilation=dilation)
            layers += [conv, nn.BatchNorm2d(_WIDTH), nn.ReLU()]
        self.net = nn.Sequential(*layers, nn.Conv2d(_WIDTH, len(CLASSES), 1))

    def training_step(self, batch: list[Tensor], _index: int) -> Tensor:
        inputs, truth = batch
        loss = functional.cross_entropy(self.net(inputs), truth)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch: list[Tensor], _index: int) -> None:
        inputs, truth = batch
        logits = self.net(inputs)
        self.log("val_loss", functional.cross_entropy(logits, truth))
        self.log("val_accuracy", (logits.argmax(1) == truth).float().mean())

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), lr=2e-3)


def _told(progress: Callable[[int], None]) -> Any:
    return pl.callbacks.LambdaCallback(
        on_train_epoch_end=lambda trainer, _: progress(trainer.current_epoch + 1)
    )
