"""medialog: local-first media logging. `import medialog_core as wandb` serves W&B's snippets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import current as _current
from . import data_types, plot
from ._version import __version__
from .absent import missing as _missing
from .current import define_metric, finish, init, log, login, unwatch, watch
from .errors import MedialogError as Error
from .media.classes import Classes
from .media.clips.audio import Audio
from .media.clips.video import Video
from .media.documents.chart import Chart
from .media.documents.html import Html
from .media.documents.plotly import Plotly
from .media.documents.text import Markdown, Text
from .media.histograms.histogram import Histogram
from .media.images.image import Image
from .media.shapes.molecule import Molecule
from .media.shapes.object3d import Object3D, box3d
from .media.tables.joined import JoinedTable
from .media.tables.partitioned import PartitionedTable
from .media.tables.table import Table
from .plot import plot_table
from .reading import ProjectReader, RunReader, open_project, open_run
from .runs.arguments import AlertLevel, Settings
from .runs.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from .runs.mappings import Recorded, Summary

    run: Run | None
    config: Recorded
    summary: Summary
    save: Callable[..., list[str]]
    alert: Callable[..., None]
    log_model: Callable[..., None]
    mark_preempting: Callable[[], None]

_OF_THE_RUN = frozenset(("config", "summary", "save", "alert", "log_model", "mark_preempting"))

__all__ = [
    "AlertLevel",
    "Audio",
    "Chart",
    "Classes",
    "Error",
    "Histogram",
    "Html",
    "Image",
    "JoinedTable",
    "Markdown",
    "Molecule",
    "Object3D",
    "PartitionedTable",
    "Plotly",
    "ProjectReader",
    "Run",
    "RunReader",
    "Settings",
    "Table",
    "Text",
    "Video",
    "__version__",
    "box3d",
    "data_types",
    "define_metric",
    "finish",
    "init",
    "log",
    "login",
    "open_project",
    "open_run",
    "plot",
    "plot_table",
    "unwatch",
    "watch",
]


def __dir__() -> list[str]:
    """Give what a notebook completes: what is the active run's, too, where there is one."""
    return sorted({*globals(), "run", *(_OF_THE_RUN if _current.active() else ())})


def __getattr__(name: str) -> Any:
    """Give the active run, None before `init`, and what is its own, e.g. `config`."""
    if name == "run":
        return _current.active()
    if name in _OF_THE_RUN:
        return _current.attribute(name)
    raise _missing(f"module {__name__!r}", name)
