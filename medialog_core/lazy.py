"""Properties that are computed once, without a lock.

`functools.cached_property` has one for all instances before Python 3.12: a child that is forked while
this process's thread encodes would find it held, by nobody, for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class cached_property(Generic[T]):  # noqa: N801 - as in functools
    """A property whose value is computed when it is first asked for and then is an attribute.

    Two threads may compute it at once; one of the values stays.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make, self._name = make, make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, owner: None, type: type[Any]) -> cached_property[T]: ...
    @overload
    def __get__(self, owner: object, type: type[Any] | None = None) -> T: ...
    def __get__(self, owner: object, type: type[Any] | None = None) -> cached_property[T] | T:
        if owner is None:
            return self
        value = vars(owner)[self._name] = self._make(owner)
        return value
