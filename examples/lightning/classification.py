"""Classify handwritten digits with Lightning.

python -m examples.lightning.classification
"""

from __future__ import annotations

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from examples import data
from medialog_lightning import MediaLogger


class Digits(TensorDataset):
    """Digits, 1×8×8 in [0, 1], and which they are; medialog takes their names from `classes`."""

    classes = data.DIGITS


class Classifier(pl.LightningModule):
    """Two convolutions and a linear layer."""

    def __init__(self, lr: float = 2e-3) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.lr = lr
        self.net = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 4 * 4, len(data.DIGITS)),
        )

    def forward(self, image: Tensor) -> Tensor:
        """Give logits, N×10."""
        logits: Tensor = self.net(image)
        return logits

    def training_step(self, batch: list[Tensor], _index: int) -> Tensor:
        """Give the loss of a batch."""
        image, digit = batch
        loss = functional.cross_entropy(self(image), digit)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch: list[Tensor], _index: int) -> None:
        """Log the loss and the share of digits that are right."""
        image, digit = batch
        logits = self(image)
        self.log("val_loss", functional.cross_entropy(logits, digit), prog_bar=True)
        self.log("val_accuracy", (logits.argmax(1) == digit).float().mean(), prog_bar=True)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Give Adam."""
        return torch.optim.Adam(self.parameters(), lr=self.lr)


def train(folder: str, *, epochs: int = 20, count: int = 1797) -> pl.Trainer:
    """Train on so many digits with nothing of medialog but the logger; give the trainer."""
    pl.seed_everything(0, verbose=False)
    logger = MediaLogger(folder, "digits", sinks=("store", "tensorboard"))
    pictures, names = (array[:count] for array in data.digits())
    inputs, targets = torch.from_numpy(pictures).permute(0, 3, 1, 2), torch.from_numpy(names)
    kept = count // 6
    trainer = pl.Trainer(logger=logger, max_epochs=epochs, log_every_n_steps=10)
    trainer.fit(
        Classifier(),
        DataLoader(Digits(inputs[kept:], targets[kept:]), batch_size=32, shuffle=True),
        DataLoader(Digits(inputs[:kept], targets[:kept]), batch_size=64),
    )
    return trainer


if __name__ == "__main__":
    train("example_runs")
