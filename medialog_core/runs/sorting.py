"""What a `log` call brings, sorted: numbers, media, and what is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..arrays import describe
from ..errors import WrongType
from .coerce import SKIP, coerce
from .pending import flatten

Media = list[tuple[str, tuple[Any, ...], bool]]
"""Keys, their values, and whether these were given as a list."""


def sort(data: Mapping[str, Any]) -> tuple[dict[str, float], Media, list[str]]:
    """Give the numbers by key, the media, and the keys of None and of empty lists.

    Raises:
        WrongType: It is no dictionary, a key is no string, or a value of no known type.
        InvalidInput: A value that cannot be logged.
    """
    if not isinstance(data, Mapping):
        raise WrongType(f"log: expected a dictionary of key to value, got {describe(data)}")
    scalars: dict[str, float] = {}
    media: Media = []
    skipped: list[str] = []
    for key, value in flatten(data):
        coerced = coerce(key, value)
        if isinstance(coerced, float | int):
            scalars[key] = coerced
        elif isinstance(coerced, list):
            media.append((key, tuple(coerced), True))
        elif coerced is SKIP:
            skipped.append(key)
        else:
            media.append((key, (coerced,), False))
    return scalars, media, skipped
