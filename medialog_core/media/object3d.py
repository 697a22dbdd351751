"""3-D objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..payload import Payload
from .captioned import Captioned


class Object3D(Captioned):
    """3-D objects."""

    def __init__(self, data_or_path: Any, caption: str | None = None, **kwargs: Any) -> None:
        raise NotImplementedError

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        raise NotImplementedError


def encode(objects: Sequence[Object3D]) -> Iterator[Payload]:
    """Give a payload for each."""
    raise NotImplementedError


def decode(payload: Payload) -> Object3D:
    """Undo `encode`."""
    raise NotImplementedError


def box3d(
    *,
    center: Any,
    size: Any,
    orientation: Any,
    color: Any,
    label: str | None = None,
    score: float | None = None,
) -> dict[str, Any]:
    """Give a box for `Object3D`."""
    raise NotImplementedError
