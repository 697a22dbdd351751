"""What a histogram knows of its values beside their bins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from ...schema import HistogramMeta, from_number, to_number

_T = TypeVar("_T", int, float)
_COUNTED = ("n", "nan", "pos_inf", "neg_inf", "total")
_MEASURED = ("min", "max", "sum", "sum_squares")


@dataclass(frozen=True)
class Moments:
    """Numbers of the values; they add up like the bins.

    Attributes:
        n: How many were finite (0 where that is not known); `nan`, `pos_inf`, `neg_inf` stand apart.
        min, max: Of the finite values, None where there are none or they are not known.
        sum, sum_squares: Of the finite values, in single precision for values of 32 bits or fewer.
        total: How many values there were, where only a sample of them was counted.
    """

    n: int = 0
    nan: int = 0
    pos_inf: int = 0
    neg_inf: int = 0
    min: float | None = None
    max: float | None = None
    sum: float | None = None
    sum_squares: float | None = None
    total: int | None = None

    def __add__(self, other: Moments) -> Moments:
        sampled = self.total is not None or other.total is not None
        return Moments(
            self.n + other.n,
            self.nan + other.nan,
            self.pos_inf + other.pos_inf,
            self.neg_inf + other.neg_inf,
            _either(min, self.min, other.min),
            _either(max, self.max, other.max),
            _either(_plus, self.sum, other.sum),
            _either(_plus, self.sum_squares, other.sum_squares),
            self.seen + other.seen if sampled else None,
        )

    @property
    def seen(self) -> int:
        """How many values there were, finite or not, counted or not."""
        return self.n + self.nan + self.pos_inf + self.neg_inf if self.total is None else self.total

    def write(self, meta: HistogramMeta) -> None:
        """Put them into `meta`."""
        for name in _COUNTED:
            setattr(meta, name, getattr(self, name))
        for name in _MEASURED:
            value = getattr(self, name)
            setattr(meta, name, None if value is None else to_number(value))

    @staticmethod
    def read(meta: HistogramMeta) -> Moments:
        """Undo `write`."""
        fields: dict[str, Any] = {name: getattr(meta, name) for name in _COUNTED}
        for name in _MEASURED:
            value = getattr(meta, name)
            fields[name] = None if value is None else from_number(value)
        return Moments(**fields)


def nine_digits(value: float) -> float:
    """Round to nine significant digits: what single precision holds, and short as text."""
    return float(f"{value:.9g}")


def _plus(a: float, b: float) -> float:
    return nine_digits(a + b)


def _either(both: Callable[[_T, _T], _T], a: _T | None, b: _T | None) -> _T | None:
    return a if b is None else b if a is None else both(a, b)
