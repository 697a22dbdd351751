"""What a model is fed: inputs and targets of a batch, its leading samples in NumPy, its pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from medialog_core.arrays import Array, to_numpy
from medialog_core.capture.batch import Batch, leaves_of, split
from medialog_core.capture.options import Role
from medialog_core.errors import MedialogError

from .layout import Layout, channels_first, layout_of

_PARTS = 3


@dataclass(frozen=True, eq=False)
class Samples:
    """Leading samples of a batch.

    Attributes:
        x: What the model is called with, arrays as nested as it takes them.
        y: Its targets, likewise; None where there are none.
    """

    x: Any
    y: Any = None

    @property
    def size(self) -> int:
        """How many there are."""
        return next((len(leaf) for leaf in keras.tree.flatten(self.x) if leaf is not None), 0)

    def with_more(self, more: Samples) -> Samples:
        """Give these and further ones."""
        return Samples(_joined(self.x, more.x), _joined(self.y, more.y))

    def first(self, count: int) -> Samples:
        """Give the first ones."""
        return Samples(_mapped(lambda leaf: leaf[:count], self.x), _first(self.y, count))


def leading(batch: Any, count: int) -> Samples:
    """Copy the first samples of a batch `x`, `(x,)`, `(x, y)` or `(x, y, weights)` to the CPU.

    Anything else is of a train step of the user's own; it is taken as inputs by itself.
    """
    parts = tuple(batch) if isinstance(batch, list | tuple) else (batch,)
    pair: Sequence[Any] = (*parts, None)[:2] if len(parts) <= _PARTS else (parts, None)
    x, y = pair
    return Samples(*(_mapped(lambda leaf: _rows(leaf, count), part) for part in (x, y)))


def size_of(batch: Any) -> int | None:
    """Give how many samples a batch has, None where that can't be told."""
    first = next((leaf for leaf in keras.tree.flatten(batch) if leaf is not None), None)
    shape: Sequence[int] = getattr(first, "shape", ())
    return int(shape[0]) if len(shape) else None


def named(nested: Any) -> dict[Role, Any]:
    """Give the arrays of a nest by their places: index, name, or both joined by a slash."""
    if not isinstance(nested, list | tuple | Mapping):
        return {0: nested}
    found: dict[Role, Any] = {}
    for place, part in leaves_of(nested).items():
        if isinstance(part, list | tuple | Mapping):
            found.update((f"{place}/{inner}", leaf) for inner, leaf in named(part).items())
        elif part is not None:
            found[place] = part
    return found


def shown(samples: Samples, roles: Mapping[str, Role]) -> tuple[Batch, Layout | None]:
    """Give what is shown of samples, pictures as N×C×H×W, and how the channels lay.

    Of several inputs it is the one that `roles` names, else the first that is pictures, else the
    first. Where a batch has no `y`, other parts of a dictionary may be targets, by their names.
    """
    parts = named(samples.x)
    data_format = keras.config.image_data_format()
    layouts = {place: layout_of(leaf, data_format) for place, leaf in parts.items()}
    if "input" in roles and roles["input"] not in parts:
        return Batch(None, {}), None
    pictures = [place for place, layout in layouts.items() if layout is not None]
    place = roles.get("input", next(iter([*pictures, *parts]), 0))
    layout = layouts.get(place)
    inputs = channels_first(parts[place], layout) if layout is not None else parts.get(place)
    aside = split(samples.x, {"input": place}).targets if _is_unsplit(samples) else {}
    return Batch(inputs, aside), layout


def _is_unsplit(samples: Samples) -> bool:
    return samples.y is None and isinstance(samples.x, Mapping)


def _rows(leaf: Any, count: int) -> Any:
    try:
        return np.array(to_numpy(leaf[:count], "batch"))
    except MedialogError:  # texts
        return np.array(leaf[:count])


def _first(nested: Any, count: int) -> Any:
    return _mapped(lambda leaf: leaf[:count], nested)


def _mapped(function: Any, nested: Any) -> Any:
    return keras.tree.map_structure(lambda leaf: None if leaf is None else function(leaf), nested)


def _joined(one: Any, other: Any) -> Any:
    def join(a: Array | None, b: Array | None) -> Array | None:
        return None if a is None or b is None else np.concatenate([a, b])

    return keras.tree.map_structure(join, one, other)
