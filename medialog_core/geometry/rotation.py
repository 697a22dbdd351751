"""Rotations as quaternions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def rotation(quaternion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the 3×3 matrix that turns column vectors as the quaternion [r, x, y, z] says.

    Its length does not matter.

    Raises:
        ValueError: It is zero, which turns nowhere.
    """
    largest = np.abs(quaternion).max()
    if largest == 0:
        raise ValueError("expected a quaternion that is not zero")
    scaled = quaternion / largest  # first, so that no square is too large or vanishes
    r, *imaginary = scaled / np.linalg.norm(scaled)
    axis = np.array(imaginary)
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    matrix: NDArray[np.float64] = (
        np.eye(3) * (r * r - axis @ axis) + 2 * np.outer(axis, axis) + 2 * r * cross
    )
    return matrix
