"""Audio."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..payload import Payload
from .captioned import Captioned


class Audio(Captioned):
    """Audio."""

    def __init__(
        self, data_or_path: Any, sample_rate: int | None = None, caption: str | None = None
    ) -> None:
        raise NotImplementedError

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        raise NotImplementedError


def encode(sounds: Sequence[Audio]) -> Iterator[Payload]:
    """Give a payload for each."""
    raise NotImplementedError


def decode(payload: Payload) -> Audio:
    """Undo `encode`."""
    raise NotImplementedError
