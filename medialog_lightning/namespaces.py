"""`pytorch_lightning` and `lightning.pytorch`: two copies of one library, whose classes are unrelated.

Neither is imported here: what matters is which of them the user has loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

NAMESPACES = ("pytorch_lightning", "lightning.pytorch")


def register(cls: type[Any]) -> None:
    """Make `cls` a virtual subclass of the `Logger` of every namespace that is loaded."""
    for module in _logger_modules():
        module.Logger.register(cls)


def namespace_of(trainer: Any) -> str | None:
    """Give the namespace whose `Trainer` this is, or a subclass of; None for any other object."""
    homes = [cls.__module__ for cls in type(trainer).__mro__]
    return next((name for name in NAMESPACES if f"{name}.trainer.trainer" in homes), None)


def rank_experiment(find: Callable[[str], Any]) -> Any:
    """Give what `logger.experiment` is on ranks above 0.

    It is an instance of the `DummyExperiment` of every loaded namespace, as Lightning expects, but
    `find` gives its attributes, so that what a rank logs isn't swallowed.
    """
    return _experiment_class(tuple(module.DummyExperiment for module in _logger_modules()))(find)


class _Forwarding:
    def __init__(self, find: Callable[[str], Any]) -> None:
        self._find = find

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._find(name)


@cache
def _experiment_class(dummies: tuple[type[Any], ...]) -> type[Any]:
    return type("RankExperiment", (_Forwarding, *dict.fromkeys(dummies)), {})


def _logger_modules() -> Iterator[Any]:
    for name in NAMESPACES:
        module = sys.modules.get(f"{name}.loggers.logger")
        if hasattr(module, "Logger") and hasattr(module, "DummyExperiment"):
            yield module
