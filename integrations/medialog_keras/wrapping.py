"""Standing between `fit` and a model's `train_function`, `test_function` or `predict_function`.

Callbacks are given no data. `fit` makes these functions just before it calls `on_train_begin` and
looks them up at each step, so what is put there then sees each batch.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, Protocol

Function = Callable[..., Any]


class Owner(Protocol):
    """Who looks at the steps of a model's function."""

    def call_function(self, name: str, function: Function, args: tuple[Any, ...]) -> Any:
        """Call the function, and look if this step is one to look at."""

    def failed(self) -> None:
        """Hear that a step has raised."""


class Watched:
    """A model's function whose calls go through its owner.

    Args:
        function: The function as Keras made it, or another `Watched`.
        name: The attribute of the model that holds it.
        owner: Held weakly. After an exception in `fit` nobody takes this off; when its owner is
            gone, or isn't told of batches any more, it only calls the function.
    """

    def __init__(self, function: Function, name: str, owner: Owner) -> None:
        self.__wrapped__ = function
        self._name = name
        self._owner = weakref.ref(owner)

    def __call__(self, *args: Any) -> Any:
        """Call the function, through the owner."""
        owner = self._owner()
        if owner is None:
            return self.__wrapped__(*args)
        try:
            return owner.call_function(self._name, self.__wrapped__, args)
        except BaseException as error:
            if not _ends_data(error):
                owner.failed()
            raise

    def belongs_to(self, owner: object) -> bool:
        """Say whether it is this owner's, or nobody's any more."""
        mine = self._owner()
        return mine is None or mine is owner


def put_on(model: Any, name: str, owner: Owner) -> None:
    """Wrap a model's function, anew where a wrapper of this owner's was left behind."""
    take_off(model, name, owner)
    function = getattr(model, name)
    if function is not None:
        setattr(model, name, Watched(function, name, owner))


def take_off(model: Any, name: str, owner: object) -> None:
    """Remove this owner's wrappers and those of nobody; other callbacks' stay."""
    kept: Watched | None = None
    function = getattr(model, name, None)
    while isinstance(function, Watched):
        inner = function.__wrapped__
        if not function.belongs_to(owner):
            kept = function
        elif kept is None:
            setattr(model, name, inner)
        else:
            kept.__wrapped__ = inner
        function = inner


def original(model: Any, name: str) -> Function | None:
    """Give a model's function as Keras made it."""
    function: Any = getattr(model, name, None)
    while isinstance(function, Watched):
        function = function.__wrapped__
    return function if callable(function) else None


def _ends_data(error: BaseException) -> bool:
    """Say whether it is how an iterator ends; TensorFlow has an error of its own for it."""
    return isinstance(error, StopIteration) or type(error).__name__ == "OutOfRangeError"
