"""Data frames of any library (pandas, polars, pyarrow), told by what they answer to."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...arrays import is_array, to_numpy

_ARROW_NUMBERS = ("int", "uint", "float", "double", "halffloat", "bool")
_ARROW_TEXTS = ("string", "large_string")


def is_frame(value: object) -> bool:
    """Say whether `value` is a data frame or an Arrow table."""
    if not hasattr(value, "shape") or isinstance(value, type):
        return False
    arrow = hasattr(value, "column_names") and hasattr(value, "to_pydict")
    return arrow or (hasattr(value, "columns") and hasattr(value, "to_dict"))


def names_of(frame: Any) -> list[Any]:
    """Give the names of a frame's columns."""
    return list(frame.column_names if hasattr(frame, "column_names") else frame.columns)


def cells_of(column: Any) -> Any:
    """Give a column as an array or a list in which what is missing is None.

    Args:
        column: A frame's, of any library; an array or tensor; or anything that gives cells.
    """
    if hasattr(column, "isna") and hasattr(column, "where"):
        return _of_pandas(column)
    if hasattr(column, "to_pylist"):
        return _of_arrow(column)
    if hasattr(column, "to_list") and hasattr(column, "null_count"):
        return _of_polars(column)
    if is_array(column) and not isinstance(column, np.ndarray):
        return to_numpy(column, "column")
    return column if isinstance(column, np.ndarray | list) else list(column)


def _of_pandas(column: Any) -> Any:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biufM":
        return column.to_numpy()
    return column.astype(object).where(column.notna(), None).to_list()


def _of_arrow(column: Any) -> Any:
    kind = str(column.type)
    whole = kind.startswith(_ARROW_NUMBERS) and not column.null_count
    # of moments to_pylist would give pandas', or an error without it; of texts it is slow
    if whole or kind in _ARROW_TEXTS or (kind.startswith("timestamp") and "tz=" not in kind):
        return np.asarray(column)
    return column.to_pylist()


def _of_polars(column: Any) -> Any:
    kind = column.dtype
    whole = (kind.is_integer() or kind.is_float()) and not column.null_count()
    if whole or (kind.is_temporal() and getattr(kind, "time_zone", "") is None):
        return column.to_numpy()  # to_list would cut nanoseconds off
    return column.to_list()
