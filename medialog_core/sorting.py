"""What a `log` call brings, sorted: numbers, media, and what is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .arrays import describe
from .coerce import SKIP, coerce
from .errors import WrongType
from .pending import flatten


@dataclass(slots=True)
class Sorted:
    """The values of a call by what they are.

    Attributes:
        scalars: Key to number.
        media: Key, values, and whether they were given as a list.
        skipped: Keys of None and of empty lists.
    """

    scalars: dict[str, float] = field(default_factory=dict)
    media: list[tuple[str, tuple[Any, ...], bool]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def sort(data: Mapping[str, Any]) -> Sorted:
    """Sort what was given to `log`.

    Raises:
        WrongType: It is no dictionary, a key is no string, or a value of no known type.
        InvalidInput: A value that cannot be logged.
    """
    if not isinstance(data, Mapping):
        raise WrongType(f"log: expected a dictionary of key to value, got {describe(data)}")
    found = Sorted()
    for key, value in flatten(data):
        coerced = coerce(key, value)
        if isinstance(coerced, float | int):
            found.scalars[key] = coerced
        elif isinstance(coerced, list):
            found.media.append((key, tuple(coerced), True))
        elif coerced is SKIP:
            found.skipped.append(key)
        else:
            found.media.append((key, (coerced,), False))
    return found
