"""The torch models that a run watches: what `watch` and `unwatch` keep."""

from __future__ import annotations

import sys
import warnings
import weakref
from typing import TYPE_CHECKING, Any

from ..arrays import describe
from ..checks import whole
from ..errors import InvalidInput, WrongType

if TYPE_CHECKING:
    from ..capture.session import Destination
    from ..capture.torch.watch import TorchWatch

_LOGS = ("gradients", "parameters", "all", None)


class Watches:
    """Models by number, and how each is watched.

    Args:
        run: Where what is seen goes.
    """

    def __init__(self, run: Destination) -> None:
        self._run = run
        self._watched: dict[int, tuple[weakref.ref[Any], TorchWatch | None]] = {}

    def add(self, model: Any, number: int | None, log: str | None, log_freq: int) -> int:
        """Watch a model, anew where it is watched; give its number.

        Args:
            model: A torch module.
            number: None is its own, or the next.
            log: `gradients`, `parameters`, `all` or None.
            log_freq: Distance in steps.

        Raises:
            InvalidInput: The number is another model's.
        """
        from ..capture.torch.watch import TorchWatch  # noqa: PLC0415 - it imports torch

        place = self._number(model, number)
        self._end(place)
        watch = None
        if log is not None:
            watch = TorchWatch(
                model,
                f"graph_{place}" if place else "",
                gradients=log != "parameters",
                weights=log != "gradients",
                every=log_freq,
                run=self._run,
            )
        self._watched[place] = weakref.ref(model), watch
        return place

    def remove(self, model: Any) -> None:
        """Stop watching a model; one that is not watched is warned of."""
        place = self._place(model)
        if place is None:
            name = type(model).__name__
            warnings.warn(f"unwatch: this {name} is not watched", UserWarning, stacklevel=3)
        else:
            self._end(place)

    def close(self) -> None:
        """Stop watching all."""
        for place in list(self._watched):
            self._end(place)

    def _number(self, model: Any, wanted: int | None) -> int:
        mine = self._place(model)
        if wanted is None:
            return max(self._watched, default=-1) + 1 if mine is None else mine
        owner = self._watched[wanted][0]() if wanted in self._watched else None
        if owner is not None and owner is not model:
            raise InvalidInput(f"watch: idx: {wanted} is another model's; leave idx out")
        if mine not in (None, wanted):
            self._end(mine)
            del self._watched[mine]
        return wanted

    def _place(self, model: Any) -> int | None:
        return next((place for place, (ref, _) in self._watched.items() if ref() is model), None)

    def _end(self, place: int) -> None:
        ref, watch = self._watched.get(place, (None, None))
        if ref is not None and watch is not None:
            watch.close()
            self._watched[place] = ref, None


def models_of(models: Any, what: str) -> list[Any]:
    """Give one torch module, or a list or tuple of them, as a list.

    Args:
        models: As given.
        what: The function that it was given to, for errors.

    Raises:
        WrongType: Something is no torch module.
    """
    given = list(models) if isinstance(models, list | tuple) else [models]
    for each in given:
        if not _is_model(each):
            raise WrongType(
                f"{what}: models: expected a torch.nn.Module or a list of them, got {describe(each)}; "
                "what Keras or a Trainer trains is captured by its MediaCallback"
            )
    return given


def check(log: Any, log_freq: Any, idx: Any) -> None:
    """Check what `watch` was given beside models.

    Raises:
        WrongType: A number is none.
        InvalidInput: `log` is no word of its, a number too low.
    """
    if log not in _LOGS:
        raise InvalidInput(f"watch: log: expected one of {_LOGS}, got {log!r}")
    whole(log_freq, "watch: log_freq", 1)
    if idx is not None:
        whole(idx, "watch: idx", 0)


def _is_model(value: object) -> bool:
    if "torch" not in sys.modules:
        return False  # a model of torch's has imported it
    from ..capture.torch.watch import is_model  # noqa: PLC0415 - it imports torch

    return is_model(value)
