"""What the examples learn from: real pictures and texts that come with scikit-learn and scikit-image.

Pictures are N×H×W×C, float32 in [0, 1], as Keras takes them; torch's examples put the channels first.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
import skimage
import sklearn.datasets
from numpy.typing import NDArray

Pictures = NDArray[np.float32]
DIGITS = tuple(map(str, range(10)))
SUBJECTS = ("breast_cancer", "diabetes", "digits", "iris", "linnerud", "wine")
TONES = ("sine", "square", "sawtooth", "noise")
SAMPLE_RATE = 8000


class Boxes(NamedTuple):
    """The objects of a picture: N×4 corners (x, y, x, y) in pixels, and N class ids."""

    corners: NDArray[np.float32]
    class_ids: NDArray[np.int64]


def digits() -> tuple[Pictures, NDArray[np.int64]]:
    """Give 1,797 handwritten digits, 8×8×1, and which they are."""
    data = sklearn.datasets.load_digits()
    return (data.images[..., None] / 16).astype(np.float32), data.target.astype(np.int64)


def pairs_of_digits(count: int) -> tuple[Pictures, NDArray[np.float32]]:
    """Give two digits side by side, 8×16×1, and which of the ten are there, N×10 of 0 and 1."""
    pictures, names = digits()
    chosen = np.random.default_rng(0).integers(len(pictures), size=(count, 2))
    inputs = np.concatenate([pictures[chosen[:, 0]], pictures[chosen[:, 1]]], axis=2)
    return inputs, np.eye(10, dtype=np.float32)[names[chosen]].max(axis=1)


def scattered_digits(count: int, side: int = 64, most: int = 4) -> tuple[Pictures, list[Boxes]]:
    """Give digits of twice their size in some of a picture's quarters, and where they are.

    Returns:
        Pictures of side×side×3, and what is in each: one digit, or up to `most`.
    """
    pictures, names = digits()
    enlarged = pictures.repeat(2, axis=1).repeat(2, axis=2)
    rng, half = np.random.default_rng(0), side // 2
    canvases, found = np.zeros((count, side, side, 3), np.float32), []
    for canvas in canvases:
        corners, class_ids = [], []
        for quarter in rng.permutation(4)[: rng.integers(1, most + 1)]:
            y, x = rng.integers(0, half - 16, 2) + half * np.array(divmod(quarter, 2))
            which = rng.integers(len(enlarged))
            canvas[y : y + 16, x : x + 16] = enlarged[which]
            corners.append((x, y, x + 16, y + 16))
            class_ids.append(names[which])
        found.append(Boxes(np.array(corners, np.float32), np.array(class_ids)))
    return canvases, found


def noisy_photographs(stride: int = 48, side: int = 48) -> tuple[Pictures, Pictures]:
    """Give crops of photographs, side×side×3, with noise and without."""
    photographs = [skimage.data.astronaut(), skimage.data.chelsea(), skimage.data.coffee()]
    crops = [
        photograph[crop] for photograph in photographs for crop in _crops(photograph, side, stride)
    ]
    clean = np.stack(crops).astype(np.float32) / np.float32(255)
    clean = clean[np.random.default_rng(0).permutation(len(clean))]
    noise = np.random.default_rng(1).normal(0, 0.15, clean.shape)
    return (clean + noise).clip(0, 1).astype(np.float32), clean


def sentences() -> tuple[list[list[str]], NDArray[np.int64]]:
    """Give the words of sentences that describe data sets, and which data set they are about."""
    found, about = [], []
    for place, subject in enumerate(SUBJECTS):
        text: str = getattr(sklearn.datasets, f"load_{subject}")().DESCR
        for sentence in re.split(r"(?<=[.:])\s+|\n\s*\n", text):
            words = re.findall(r"[A-Za-z]+|\d+(?:\.\d+)?", sentence)
            if 4 <= len(words) <= 40:
                found.append(words)
                about.append(place)
    order = np.random.default_rng(0).permutation(len(found))
    return [found[i] for i in order], np.array(about)[order]


def tones(count: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Give a quarter of a second of tones, N×2000 in [-1, 1] at 8 kHz, and their places in `TONES`."""
    rng = np.random.default_rng(0)
    kinds = rng.integers(len(TONES), size=count)
    phase = np.arange(SAMPLE_RATE // 4) * rng.uniform(200, 800, (count, 1)) / SAMPLE_RATE
    forms: Any = (
        np.sin(2 * np.pi * phase),
        np.sign(np.sin(2 * np.pi * phase)),
        2 * (phase % 1) - 1,
        rng.uniform(-1, 1, phase.shape),
    )
    waves = np.choose(kinds[:, None], forms) * rng.uniform(0.3, 0.9, (count, 1))
    return waves.astype(np.float32), kinds


def _crops(picture: NDArray[np.uint8], side: int, stride: int) -> list[tuple[slice, slice]]:
    height, width = picture.shape[:2]
    return [
        (slice(y, y + side), slice(x, x + side))
        for y in range(0, height - side + 1, stride)
        for x in range(0, width - side + 1, stride)
    ]
