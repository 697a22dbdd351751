"""Plotly figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..payload import Payload
from .captioned import Captioned


class Plotly(Captioned):
    """Plotly figures."""

    def __init__(self, val: Any) -> None:
        raise NotImplementedError

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        raise NotImplementedError


def encode(figures: Sequence[Plotly]) -> Iterator[Payload]:
    """Give a payload for each."""
    raise NotImplementedError


def decode(payload: Payload) -> Plotly:
    """Undo `encode`."""
    raise NotImplementedError
