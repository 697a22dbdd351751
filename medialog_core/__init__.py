"""medialog: local-first media logging. `import medialog_core as wandb` serves W&B's snippets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import current as _current
from . import plot
from ._version import __version__
from .absent import missing as _missing
from .current import define_metric, finish, init, log, unwatch, watch
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
from .reading import ProjectReader, RunReader, open_project, open_run
from .runs.run import Run

if TYPE_CHECKING:
    from .runs.mappings import Recorded, Summary

    run: Run | None
    config: Recorded
    summary: Summary

__all__ = [
    "Audio",
    "Chart",
    "Classes",
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
    "Table",
    "Text",
    "Video",
    "__version__",
    "box3d",
    "define_metric",
    "finish",
    "init",
    "log",
    "open_project",
    "open_run",
    "plot",
    "unwatch",
    "watch",
]


def __getattr__(name: str) -> Any:
    """Give `run`, `config` and `summary` of the active run; `run` is None before `init`."""
    if name == "run":
        return _current.active()
    if name in ("config", "summary"):
        return getattr(_current.required(name), name)
    raise _missing(f"module {__name__!r}", name)
