"""What is in a batch: leaves by place or by name, the inputs, what may be their targets.

A container is a tuple, a list, a mapping (HF encodings included), a named tuple or a data class.
Inside it, a list with one element a sample (detection's images and targets) is a leaf.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..arrays import describe, is_array, to_numpy
from .options import Role

INPUT_NAMES = (
    "pixel_values",
    "image",
    "images",
    "img",
    "imgs",
    "input",
    "inputs",
    "input_ids",
    "input_values",
    "input_features",
    "x",
    "data",
)
TARGET_NAMES = (
    "label",
    "labels",
    "target",
    "targets",
    "y",
    "mask",
    "masks",
    "ground_truth",
    "gt",
    "annotation",
    "annotations",
    "segmentation",
)
PREDICTION_NAMES = (
    "preds",
    "pred",
    "predictions",
    "prediction",
    "logits",
    "y_hat",
    "y_pred",
    "output",
    "outputs",
    "out",
    "probs",
    "reconstruction",
    "sample",
)

PIXEL_MASK = "pixel_mask"
NO_TARGET_NAMES = (PIXEL_MASK, "attention_mask", "token_type_ids", "position_ids")
"""What goes with the inputs under a name that never is a target's."""


@dataclass(frozen=True, eq=False)
class Batch:
    """A batch taken apart.

    Attributes:
        inputs: The inputs, N samples: an array N×... or a list of N arrays. None where they can't
            be told.
        targets: What may be their targets, by place: one is meant, several are still open.
        pixel_mask: N×H×W, 0 where a picture is padding; None where the batch doesn't say.
    """

    inputs: Any
    targets: Mapping[Role, Any]
    pixel_mask: Any = None

    @property
    def size(self) -> int:
        """How many samples it holds."""
        return len(self.inputs) if self.inputs is not None else 0


def split(batch: Any, roles: Mapping[str, Role]) -> Batch:
    """Tell inputs from targets.

    The inputs are what `roles` says, else the one name that is usual for inputs, else the first
    element; where that is no picture, the first element that is one. Whatever else has as many
    samples may be the targets; a name that is usual for targets narrows it down.
    """
    leaves = leaves_of(batch)
    place = _input_place(leaves, roles)
    if place is None:
        return Batch(None, {})
    inputs = leaves[place]
    others = {
        key: leaf
        for key, leaf in leaves.items()
        if key != place and sample_count(leaf) == sample_count(inputs)
    }
    return Batch(inputs, _candidates(others, roles), others.get(PIXEL_MASK))


def leaves_of(value: Any) -> dict[Role, Any]:
    """Give the elements of a container by index or by name; anything else is element 0."""
    if hasattr(value, "_fields"):
        return dict(zip(value._fields, value, strict=True))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping) or (hasattr(value, "keys") and hasattr(value, "__getitem__")):
        return {key: value[key] for key in value.keys()}  # noqa: SIM118 - not every encoding iterates keys
    if isinstance(value, tuple | list):
        return dict(enumerate(value))
    return {0: value}


def rows(leaf: Any, count: int) -> list[Any]:
    """Give the first `count` samples of a leaf, as NumPy arrays or as dictionaries of them."""
    return [numpy_of(leaf[i]) for i in range(min(count, len(leaf)))]


def numpy_of(value: Any) -> Any:
    """Give arrays, and arrays in mappings and lists, as NumPy; leave anything else as it is."""
    if is_array(value) or isinstance(value, int | float):
        return to_numpy(value, "batch") if is_array(value) else value
    if isinstance(value, Mapping):
        return {key: numpy_of(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [numpy_of(item) for item in value]
    return value


def is_picture(leaf: Any) -> bool:
    """Say whether a leaf is pictures: N×C×H×W of 1, 3 or 4 channels, or a list of C×H×W."""
    shapes = {tuple(leaf.shape)[1:]} if is_array(leaf) else _shapes(leaf)
    return bool(shapes) and all(
        len(s) == 3 and s[0] in (1, 3, 4) and min(s[1:]) > 1  # noqa: PLR2004 - C×H×W
        for s in shapes
    )


def seen(value: Any) -> str:
    """Say in a few words what a batch or an output holds, for a notice."""
    if is_array(value) or not _is_container(value):
        return describe(value)
    parts = (f"{key}: {_short(leaf)}" for key, leaf in leaves_of(value).items())
    return f"{type(value).__name__}({', '.join(parts)})"


def _short(leaf: Any) -> str:
    if is_array(leaf):
        return f"{str(leaf.dtype).removeprefix('torch.')}{list(leaf.shape)}"
    if isinstance(leaf, Sequence) and not isinstance(leaf, str):
        return f"{type(leaf).__name__} of {len(leaf)}"
    return type(leaf).__name__


def _is_container(value: Any) -> bool:
    return (
        isinstance(value, tuple | list | Mapping)
        or hasattr(value, "keys")
        or dataclasses.is_dataclass(value)
    )


def _shapes(leaf: Any) -> set[tuple[int, ...]]:
    if not isinstance(leaf, tuple | list) or not all(is_array(item) for item in leaf):
        return set()
    return {tuple(item.shape) for item in leaf}


def sample_count(leaf: Any) -> int:
    """Give how many samples a leaf has; -1 where it has no samples."""
    if is_array(leaf):
        return int(leaf.shape[0]) if len(leaf.shape) else -1
    return len(leaf) if isinstance(leaf, tuple | list) else -1


def _input_place(leaves: Mapping[Role, Any], roles: Mapping[str, Role]) -> Role | None:
    if "input" in roles:
        return roles["input"] if roles["input"] in leaves else None
    named = [name for name in INPUT_NAMES if name in leaves]
    pictures = [place for place, leaf in leaves.items() if is_picture(leaf)]
    for places in (named, pictures, [p for p, leaf in leaves.items() if sample_count(leaf) > 0]):
        if len(places) == 1 or (places and not _by_name(places)):
            return places[0]
    return None


def _by_name(places: Sequence[Role]) -> bool:
    return any(isinstance(place, str) for place in places)


def _candidates(others: Mapping[Role, Any], roles: Mapping[str, Role]) -> Mapping[Role, Any]:
    if "target" in roles:
        return {key: leaf for key, leaf in others.items() if key == roles["target"]}
    named: dict[Role, Any] = {name: others[name] for name in TARGET_NAMES if name in others}
    return named or {key: leaf for key, leaf in others.items() if key not in NO_TARGET_NAMES}
