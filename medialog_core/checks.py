"""Checks of what a caller gave: the value in Python's own form, or an error that names the field."""

from __future__ import annotations

import operator
from math import isfinite
from typing import Any

from .arrays import describe, to_scalar
from .errors import InvalidInput, WrongType


def check_text(value: object, field: str) -> str:
    """Give a string that UTF-8 can hold; one of a subclass, e.g. NumPy's, becomes Python's own.

    Raises:
        WrongType: It is no string.
        InvalidInput: It has lone surrogates.
    """
    if not isinstance(value, str):
        raise WrongType(f"{field}: expected str, got {describe(value)}; pass str(...) of it")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise InvalidInput(
                f"{field}: has a lone surrogate {value[error.start]!r} at {error.start}, which no file can hold; "
                "pass text.encode('utf-8', 'replace').decode()"
            ) from None
    return value if type(value) is str else str.__str__(value)


def line(value: Any, field: str) -> str:
    """Give a caption or an id as a string; a number of any library is written out.

    Raises:
        WrongType: It is neither.
        InvalidInput: A string that no file can hold.
    """
    if isinstance(value, str):
        return check_text(value, field)
    scalar = to_scalar(value)
    if scalar is None:
        raise WrongType(f"{field}: expected a string, got {describe(value)}")
    return str(scalar)


def number(value: Any, field: str) -> float:
    """Give a number of any library as Python's.

    Raises:
        WrongType: It is none.
    """
    scalar = to_scalar(value)
    if scalar is None:
        raise WrongType(f"{field}: expected a number, got {describe(value)}")
    return scalar


def whole(value: Any, field: str, least: int | None = None, most: int | None = None) -> int:
    """Give a whole number of any library, 3 or 3.0, as an int.

    Raises:
        WrongType: It is none.
        InvalidInput: It is below `least` or above `most`.
    """
    try:
        given = operator.index(value)
    except TypeError:
        scalar = to_scalar(value)
        if scalar is None or not float(scalar).is_integer():
            raise WrongType(f"{field}: expected a whole number, got {describe(value)}") from None
        given = int(scalar)
    if (least is not None and given < least) or (most is not None and given > most):
        wanted = f"{least} or more" if most is None else f"{least} to {most}"
        raise InvalidInput(f"{field}: expected {wanted}, got {given}")
    return given


def value_range(given: Any) -> tuple[float, float]:
    """Give the argument `value_range`, (lo, hi), as floats.

    Raises:
        WrongType: It is no pair.
        InvalidInput: It isn't two finite numbers with lo < hi.
    """
    if isinstance(given, str) or not hasattr(given, "__len__"):
        raise WrongType(f"value_range: expected (lo, hi), got {describe(given)}")
    pair = [to_scalar(end) for end in given]
    if len(pair) == 2 and pair[0] is not None and pair[1] is not None:  # noqa: PLR2004
        lo, hi = float(pair[0]), float(pair[1])
        if isfinite(lo) and isfinite(hi) and lo < hi:
            return lo, hi
    raise InvalidInput(f"value_range: expected (lo, hi) with lo < hi, got {given!r}")
