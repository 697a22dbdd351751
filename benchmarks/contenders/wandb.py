"""Weights & Biases, offline; only where it is installed."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from ..data import BOXES, CLASSES, FPS, Floats, Overlay, Pixels, Row

_LABELS = {i: f"class_{i}" for i in range(CLASSES)}


class Wandb:
    """An offline run; its own process goes when the run is finished."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.api: Any = importlib.import_module("wandb")
        settings = self.api.Settings(console="off", silent=True)
        self.run = self.api.init(
            project="bench", mode="offline", dir=str(directory), settings=settings
        )

    def images(self, images: list[Pixels], step: int) -> None:
        self.run.log({"images": [self.api.Image(image) for image in images]}, step=step)

    def overlays(self, overlays: list[Overlay], step: int) -> None:
        self.run.log({"overlays": [self._overlay(overlay) for overlay in overlays]}, step=step)

    def histograms(self, tensors: dict[str, Floats], step: int) -> None:
        media = {name: self.api.Histogram(tensor) for name, tensor in tensors.items()}
        self.run.log(media, step=step)

    def table(self, rows: list[Row], step: int) -> None:
        table = self.api.Table(columns=["index", "image", "truth", "prediction", "score"])
        for row in rows:
            image = self.api.Image(row.image)
            table.add_data(row.index, image, row.truth, row.prediction, row.score)
        self.run.log({"table": table}, step=step)

    def videos(self, clip: Pixels, step: int) -> None:
        self.run.log({"clip": self.api.Video(clip, fps=FPS, format="mp4")}, step=step)

    def scalars(self, values: dict[str, float], step: int) -> None:
        self.run.log(values, step=step)

    def finish(self) -> None:
        self.run.finish()
        self.api.teardown()

    def _overlay(self, overlay: Overlay) -> Any:
        boxes = [
            {
                "position": dict(
                    zip(("minX", "minY", "maxX", "maxY"), overlay.boxes[i].tolist(), strict=True)
                ),
                "class_id": int(overlay.classes[i]),
                "domain": "pixel",
                "scores": {"score": float(overlay.scores[i])},
            }
            for i in range(BOXES)
        ]
        return self.api.Image(
            overlay.image,
            boxes={"predictions": {"box_data": boxes, "class_labels": _LABELS}},
            masks={"predictions": {"mask_data": overlay.mask, "class_labels": _LABELS}},
        )
