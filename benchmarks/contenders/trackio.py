"""trackio, local; only where it is installed. It knows no overlays."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

from ..data import FPS, Floats, Pixels, Row


class Trackio:
    """A run in trackio's own folder."""

    def __init__(self, directory: Path) -> None:
        os.environ["TRACKIO_DIR"] = str(directory)
        self.api: Any = importlib.import_module("trackio")
        self.api.init(project="bench")

    def images(self, images: list[Pixels], step: int) -> None:
        media = {f"images/{i}": self.api.Image(image) for i, image in enumerate(images)}
        self.api.log(media, step=step)

    def histograms(self, tensors: dict[str, Floats], step: int) -> None:
        media = {name: self.api.Histogram(tensor) for name, tensor in tensors.items()}
        self.api.log(media, step=step)

    def table(self, rows: list[Row], step: int) -> None:
        import pandas as pd  # noqa: PLC0415 - trackio brings it

        frame = pd.DataFrame(
            [[r.index, self.api.Image(r.image), r.truth, r.prediction, r.score] for r in rows],
            columns=["index", "image", "truth", "prediction", "score"],
        )
        self.api.log({"table": self.api.Table(dataframe=frame)}, step=step)

    def videos(self, clip: Pixels, step: int) -> None:
        self.api.log({"clip": self.api.Video(clip, fps=FPS, format="mp4")}, step=step)

    def scalars(self, values: dict[str, float], step: int) -> None:
        self.api.log(values, step=step)

    def finish(self) -> None:
        self.api.finish()
