"""Joined tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..payload import Payload
from .captioned import Captioned
from .tablefile import DecodeCell, EncodeCell


class JoinedTable(Captioned):
    """Joined tables."""

    def __init__(self, table1: Any, table2: Any, join_key: Any) -> None:
        raise NotImplementedError

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        raise NotImplementedError


def encode(tables: Sequence[JoinedTable], encode_cell: EncodeCell) -> Iterator[Payload]:
    """Give a payload for each."""
    raise NotImplementedError


def decode(payload: Payload, decode_cell: DecodeCell) -> JoinedTable:
    """Undo `encode`."""
    raise NotImplementedError
