"""Molecules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..payload import Payload
from .captioned import Captioned


class Molecule(Captioned):
    """Molecules."""

    def __init__(self, data_or_path: Any, caption: str | None = None, **kwargs: Any) -> None:
        raise NotImplementedError

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        raise NotImplementedError


def encode(molecules: Sequence[Molecule]) -> Iterator[Payload]:
    """Give a payload for each."""
    raise NotImplementedError


def decode(payload: Payload) -> Molecule:
    """Undo `encode`."""
    raise NotImplementedError
