"""Video."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..payload import Payload
from .captioned import Captioned


class Video(Captioned):
    """Video."""

    def __init__(
        self,
        data_or_path: Any,
        caption: str | None = None,
        fps: float | None = None,
        format: str | None = None,
    ) -> None:
        raise NotImplementedError

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        raise NotImplementedError


def encode(videos: Sequence[Video]) -> Iterator[Payload]:
    """Give a payload for each."""
    raise NotImplementedError


def decode(payload: Payload) -> Video:
    """Undo `encode`."""
    raise NotImplementedError
