"""Dates and times of any library as Python's, without losing what Python's cannot hold.

A `datetime` ends at microseconds. Finer ones stay `numpy.datetime64[ns]`, and come back as such.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import describe
from ...errors import InvalidInput

_WHOLE_DAYS = ("Y", "M", "W", "D")
_NANOSECONDS_LENGTH = len("2024-05-06T07:08:09.123456789")


def from_numpy(array: NDArray[np.datetime64]) -> list[Any]:
    """Give dates where the unit is days or coarser, else datetimes; NaT is None.

    Raises:
        InvalidInput: One is beyond the years 1 to 9999, or finer than nanoseconds.
    """
    unit = np.datetime_data(array.dtype)[0]
    if unit in _WHOLE_DAYS:
        return _checked(array.astype("M8[D]").tolist(), array)
    if unit == "generic":  # nothing but NaT
        return [None] * len(array)
    if _same(array, "M8[us]"):
        return _checked(array.astype("M8[us]").tolist(), array)
    if _same(array, "M8[ns]"):
        return [None if np.isnat(one) else one for one in array.astype("M8[ns]")]
    raise InvalidInput(f"expected times of whole nanoseconds, got {describe(array)}")


def from_datetime(value: Any) -> Any:
    """Give a datetime, pandas' too, as Python's or, with nanoseconds, as NumPy's; NaT is None.

    Raises:
        InvalidInput: It has nanoseconds and a time zone, which neither can hold, or is in no year
            of ours where its zone is off by seconds.
    """
    if value != value:  # noqa: PLR0124 - NaT is told by not being equal to itself
        return None
    if getattr(value, "nanosecond", 0):
        if value.tzinfo is not None:
            raise InvalidInput(
                f"expected a time of whole microseconds, got {describe(value)}; pass value.round('us')"
            )
        return np.datetime64(value.to_datetime64(), "ns")
    return _whole_minutes(value)


def from_text(text: str) -> Any:
    """Give what `from_numpy` or `from_datetime` gave before it was written.

    Raises:
        ValueError: It is no ISO 8601.
    """
    if len(text) == _NANOSECONDS_LENGTH:
        return np.datetime64(text, "ns")
    return dt.datetime.fromisoformat(text.removesuffix("Z") + "+00:00" * text.endswith("Z"))


def to_text(value: Any) -> str:
    """Give ISO 8601 of a date, a time or a datetime, of Python's or NumPy's."""
    return str(value) if isinstance(value, np.datetime64) else str(value.isoformat())


def are_naive(values: list[Any]) -> bool:
    """Say whether none of these datetimes (or None) has a time zone."""
    return all(getattr(value, "tzinfo", None) is None for value in values)


def _whole_minutes(value: Any) -> dt.datetime:
    """Old zones are off by seconds, which ISO 8601 has not: such a time is given in UTC."""
    offset = value.utcoffset()
    if offset is not None and offset % dt.timedelta(minutes=1):
        try:
            value = value.astimezone(dt.timezone.utc)
        except OverflowError:
            raise InvalidInput(
                f"expected a time of the years 1 to 9999 in UTC, got {describe(value)}"
            ) from None
    if type(value) is dt.datetime:
        return value
    day, time = dt.date(value.year, value.month, value.day), value.timetz()
    return dt.datetime.combine(day, time)


def _same(array: NDArray[np.datetime64], unit: str) -> bool:
    try:
        back = array.astype(unit).astype(array.dtype)
    except OverflowError:  # NumPy before 2.5 wraps around instead
        return False
    return bool(((back == array) | np.isnat(array)).all())


def _checked(values: list[Any], array: NDArray[np.datetime64]) -> list[Any]:
    if int in set(map(type, values)):
        odd = array[[isinstance(value, int) for value in values].index(True)]
        raise InvalidInput(f"expected a date of the years 1 to 9999, got {odd}")
    return values
