"""What lies in the queue, at which step, under which key."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..arrays import describe
from ..checks import check_text, number, whole
from ..errors import InvalidInput, WrongType

_STEPS = 2**63


@dataclass(frozen=True, slots=True)
class Pending:
    """Media of one type, logged under one key, not encoded yet."""

    key: str
    step: int | None
    epoch: float | None
    ts: float
    rank: int
    values: tuple[Any, ...]
    listed: bool


class Steps:
    """Decides where a call goes: steps may come in any order, and none is refused.

    Args:
        first: The step of the first call that states none.
    """

    def __init__(self, first: int = 0) -> None:
        self.next = first
        self._open: int | None = None
        self._lock = threading.RLock()  # a signal's handler may log, too

    def reach(self, first: int) -> None:
        """Go on from `first` at least."""
        with self._lock:
            self.next = max(self.next, first)

    def peek(self, source: Callable[[], int] | None = None) -> int:
        """Give the step that a call without one would go to."""
        if source is not None:
            return source()
        return self.next if self._open is None else self._open

    def take(
        self, step: int | None, commit: bool | None, source: Callable[[], int] | None = None
    ) -> int:
        """Give the step of a call, and note it.

        Args:
            step: As stated, or None: `source`'s, the step held open, or one after the highest.
            commit: False holds the step open for the next call.
            source: A trainer's step, where there is a trainer.

        Raises:
            WrongType: `step` is no whole number.
            InvalidInput: It is beyond 64 bits.
        """
        with self._lock:
            place = self.peek(source) if step is None else _whole(step)
            self._open = place if commit is False else None
            self.next = max(self.next, place + 1)
            return place


def flatten(data: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Give key and value, nested dictionaries as `a/b` keys; their own keys may be of any type.

    Raises:
        WrongType: A key of the outermost dictionary is no string.
        InvalidInput: A key is no text that UTF-8 can hold.
    """
    for key, value in data.items():
        name = prefix + _checked_key(str(key) if prefix and not isinstance(key, str) else key)
        if isinstance(value, Mapping):
            yield from flatten(value, f"{name}/")
        else:
            yield name, value


def to_epoch(epoch: Any) -> float | None:
    """Give an epoch, a number of any library, as a Python number.

    Raises:
        WrongType: It is no number.
    """
    return None if epoch is None else number(epoch, "epoch")


def _checked_key(key: Any) -> str:
    if not isinstance(key, str):
        raise WrongType(f"log: keys are strings, got {describe(key)}; pass str(...) of it")
    return check_text(key, "log: key")


def _whole(step: Any) -> int:
    place = whole(step, "step")
    if not -_STEPS <= place < _STEPS:
        raise InvalidInput(f"step: expected a number of 64 bits, got {place}")
    return place
