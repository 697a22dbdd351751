"""The results of a function that is asked the same again and again, within so many bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """A function that knows its last results.

    Args:
        make: The function; its arguments can be hashed.
        sized: Gives what a result holds that is large.
        most_bytes: All results and arguments together hold no more, by what is large in them.

    Attributes:
        made: How often it was really called.
    """

    def __init__(
        self, make: Callable[..., T], sized: Callable[[T], Iterable[bytes | None]], most_bytes: int
    ) -> None:
        self._make, self._sized, self._most_bytes = make, sized, most_bytes
        self.forget()

    def __call__(self, *given: Any) -> T:
        """Give the result for these arguments."""
        found = self._known.pop(given, None) or self._new(*given)
        self._known[given] = found  # the last again; without a lock, which a fork might find held
        return found[0]

    def forget(self) -> None:
        """Know nothing any more."""
        self._known: OrderedDict[tuple[Any, ...], tuple[T, int]] = OrderedDict()
        self.made = 0

    def _new(self, *given: Any) -> tuple[T, int]:
        result = self._make(*given)
        large = [*self._sized(result), *(one for one in given if isinstance(one, bytes))]
        size = sum(len(one) for one in large if one is not None)
        self.made += 1
        while self._known and size + self._held() > self._most_bytes:
            self._known.popitem(last=False)
        return result, size

    def _held(self) -> int:
        return sum(size for _, size in list(self._known.values()))
