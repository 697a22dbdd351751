"""TensorBoard's writers: torch's own, and tensorboardX. They know no masks and no tables."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, ClassVar

from ..data import FPS, Floats, Overlay, Pixels


class Torch:
    """`torch.utils.tensorboard`; boxes are drawn in, masks left out."""

    library: ClassVar[str] = "torch.utils.tensorboard"

    def __init__(self, directory: Path) -> None:
        self.writer: Any = importlib.import_module(self.library).SummaryWriter(str(directory))

    def images(self, images: list[Pixels], step: int) -> None:
        for i, image in enumerate(images):
            self.writer.add_image(f"images/{i}", image, step, dataformats="HWC")

    def overlays(self, overlays: list[Overlay], step: int) -> None:
        for i, overlay in enumerate(overlays):
            labels = [str(class_id) for class_id in overlay.classes]
            self.writer.add_image_with_boxes(
                f"overlays/{i}",
                overlay.image,
                overlay.boxes,
                step,
                labels=labels,
                dataformats="HWC",
            )

    def histograms(self, tensors: dict[str, Floats], step: int) -> None:
        for name, tensor in tensors.items():
            self.writer.add_histogram(name, tensor, step)

    def videos(self, clip: Pixels, step: int) -> None:
        self.writer.add_video("clip", clip[None], step, fps=FPS)

    def scalars(self, values: dict[str, float], step: int) -> None:
        for name, value in values.items():
            self.writer.add_scalar(name, value, step)

    def finish(self) -> None:
        self.writer.close()


class X(Torch):
    """tensorboardX."""

    library = "tensorboardX"
