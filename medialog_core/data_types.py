"""W&B's module of this name: its media types, for scripts that write `wandb.data_types.Table`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .media.captioned import Captioned as Media
from .media.classes import Classes
from .media.clips.audio import Audio
from .media.clips.video import Video
from .media.documents.html import Html
from .media.documents.plotly import Plotly
from .media.histograms.histogram import Histogram
from .media.images.image import Image
from .media.shapes.molecule import Molecule
from .media.shapes.object3d import Object3D, box3d
from .media.tables.joined import JoinedTable
from .media.tables.partitioned import PartitionedTable
from .media.tables.table import Table

__all__ = [
    "Audio",
    "BoundingBoxes2D",
    "Classes",
    "Histogram",
    "Html",
    "Image",
    "ImageMask",
    "JoinedTable",
    "Media",
    "Molecule",
    "Object3D",
    "PartitionedTable",
    "Plotly",
    "Table",
    "Video",
    "WBValue",
    "box3d",
]

WBValue = Media
"""What all of them are."""


class _Set(dict[str, Any]):
    """A set of masks or of boxes.

    Args:
        val: The set, as `Image` takes it.
        key: Its name, which `Image` is told, too.
    """

    def __init__(self, val: Mapping[str, Any], key: str = "") -> None:  # noqa: ARG002 - W&B's
        super().__init__(val)


class ImageMask(_Set):
    """A set as `Image(masks={name: ...})` takes it: `{"mask_data" or "path", "class_labels"}`."""


class BoundingBoxes2D(_Set):
    """A set as `Image(boxes={name: ...})` takes it: `{"box_data", "class_labels"}`."""
