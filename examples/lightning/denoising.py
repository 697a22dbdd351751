"""Take the noise out of photographs with Lightning: a picture from a picture.

python -m examples.lightning.denoising
"""

from __future__ import annotations

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from examples import data
from medialog_lightning import MediaLogger


class Denoiser(pl.LightningModule):
    """Four convolutions that tell what is to be taken away."""

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        self.save_hyperparameters()
        hidden = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        layers = [nn.Conv2d(3, width, 3, padding=1), *hidden]
        self.net = nn.Sequential(
            *(nn.Sequential(layer, nn.ReLU()) for layer in layers),
            nn.Conv2d(width, 3, 3, padding=1),
        )

    def forward(self, image: Tensor) -> Tensor:
        """Give pictures without noise, N×3×H×W."""
        clean: Tensor = image - self.net(image)
        return clean

    def training_step(self, batch: list[Tensor], _index: int) -> Tensor:
        """Give the loss of a batch."""
        noisy, clean = batch
        loss = functional.mse_loss(self(noisy), clean)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch: list[Tensor], _index: int) -> None:
        """Log the loss."""
        noisy, clean = batch
        self.log("val_loss", functional.mse_loss(self(noisy), clean), prog_bar=True)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Give Adam."""
        return torch.optim.Adam(self.parameters(), lr=2e-3)


def train(folder: str, *, epochs: int = 15, count: int = 250) -> pl.Trainer:
    """Train on so many crops with nothing of medialog but the logger; give the trainer."""
    pl.seed_everything(0, verbose=False)
    logger = MediaLogger(folder, "photographs", sinks=("store", "tensorboard"))
    noisy, clean = (
        torch.from_numpy(pictures[:count]).permute(0, 3, 1, 2).contiguous()
        for pictures in data.noisy_photographs()
    )
    kept = count // 6
    trainer = pl.Trainer(logger=logger, max_epochs=epochs, log_every_n_steps=10)
    trainer.fit(
        Denoiser(),
        DataLoader(TensorDataset(noisy[kept:], clean[kept:]), batch_size=8, shuffle=True),
        DataLoader(TensorDataset(noisy[:kept], clean[:kept]), batch_size=8),
    )
    return trainer


if __name__ == "__main__":
    train("example_runs")
