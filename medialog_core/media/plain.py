"""Objects that stand for a number or a text: what they stand for."""

from __future__ import annotations

import datetime as dt
import enum
import os
from typing import Any


def plain(value: Any) -> Any:
    """Give what an object stands for; itself where it stands for nothing.

    A member of an enum is its value, a time span its seconds, a path its text, a time of day its ISO
    8601, and what has a `__float__` (Decimal, Fraction) that gives one a float. A class stands for nothing.
    """
    if isinstance(value, type):
        return value
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if hasattr(value, "__fspath__"):
        return os.fsdecode(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return _number(value)


def _number(value: Any) -> Any:
    try:
        return float(value) if hasattr(value, "__float__") else value
    except (TypeError, ValueError):  # of a quantity with a unit, of a formula
        return value
