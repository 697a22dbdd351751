"""What every media value has besides its content: a caption, and which sample it is."""

from __future__ import annotations

from typing import Any

from ..checks import line


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

    def _captioned(self) -> str:
        """Give what `repr` says of the caption."""
        return "" if self._caption is None else f", caption={self._caption!r}"
