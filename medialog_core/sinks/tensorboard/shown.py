"""What TensorBoard shows of one value, before it has a tag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Mesh:
    """Triangles or, without faces, points.

    Attributes:
        vertices: N×3, float32.
        faces: M×3 places in `vertices`, int32.
        colors: N×3, uint8.
        config: Settings of the scene, for the plugin's three.js; those of a tag's first event count.
    """

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    colors: NDArray[np.uint8]
    config: Mapping[str, Any]


@dataclass(frozen=True)
class Shown:
    """What TensorBoard shows of one value.

    Attributes:
        plugin: The plugin that shows it.
        head: What its tensor begins with: width and height of a picture.
        item: An encoded picture or sound, or a text; None for a histogram and for a mesh.
        label: The caption of a sound.
        bins: The rows of a histogram.
        mesh: What the mesh plugin draws; None where there is nothing to draw.
        note: What the plugin's information button says.
        scalars: Numbers to be shown beside it, by what follows the tag.
        texts: Markdown to be shown beside it, likewise.
        beside: Pictures or sounds to be shown beside it, likewise.
    """

    plugin: str
    head: tuple[bytes, ...] = ()
    item: bytes | None = None
    label: str = ""
    bins: Any = None
    mesh: Mesh | None = None
    note: str = ""
    scalars: Mapping[str, float] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, Sequence[Shown]] = field(default_factory=dict)
