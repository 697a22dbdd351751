"""Pillow in the caller: a PNG a picture, a GIF a video, a JSON line a step. What people write themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ..data import FPS, Floats, Overlay, Pixels, Row

BINS = 64


class Pillow:
    """A folder of PNG files and one of JSON lines."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.lines = (directory / "log.jsonl").open("w", encoding="utf-8")

    def images(self, images: list[Pixels], step: int) -> None:
        for i, image in enumerate(images):
            self._save(image, f"{step:05d}-{i:05d}")

    def overlays(self, overlays: list[Overlay], step: int) -> None:
        for i, overlay in enumerate(overlays):
            self._save(overlay.image, f"{step:05d}-{i:05d}")
            self._save(overlay.mask, f"{step:05d}-{i:05d}-mask")
            self._line(step=step, boxes=overlay.boxes.tolist(), classes=overlay.classes.tolist())

    def histograms(self, tensors: dict[str, Floats], step: int) -> None:
        for name, tensor in tensors.items():
            counts, edges = np.histogram(tensor, BINS)
            self._line(step=step, name=name, counts=counts.tolist(), edges=edges.tolist())

    def table(self, rows: list[Row], step: int) -> None:
        for row in rows:
            self._save(row.image, f"{step:05d}-{row.index:05d}")
            self._line(step=step, truth=row.truth, prediction=row.prediction, score=row.score)

    def videos(self, clip: Pixels, step: int) -> None:
        first, *others = [Image.fromarray(frame) for frame in clip.transpose(0, 2, 3, 1)]
        path = self.directory / f"{step:05d}.gif"
        first.save(path, save_all=True, append_images=others, duration=1000 // FPS, loop=0)

    def scalars(self, values: dict[str, float], step: int) -> None:
        self._line(step=step, **values)

    def finish(self) -> None:
        self.lines.close()

    def _save(self, pixels: Pixels, name: str) -> None:
        Image.fromarray(pixels).save(self.directory / f"{name}.png")

    def _line(self, **values: Any) -> None:
        self.lines.write(json.dumps(values) + "\n")
