"""The physical floor: the least that anyone must do who keeps what he is given."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Floats, Overlay, Pixels, Row

Array = NDArray[Any]


class Copy:
    """Copies what it is given; pictures into fresh memory, tensors into memory made once."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.kept: list[Array] = []
        self.buffers: dict[str, Floats] = {}

    def images(self, images: list[Pixels], _step: int) -> None:
        self.keep(images)

    def overlays(self, overlays: list[Overlay], _step: int) -> None:
        self.keep(part for overlay in overlays for part in (overlay.image, overlay.mask))

    def histograms(self, tensors: dict[str, Floats], _step: int) -> None:
        for name, tensor in tensors.items():
            if name not in self.buffers:
                self.buffers[name] = np.empty_like(tensor)
            np.copyto(self.buffers[name], tensor)

    def table(self, rows: list[Row], _step: int) -> None:
        self.keep(row.image for row in rows)

    def videos(self, clip: Pixels, _step: int) -> None:
        self.keep([clip])

    def keep(self, arrays: Iterable[Array]) -> None:
        """Hold copies until the next call."""
        self.kept = [array.copy() for array in arrays]

    def finish(self) -> None:
        self.kept.clear()


class RawWrite(Copy):
    """Writes the raw bytes to one file, in the caller."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        directory.mkdir(parents=True, exist_ok=True)
        self.file = (directory / "raw.bin").open("wb", buffering=0)

    def histograms(self, tensors: dict[str, Floats], _step: int) -> None:
        self.keep(tensors.values())

    def keep(self, arrays: Iterable[Array]) -> None:
        for array in arrays:
            self.file.write(array.data)

    def finish(self) -> None:
        self.file.close()
