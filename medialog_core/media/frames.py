"""Data frames of any library (pandas, polars), told by what they answer to."""

from __future__ import annotations

from typing import Any

import numpy as np


def is_frame(value: object) -> bool:
    """Say whether `value` is a data frame."""
    return hasattr(value, "columns") and hasattr(value, "to_dict") and hasattr(value, "shape")


def series(column: Any) -> Any:
    """Give a frame's column as a numeric array or a list in which what is missing is None."""
    if not hasattr(column, "isna"):
        return column.to_list()
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
        return column.to_numpy()
    return column.astype(object).where(column.notna(), None).to_list()
