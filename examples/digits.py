"""Classify scikit-learn's bundled handwritten digits: one argument for medialog.

python -m examples.digits
"""

from __future__ import annotations

import pytorch_lightning as pl
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from medialog_lightning import MediaLogger


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
            nn.Linear(32 * 4 * 4, 10),
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


def train(logger: MediaLogger, *, epochs: int = 20) -> None:
    """Train with nothing of medialog but `logger`."""
    pl.seed_everything(0, verbose=False)
    digits = load_digits()
    images = torch.from_numpy(digits.images).float()[:, None] / 16
    data = TensorDataset(images, torch.from_numpy(digits.target).long())
    trainer = pl.Trainer(
        logger=logger,
        max_epochs=epochs,
        log_every_n_steps=10,
        accelerator="cpu",
        enable_model_summary=False,
        enable_checkpointing=False,
    )
    trainer.fit(
        Classifier(),
        DataLoader(torch.utils.data.Subset(data, range(1500)), batch_size=32, shuffle=True),
        DataLoader(torch.utils.data.Subset(data, range(1500, len(data))), batch_size=64),
    )


if __name__ == "__main__":
    train(MediaLogger("demo_out", "digits", sinks=("store", "tensorboard")))
