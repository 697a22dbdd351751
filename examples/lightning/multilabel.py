"""Tell which digits are in a picture of two, with Lightning: several labels a picture.

python -m examples.lightning.multilabel
"""

from __future__ import annotations

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from examples import data
from medialog_lightning import MediaLogger


class Pairs(TensorDataset):
    """Pictures of two digits, 1×8×16, and 0 or 1 for each of the ten; medialog reads `classes`."""

    classes = data.DIGITS


class Labels(pl.LightningModule):
    """Two convolutions, and an answer for each digit by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 4 * 8, 64),
            nn.ReLU(),
            nn.Linear(64, len(data.DIGITS)),
        )

    def forward(self, image: Tensor) -> Tensor:
        """Give logits, N×10."""
        logits: Tensor = self.net(image)
        return logits

    def training_step(self, batch: list[Tensor], _index: int) -> Tensor:
        """Give the loss of a batch."""
        image, labels = batch
        loss = functional.binary_cross_entropy_with_logits(self(image), labels)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch: list[Tensor], _index: int) -> None:
        """Log the loss and the share of answers that are right."""
        image, labels = batch
        logits = self(image)
        self.log("val_loss", functional.binary_cross_entropy_with_logits(logits, labels))
        self.log("val_accuracy", ((logits > 0) == (labels > 0)).float().mean(), prog_bar=True)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Give Adam."""
        return torch.optim.Adam(self.parameters(), lr=3e-3)


def train(folder: str, *, epochs: int = 15, count: int = 3000) -> pl.Trainer:
    """Train on so many pictures with nothing of medialog but the logger; give the trainer."""
    pl.seed_everything(0, verbose=False)
    logger = MediaLogger(folder, "pairs", sinks=("store", "tensorboard"))
    pictures, labels = data.pairs_of_digits(count)
    inputs, targets = torch.from_numpy(pictures).permute(0, 3, 1, 2), torch.from_numpy(labels)
    kept = count // 6
    trainer = pl.Trainer(logger=logger, max_epochs=epochs, log_every_n_steps=10)
    trainer.fit(
        Labels(),
        DataLoader(Pairs(inputs[kept:], targets[kept:]), batch_size=32, shuffle=True),
        DataLoader(Pairs(inputs[:kept], targets[:kept]), batch_size=64),
    )
    return trainer


if __name__ == "__main__":
    train("example_runs")
