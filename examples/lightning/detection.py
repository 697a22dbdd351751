"""Find handwritten digits and their places with Lightning and torchvision's Faster R-CNN.

python -m examples.lightning.detection
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.ops import MultiScaleRoIAlign

from examples import data
from medialog_lightning import MediaLogger

Target = Mapping[str, Tensor]
SIDE = 64


class Scattered(Dataset[tuple[Tensor, Target]]):
    """Pictures of digits, 3×64×64, with their boxes; torchvision's class 0 is the background."""

    classes = ("background", *data.DIGITS)

    def __init__(self, pictures: data.Pictures, found: Sequence[data.Boxes]) -> None:
        self.pictures = torch.from_numpy(pictures).permute(0, 3, 1, 2).contiguous()
        self.found = found

    def __len__(self) -> int:
        return len(self.found)

    def __getitem__(self, i: int) -> tuple[Tensor, Target]:
        boxes = self.found[i]
        corners, names = torch.from_numpy(boxes.corners), torch.from_numpy(boxes.class_ids)
        return self.pictures[i], {"boxes": corners, "labels": names + 1}


class Detector(pl.LightningModule):
    """Faster R-CNN with a small backbone."""

    def __init__(self) -> None:
        super().__init__()
        self.net = FasterRCNN(
            _backbone(),
            num_classes=len(Scattered.classes),
            rpn_anchor_generator=AnchorGenerator(((16,),), ((1.0,),)),
            box_roi_pool=MultiScaleRoIAlign(["0"], output_size=5, sampling_ratio=2),
            min_size=SIDE,
            max_size=SIDE,
            image_mean=[0.0] * 3,
            image_std=[1.0] * 3,
            rpn_pre_nms_top_n_train=64,
            rpn_post_nms_top_n_train=32,
            rpn_pre_nms_top_n_test=64,
            rpn_post_nms_top_n_test=32,
            box_batch_size_per_image=32,
        )

    def forward(self, images: list[Tensor]) -> list[Target]:
        """Give boxes, labels and scores of each picture."""
        found: list[Target] = self.net(images)
        return found

    def training_step(self, batch: tuple[list[Tensor], list[Target]], _index: int) -> Tensor:
        """Give the loss of a batch."""
        images, targets = batch
        losses: dict[str, Tensor] = self.net(images, targets)
        self.log_dict(losses, batch_size=len(images))
        return torch.stack(list(losses.values())).sum()

    def validation_step(self, batch: tuple[list[Tensor], list[Target]], _index: int) -> None:
        """Log how many boxes are found for each that is there."""
        images, targets = batch
        sure = sum(int((found["scores"] > 0.5).sum()) for found in self(images))
        there = sum(len(target["boxes"]) for target in targets)
        self.log("val_found", sure / there, prog_bar=True, batch_size=there)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Give Adam."""
        return torch.optim.Adam(self.parameters(), lr=1e-3)


def train(folder: str, *, epochs: int = 10, count: int = 400) -> pl.Trainer:
    """Train on so many pictures with nothing of medialog but the logger; give the trainer."""
    pl.seed_everything(0, verbose=False)
    logger = MediaLogger(folder, "scattered", sinks=("store", "tensorboard"))
    pictures, found = data.scattered_digits(count, SIDE)
    kept = count // 6
    trainer = pl.Trainer(logger=logger, max_epochs=epochs, log_every_n_steps=10)
    trainer.fit(
        Detector(), _batches(pictures[kept:], found[kept:]), _batches(pictures[:kept], found[:kept])
    )
    return trainer


def _batches(
    pictures: data.Pictures, found: Sequence[data.Boxes]
) -> DataLoader[tuple[Tensor, Target]]:
    return DataLoader(
        Scattered(pictures, found),
        8,
        collate_fn=lambda rows: tuple(map(list, zip(*rows, strict=True))),
    )


def _backbone() -> nn.Module:
    """Make a backbone that sees a quarter of the resolution."""
    layers: list[nn.Module] = []
    for before, after, stride in ((3, 32, 1), (32, 64, 2), (64, 64, 2), (64, 64, 1)):
        layers += [nn.Conv2d(before, after, 3, stride, 1), nn.BatchNorm2d(after), nn.ReLU()]
    backbone = nn.Sequential(*layers)
    backbone.out_channels = 64  # type: ignore[assignment] # torchvision asks for it
    return backbone


if __name__ == "__main__":
    train("example_runs")
