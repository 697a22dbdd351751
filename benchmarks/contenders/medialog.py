"""medialog, as a user calls it."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

import medialog_core
from medialog_core import Histogram, Image, Table, Video
from medialog_core.store.seal import seal

from .. import clocks
from ..data import FPS, Floats, Overlay, Pixels, Row

SAMPLES = 10_000
"""What zero-code capture takes of a parameter."""


class Medialog:
    """A run in the core store."""

    def __init__(self, directory: Path) -> None:
        self.run = medialog_core.init(dir=directory)

    def images(self, images: list[Pixels], step: int) -> None:
        self.run.log({"images": [Image(image) for image in images]}, step)

    def overlays(self, overlays: list[Overlay], step: int) -> None:
        self.run.log({"overlays": [_overlay(overlay) for overlay in overlays]}, step)

    def histograms(self, tensors: dict[str, Floats], step: int) -> None:
        self.run.log({name: Histogram(tensor) for name, tensor in tensors.items()}, step)

    def exponents(self, tensors: dict[str, Floats], step: int) -> None:
        self.run.log({name: Histogram.exponents(tensor) for name, tensor in tensors.items()}, step)

    def sampled(self, tensors: dict[str, Floats], step: int) -> None:
        media = {name: Histogram.exponents(tensor, SAMPLES) for name, tensor in tensors.items()}
        self.run.log(media, step)

    def table(self, rows: list[Row], step: int) -> None:
        table = Table(columns=["index", "image", "truth", "prediction", "score"])
        for row in rows:
            table.add_data(row.index, Image(row.image), row.truth, row.prediction, row.score)
        self.run.log({"table": table}, step)

    def videos(self, clip: Pixels, step: int) -> None:
        self.run.log({"clip": Video(clip, fps=FPS)}, step)

    def scalars(self, values: dict[str, float], step: int) -> None:
        self.run.log(values, step)

    def finish(self) -> None:
        self.run.finish()

    def details(self, steps: int) -> dict[str, float]:
        """Measure the masks, and the disk once the rows are sealed."""
        rows = medialog_core.open_run(self.run.dir).rows()
        masks = [extra.file.size for row in rows for extra in row.extra]
        seal(self.run.dir)
        lines = sum(path.stat().st_size for path in self.run.dir.glob("*/*.jsonl"))
        sealed = (clocks.disk(self.run.dir).nbytes - lines) / steps
        found = {"sealed_kb": sealed / clocks.KB}
        return found | ({"mask_kb": statistics.mean(masks) / clocks.KB} if masks else {})


def _overlay(overlay: Overlay) -> Image:
    found = zip(
        overlay.boxes.tolist(), overlay.classes.tolist(), overlay.scores.tolist(), strict=True
    )
    boxes: list[dict[str, Any]] = [
        {
            "position": {"minX": box[0], "minY": box[1], "maxX": box[2], "maxY": box[3]},
            "class_id": class_id,
            "domain": "pixel",
            "scores": {"score": score},
        }
        for box, class_id, score in found
    ]
    return Image(
        overlay.image,
        boxes={"predictions": {"box_data": boxes}},
        masks={"predictions": {"mask_data": overlay.mask}},
    )
