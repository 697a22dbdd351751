"""Points as they may be given: N×3, N×4 or N×6 numbers, checked where the caller stands."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import describe, is_array, snapshot, to_numpy
from ...errors import InvalidInput, WrongType
from ...geometry import blocks

Array = NDArray[Any]

FORMS = (
    "N×3 (x, y, z), N×4 (x, y, z, category: a whole number from 0) or "
    "N×6 (x, y, z, red, green, blue: 0..255, or fractions of 1)"
)
WITH_CATEGORY, WITH_COLOR = 4, 6
_WIDTHS = (3, WITH_CATEGORY, WITH_COLOR)


def checked(data: Any, field: str) -> Array:
    """Check points and take one snapshot of them.

    Args:
        data: An array, a tensor or a list of rows.
        field: What to call it in an error.

    Raises:
        WrongType: It is no array of real numbers.
        InvalidInput: Its shape is none of the three forms, or a category is no whole number.
    """
    in_columns = getattr(getattr(data, "dtype", None), "names", None)
    if in_columns or (not isinstance(data, list | tuple) and not is_array(data)):
        raise WrongType(f"{field}: expected {FORMS}, got {describe(data)}{_fix(data)}")
    try:
        array = to_numpy(data, field)
    except InvalidInput:
        raise InvalidInput(f"{field}: expected {FORMS}, got rows that differ in length") from None
    if array.size == 0 and array.ndim == 1:
        array = np.empty((0, 3))
    if array.dtype.kind not in "iuf":
        raise WrongType(f"{field}: expected real numbers, {FORMS}, got {describe(data)}")
    if array.ndim != 2 or array.shape[1] not in _WIDTHS:  # noqa: PLR2004
        turned = array.ndim == 2 and array.shape[0] in _WIDTHS  # noqa: PLR2004
        fix = "; pass its transpose, data.T" if turned else ""
        raise InvalidInput(f"{field}: expected {FORMS}, got shape {tuple(array.shape)}{fix}")
    kept = snapshot(array, np.float64 if array.dtype.itemsize > 8 else None)  # noqa: PLR2004
    if kept.shape[1] == WITH_CATEGORY:
        _check_categories(kept, field)
    return kept


def _fix(data: Any) -> str:
    """Say how points that are in columns are given as rows."""
    if isinstance(data, np.ndarray):
        return "; pass numpy.lib.recfunctions.structured_to_unstructured(data[['x', 'y', 'z']])"
    return "; pass data.to_numpy()" if hasattr(data, "to_numpy") else ""


def _check_categories(array: Array, field: str) -> None:
    given = array[:, 3]
    with np.errstate(invalid="ignore"):
        right = (
            (given >= 0)
            & (given <= np.float64(blocks.LARGEST_CATEGORY))
            & (given == np.floor(given))
        )
    if right.all():
        return
    wrong = np.flatnonzero(~right & np.isfinite(array[:, :3]).all(axis=1))
    if len(wrong):  # the rest are points that are dropped
        raise InvalidInput(
            f"{field}: a category is a whole number from 0 to {blocks.LARGEST_CATEGORY}, got "
            f"{given[wrong[0]]} in row {wrong[0]}; leave the column out or pass x, y, z, red, green, blue"
        )
