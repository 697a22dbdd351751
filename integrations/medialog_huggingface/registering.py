"""The name "medialog" in transformers and in accelerate, put there as soon as they are imported.

Each has a table of those who log: `INTEGRATION_TO_CALLBACK`, looked up by `report_to`, and
accelerate's `register_tracker_class`, looked up by `log_with`. Neither has entry points.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

NAME = "medialog"


def register() -> None:
    """Put the name into the modules that are loaded, and into the others when they will be."""
    waiting = {}
    for name, (table, enter) in _TABLES.items():
        module = sys.modules.get(name)
        if module is not None and hasattr(module, table):  # one that is being imported has none yet
            _enter(enter, module)
        else:
            waiting[name] = enter
    if waiting and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(waiting))


def _enter_callback(module: Any) -> None:
    callback = import_module(f"{__package__}.callback")  # imports transformers and torch
    if hasattr(callback, "MediaCallback"):  # else it is being imported, and calls `register` itself
        module.INTEGRATION_TO_CALLBACK.setdefault(NAME, callback.MediaCallback)


def _enter_tracker(module: Any) -> None:
    if not hasattr(module, "register_tracker_class"):  # accelerate before 1.15 takes instances only
        return
    tracker = import_module(f"{__package__}.tracker")  # imports accelerate
    # accelerate warns of a second one; that module may have entered its own by now
    if hasattr(tracker, "MediaTracker") and NAME not in module.LOGGER_TYPE_TO_CLASS:
        module.register_tracker_class(tracker.MediaTracker)


Enter = Callable[[Any], None]
_TABLES: Mapping[str, tuple[str, Enter]] = {
    "transformers.integrations.integration_utils": ("INTEGRATION_TO_CALLBACK", _enter_callback),
    "accelerate.tracking": ("LOGGER_TYPE_TO_CLASS", _enter_tracker),
}


class _Finder:
    """Finds the modules that are waited for as all others would, and adds to their execution."""

    def __init__(self, waiting: dict[str, Enter]) -> None:
        self._waiting = waiting

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Give the spec of a module that is waited for, None for any other."""
        if name not in self._waiting:
            return None
        others = [finder for finder in sys.meta_path if finder is not self]
        finds = [finder.find_spec for finder in others if hasattr(finder, "find_spec")]
        specs = (find(name, path, target) for find in finds)
        spec = next((found for found in specs if found is not None), None)
        if spec is not None and spec.loader is not None:
            loader: Any = spec.loader
            loader.exec_module = self._then_enter(name, loader.exec_module)
        return spec

    def _then_enter(self, name: str, execute: Callable[[Any], None]) -> Callable[[Any], None]:
        def executed(module: Any) -> None:
            execute(module)
            enter = self._waiting.pop(name, None)
            if not self._waiting and self in sys.meta_path:
                sys.meta_path.remove(self)
            if enter is not None:
                _enter(enter, module)

        return executed


def _enter(enter: Enter, module: Any) -> None:
    """Enter the name; a failure must not be that of the user's import."""
    try:
        enter(module)
    except Exception as error:  # noqa: BLE001
        text = f"{NAME!r} can't be registered with {module.__name__.partition('.')[0]}: {error!r}"
        logging.getLogger("medialog").warning("%s", text)
