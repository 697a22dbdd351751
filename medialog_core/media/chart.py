"""Charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..payload import Payload
from .captioned import Captioned


class Chart(Captioned):
    """Charts."""

    def __init__(self) -> None:
        raise NotImplementedError

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        raise NotImplementedError


def encode(charts: Sequence[Chart]) -> Iterator[Payload]:
    """Give a payload for each."""
    raise NotImplementedError


def decode(payload: Payload) -> Chart:
    """Undo `encode`."""
    raise NotImplementedError
