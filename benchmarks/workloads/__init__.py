"""What is logged: the table of all workloads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from .calls import Measures, Shape
from .hist import HIST
from .huggingface_training import HUGGINGFACE
from .images import IMAGES64K, IMAGES224, MEMORY, PHOTOS224, REPEAT
from .importing import IMPORT
from .keras_training import KERAS
from .loop import LOOP
from .overlay512 import OVERLAY512
from .scalars import SCALARS
from .table import TABLE
from .training import TRAINING
from .types import TYPES
from .video import VIDEO


class Workload(Protocol):
    """Something to measure."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def title(self) -> str:
        """What it is."""

    @property
    def item(self) -> str:
        """What `total_ms` is for one of."""

    @property
    def full(self) -> Shape:
        """How much, when it is measured."""

    @property
    def tiny(self) -> Shape:
        """How much, when it is only tried."""

    def labels(self) -> Mapping[str, list[str]]:
        """Give the contenders, with the packages that each lacks."""

    def run(self, label: str, directory: Path, shape: Shape) -> Measures:
        """Measure one contender in this process, which does nothing else."""


_ALL: tuple[Workload, ...] = (
    IMAGES224,
    PHOTOS224,
    IMAGES64K,
    OVERLAY512,
    HIST,
    TABLE,
    VIDEO,
    SCALARS,
    REPEAT,
    IMPORT,
    MEMORY,
    LOOP,
    TYPES,
    TRAINING,
    HUGGINGFACE,
    *KERAS,
)
WORKLOADS: Mapping[str, Workload] = {workload.name: workload for workload in _ALL}

__all__ = ["WORKLOADS", "Measures", "Shape", "Workload"]
