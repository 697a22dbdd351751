"""What every media value has besides its content: a caption, and which sample it is."""

from __future__ import annotations

from typing import Any

from ..arrays import describe, to_scalar
from ..errors import InvalidInput, WrongType


class Captioned:
    """A caption and a `sample_id`, checked alike in every media type."""

    __slots__ = ("_caption", "_sample_id")

    def __init__(self, caption: Any = None, sample_id: Any = None) -> None:
        self._caption = None if caption is None else line(caption, "caption")
        self._sample_id = None if sample_id is None else line(sample_id, "sample_id")

    @property
    def caption(self) -> str | None:
        """The caption."""
        return self._caption

    @property
    def sample_id(self) -> str | None:
        """Which sample of the data set it is."""
        return self._sample_id


def line(value: Any, name: str) -> str:
    """Give a caption or an id as a string; a number of any library is written out.

    Raises:
        WrongType: It is neither.
        InvalidInput: A string that no file can hold.
    """
    if isinstance(value, str):
        return check_text(value, name)
    number = to_scalar(value)
    if number is None:
        raise WrongType(f"{name}: expected a string, got {describe(value)}")
    return str(number)


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
