"""HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..payload import Payload
from .captioned import Captioned


class Html(Captioned):
    """HTML."""

    def __init__(self, data: Any, inject: bool = True, data_is_not_path: bool = False) -> None:
        raise NotImplementedError

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        raise NotImplementedError


def encode(pages: Sequence[Html]) -> Iterator[Payload]:
    """Give a payload for each."""
    raise NotImplementedError


def decode(payload: Payload) -> Html:
    """Undo `encode`."""
    raise NotImplementedError
