"""Numbers as JSON can hold them.

Non-finite ones are the strings "NaN", "Infinity", "-Infinity": JSON has none, and an encoder that
writes null would make a NaN loss vanish.
"""

from __future__ import annotations

import math
from typing import Literal

Number = float | Literal["NaN", "Infinity", "-Infinity"]


def to_number(value: float) -> Number:
    """Give `value` as JSON can hold it."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def from_number(value: Number) -> float:
    """Undo `to_number`."""
    return float(value)
