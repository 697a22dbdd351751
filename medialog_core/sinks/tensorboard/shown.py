"""What TensorBoard shows of one value, before it has a tag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Shown:
    """What TensorBoard shows of one value.

    Attributes:
        plugin: The plugin that shows it.
        head: What its tensor begins with: width and height of a picture.
        item: An encoded picture or sound, or a text; None for a histogram.
        label: The caption of a sound.
        bins: The rows of a histogram.
        note: What the plugin's information button says.
        scalars: Numbers to be shown beside it, by what follows the tag.
    """

    plugin: str
    head: tuple[bytes, ...] = ()
    item: bytes | None = None
    label: str = ""
    bins: Any = None
    note: str = ""
    scalars: Mapping[str, float] = field(default_factory=dict)
