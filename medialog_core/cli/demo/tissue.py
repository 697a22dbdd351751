"""What the demos learn: crops of a stained tissue section, and the class of each of their pixels.

The picture is scikit-image's bundled `immunohistochemistry`; the truth is what its two stains say
(colour deconvolution, then Otsu's threshold). A network sees RGB only.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import MissingExtra

SIDE = 64
CLASSES = ("background", "nucleus", "stained")
_STRIDE = 48
_LEARNT_ROWS, _KEPT_ROW = range(0, 385, _STRIDE), 448


class Crops(NamedTuple):
    """Crops of the section.

    Attributes:
        inputs: N×64×64×3, float32 in [0, 1].
        targets: N×64×64, int64, places in `CLASSES`.
    """

    inputs: NDArray[np.float32]
    targets: NDArray[np.int64]


class Tissue(NamedTuple):
    """Crops to learn from, and others to try what was learnt."""

    train: Crops
    val: Crops


def load() -> Tissue:
    """Cut up the section.

    Raises:
        MissingExtra: scikit-image is not installed.
    """
    try:
        import skimage  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra("the demo's picture", "demo") from error
    picture = skimage.data.immunohistochemistry()
    truth = _classes(skimage, picture)
    columns = range(0, picture.shape[1] - SIDE + 1, _STRIDE)
    kept = range(0, picture.shape[1] - SIDE + 1, SIDE)
    return Tissue(
        _crops(picture, truth, [(y, x) for y in _LEARNT_ROWS for x in columns]),
        _crops(picture, truth, [(_KEPT_ROW, x) for x in kept]),
    )


def _classes(skimage: Any, picture: NDArray[np.uint8]) -> NDArray[np.int64]:
    stains = skimage.color.rgb2hed(picture)
    truth = np.zeros(picture.shape[:2], np.int64)
    for class_id, channel in ((1, 0), (2, 2)):
        amount = skimage.filters.gaussian(stains[..., channel], 1.5)
        truth[amount > skimage.filters.threshold_otsu(amount)] = class_id
    return truth


def _crops(
    picture: NDArray[np.uint8], truth: NDArray[np.int64], corners: list[tuple[int, int]]
) -> Crops:
    places = [(slice(y, y + SIDE), slice(x, x + SIDE)) for y, x in corners]
    inputs = np.stack([picture[place] for place in places])
    return Crops(
        inputs.astype(np.float32) / np.float32(255), np.stack([truth[place] for place in places])
    )
