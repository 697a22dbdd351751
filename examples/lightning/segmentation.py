"""Find nuclei and stain in crops of a tissue section with Lightning: a class for each pixel.

python -m examples.lightning.segmentation
"""

from __future__ import annotations

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from medialog_core.cli.demo import tissue
from medialog_lightning import MediaLogger


class Crops(TensorDataset):
    """Crops, 3×64×64 in [0, 1], and their pixels' classes, 64×64; medialog reads `classes`."""

    classes = tissue.CLASSES

    def __init__(self, crops: tissue.Crops, count: int) -> None:
        inputs = torch.from_numpy(crops.inputs[:count]).permute(0, 3, 1, 2).contiguous()
        super().__init__(inputs, torch.from_numpy(crops.targets[:count]))


class Segmenter(pl.LightningModule):
    """A small U-Net: half the resolution below, and what was seen above it added."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.above = _convolution(3, width)
        self.below = nn.Sequential(
            nn.MaxPool2d(2), _convolution(width, 2 * width), _convolution(2 * width, width)
        )
        self.enlarge = nn.Upsample(scale_factor=2)
        self.head = nn.Sequential(
            _convolution(2 * width, width), nn.Conv2d(width, len(tissue.CLASSES), 1)
        )

    def forward(self, image: Tensor) -> Tensor:
        """Give logits, N×3×H×W."""
        above = self.above(image)
        logits: Tensor = self.head(torch.cat([above, self.enlarge(self.below(above))], dim=1))
        return logits

    def training_step(self, batch: list[Tensor], _index: int) -> Tensor:
        """Give the loss of a batch."""
        image, truth = batch
        loss = functional.cross_entropy(self(image), truth)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch: list[Tensor], _index: int) -> None:
        """Log the loss and the share of pixels that are right."""
        image, truth = batch
        logits = self(image)
        self.log("val_loss", functional.cross_entropy(logits, truth), prog_bar=True)
        self.log("val_accuracy", (logits.argmax(1) == truth).float().mean(), prog_bar=True)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Give Adam."""
        return torch.optim.Adam(self.parameters(), lr=2e-3)


def train(folder: str, *, epochs: int = 20, count: int = 90) -> pl.Trainer:
    """Train on so many crops with nothing of medialog but the logger; give the trainer."""
    pl.seed_everything(0, verbose=False)
    logger = MediaLogger(folder, "tissue", sinks=("store", "tensorboard"))
    section = tissue.load()
    trainer = pl.Trainer(logger=logger, max_epochs=epochs, log_every_n_steps=10)
    trainer.fit(
        Segmenter(),
        DataLoader(Crops(section.train, count), batch_size=8, shuffle=True),
        DataLoader(Crops(section.val, count), batch_size=8),
    )
    return trainer


def _convolution(before: int, after: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU())


if __name__ == "__main__":
    train("example_runs")
