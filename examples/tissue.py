"""Segment a stained tissue section: three classes, a small network, one argument for medialog.

The picture is scikit-image's bundled `immunohistochemistry`; the truth is what its two stains say
(colour deconvolution, then Otsu's threshold), the network sees RGB only.

    python -m examples.tissue
"""

from __future__ import annotations

import numpy as np
import pytorch_lightning as pl
import skimage
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from medialog_lightning import MediaLogger

SIDE = 64


class Tissue(Dataset[tuple[Tensor, Tensor]]):
    """Crops of the section, 3×64×64 in [0, 1], and their classes, 64×64."""

    classes = ("background", "nucleus", "stained")

    def __init__(self, *, train: bool) -> None:
        picture = skimage.data.immunohistochemistry()
        stains = skimage.color.rgb2hed(picture)
        nuclei, stained = (skimage.filters.gaussian(stains[..., i], 1.5) for i in (0, 2))
        truth = np.zeros(picture.shape[:2], np.int64)
        truth[nuclei > skimage.filters.threshold_otsu(nuclei)] = 1
        truth[stained > skimage.filters.threshold_otsu(stained)] = 2
        rows, stride = (range(0, 385, 16), 16) if train else (range(448, 449), 32)
        corners = [(y, x) for y in rows for x in range(0, 512 - SIDE + 1, stride)]
        self.inputs = [_crop(picture, *corner) for corner in corners]
        self.targets = [_crop(truth, *corner) for corner in corners]

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        image = torch.from_numpy(self.inputs[i]).permute(2, 0, 1).float() / 255
        return image, torch.from_numpy(self.targets[i])


class Segmenter(pl.LightningModule):
    """Five convolutions, two of them dilated."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.save_hyperparameters()
        dilations = (1, 2, 4, 1)
        channels = (3, width, width, width, width)
        layers = [
            nn.Sequential(nn.Conv2d(a, b, 3, padding=d, dilation=d), nn.BatchNorm2d(b), nn.ReLU())
            for a, b, d in zip(channels, channels[1:], dilations, strict=False)
        ]
        self.net = nn.Sequential(*layers, nn.Conv2d(width, len(Tissue.classes), 1))

    def forward(self, image: Tensor) -> Tensor:
        """Give logits, N×3×H×W."""
        logits: Tensor = self.net(image)
        return logits

    def training_step(self, batch: tuple[Tensor, Tensor], _index: int) -> Tensor:
        """Give the loss of a batch."""
        image, truth = batch
        loss = functional.cross_entropy(self(image), truth)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor], _index: int) -> None:
        """Log the loss and the share of pixels that are right."""
        image, truth = batch
        logits = self(image)
        self.log("val_loss", functional.cross_entropy(logits, truth), prog_bar=True)
        self.log("val_accuracy", (logits.argmax(1) == truth).float().mean(), prog_bar=True)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Give Adam."""
        return torch.optim.Adam(self.parameters(), lr=5e-4)


def train(logger: MediaLogger, *, epochs: int = 20) -> None:
    """Train with nothing of medialog but `logger`."""
    pl.seed_everything(0, verbose=False)
    trainer = pl.Trainer(
        logger=logger,
        max_epochs=epochs,
        log_every_n_steps=20,
        accelerator="cpu",
        enable_model_summary=False,
        enable_checkpointing=False,
    )
    trainer.fit(
        Segmenter(),
        DataLoader(Tissue(train=True), batch_size=16, shuffle=True),
        DataLoader(Tissue(train=False), batch_size=16),
    )


def _crop(picture: np.ndarray, y: int, x: int) -> np.ndarray:
    return np.ascontiguousarray(picture[y : y + SIDE, x : x + SIDE])


if __name__ == "__main__":
    train(MediaLogger("demo_out", "tissue", sinks=("store", "tensorboard")))
