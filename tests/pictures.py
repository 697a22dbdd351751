"""Pictures for tests."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_RNG = np.random.default_rng(11)


def noise(*shape: int, dtype: Any = np.uint8, seed: int = 0) -> NDArray[Any]:
    """Whole numbers over all of a type's range, the same every time."""
    info = np.iinfo(dtype)
    return np.random.default_rng(seed).integers(info.min, info.max, shape, dtype, endpoint=True)


def picture(side: int = 8) -> NDArray[np.uint8]:
    """A square in colour, another one at each call."""
    return _RNG.integers(0, 256, (side, side, 3), dtype=np.uint8)
