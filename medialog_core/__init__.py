"""medialog: local-first media logging. `import medialog_core as wandb` serves W&B's snippets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import current as _current
from ._version import __version__
from .current import finish, init, log
from .media.classes import Classes
from .media.histogram import Histogram
from .media.image import Image
from .media.table import Table
from .media.text import Text
from .reading import ProjectReader, RunReader, open_project, open_run
from .runs import Run

if TYPE_CHECKING:
    from .mappings import Recorded, Summary

    run: Run | None
    config: Recorded
    summary: Summary

__all__ = [
    "Classes",
    "Histogram",
    "Image",
    "ProjectReader",
    "Run",
    "RunReader",
    "Table",
    "Text",
    "__version__",
    "finish",
    "init",
    "log",
    "open_project",
    "open_run",
]


def __getattr__(name: str) -> Any:
    """Give `run`, `config` and `summary` of the active run; `run` is None before `init`."""
    if name == "run":
        return _current.active()
    if name in ("config", "summary"):
        return getattr(_current.required(name), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
