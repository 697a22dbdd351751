"""A model's outputs, each with its own target and loss, as the core reads them: classes in front."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from medialog_core.arrays import Array, to_numpy
from medialog_core.capture.options import Role
from medialog_core.capture.tasks.evidence import Evidence

from .batches import named
from .layout import Layout, channels_first
from .losses import Loss, loss_of

_PICTURES = 4


@dataclass(frozen=True, eq=False)
class Output:
    """One output of a model for some samples.

    Attributes:
        name: The output's; empty where there is but one.
        rows: What was predicted, N samples.
        targets: What it is compared with, N samples by their place in the batch.
        loss: What it was trained with.
    """

    name: str
    rows: Array
    targets: Mapping[Role, Array]
    loss: Loss

    @property
    def evidence(self) -> Evidence:
        """The prediction as the core takes it."""
        rows = list(self.rows)
        if self.loss.name is None:
            return Evidence("forward", self.name or 0, rows)
        return Evidence("loss", self.loss.name, rows, ignore_index=self.loss.ignore_class)


def outputs_of(
    model: Any,
    predicted: Any,
    y: Any,
    count: int,
    layout: Layout | None,
    roles: Mapping[str, Role],
) -> list[Output]:
    """Give each output that has a row a sample.

    Args:
        model: The model, for its losses and the names of its outputs.
        predicted: What it predicted, as nested as it gives it.
        y: The targets, as nested as the batch had them.
        count: How many samples there are.
        layout: How the pictures that it was fed lay.
        roles: `prediction` and `target` pin one of several.
    """
    parts = {place: _floats(leaf) for place, leaf in named(predicted).items()}
    names = _names(model, list(parts))
    targets = {} if y is None else named(y)
    losses = _losses(model, names)
    found = []
    for i, (place, name) in enumerate(names.items()):
        rows = parts[place]
        if (
            rows.ndim == 0
            or len(rows) != count
            or roles.get("prediction", name) not in (name, place)
        ):
            continue
        key = roles.get("target", _target_place(targets, i, name, losses))
        own = {key: targets[key]} if key is not None and key in targets else {}
        truth = next(iter(own.values()), None)
        loss = loss_of(losses[name], truth, rows)
        laid_out = _laid_out(rows, loss, layout)
        told = {p: _truth(leaf, rows, loss, layout) for p, leaf in own.items()}
        found.append(Output(name if len(names) > 1 else "", *_as_trained(laid_out, told, loss)))
    return found


def _names(model: Any, places: Sequence[Role]) -> dict[Role, str]:
    """Give the outputs' names by place: the keys of a dictionary, else the model's own."""
    known = getattr(model, "output_names", None) or []
    if any(isinstance(place, str) for place in places) or len(known) != len(places):
        return {place: str(place) for place in places}
    return dict(zip(places, known, strict=True))


def _losses(model: Any, names: Mapping[Role, str]) -> dict[str, Any]:
    """Give the loss of each output, by name; None where it has none."""
    given = getattr(model, "loss", None)
    if isinstance(given, Mapping):
        return {name: given.get(name) for name in names.values()}
    if isinstance(given, list | tuple):
        padded = [*given, *[None] * len(names)]
        return dict(zip(names.values(), padded, strict=False))
    return dict.fromkeys(names.values(), given)


def _target_place(
    targets: Mapping[Role, Any], place: int, name: str, losses: Mapping[str, Any]
) -> Role | None:
    """Find an output's target: by its name, by its place, or the only one for the only loss."""
    if name in targets:
        return name
    if len(targets) == len(losses):
        return None if any(isinstance(key, str) for key in targets) else list(targets)[place]
    trained = [each for each, loss in losses.items() if loss is not None]
    return list(targets)[trained.index(name)] if _in_order(targets, trained, name) else None


def _in_order(targets: Mapping[Role, Any], trained: Sequence[str], name: str) -> bool:
    places = not any(isinstance(key, str) for key in targets)
    return places and len(targets) == len(trained) and name in trained


def _floats(leaf: Any) -> Array:
    array = to_numpy(leaf, "output")
    return array.astype(np.float32) if array.dtype.kind == "f" else array


def _laid_out(rows: Array, loss: Loss, layout: Layout | None) -> Array:
    """Put the classes, or the channels, in front."""
    if loss.of_classes and rows.ndim > 2:  # noqa: PLR2004 - N×classes are in front
        return np.moveaxis(rows, loss.axis, 1)
    return channels_first(rows, layout) if rows.ndim == _PICTURES else rows


def _truth(target: Array, rows: Array, loss: Loss, layout: Layout | None) -> Array:
    """Give a target as its loss takes it: ids as whole numbers, distances as floats."""
    if not loss.of_classes:
        laid_out = channels_first(target, layout) if target.ndim == _PICTURES else target
        distance = loss.name is not None and loss.name.endswith("_loss")
        return laid_out.astype(np.float32) if distance else laid_out
    if target.ndim == rows.ndim and target.shape[loss.axis] == rows.shape[loss.axis]:
        return np.moveaxis(target, loss.axis, 1).astype(np.float32)
    ids = np.squeeze(target, loss.axis) if target.ndim == rows.ndim else target
    whole = ids.dtype.kind == "f" and bool((ids == np.floor(ids)).all())
    return ids.astype(np.int64) if whole else ids


def _as_trained(
    rows: Array, targets: Mapping[Role, Array], loss: Loss
) -> tuple[Array, Mapping[Role, Array], Loss]:
    """Give probabilities as the loss takes them: clipped, or as shares of their sum.

    Where they are none at all, nothing is said of their meaning.
    """
    if loss.name == "binary_cross_entropy":
        return np.clip(rows, 0, 1), targets, loss
    if loss.name != "categorical_crossentropy" or rows.ndim < 2:  # noqa: PLR2004 - N×classes
        return rows, targets, loss
    total = rows.sum(axis=1, keepdims=True)
    if (rows < 0).any() or not (total > 0).all():
        return rows, targets, Loss(None, loss.axis, loss.ignore_class)
    return (rows if np.allclose(total, 1, atol=1e-2) else rows / total), targets, loss
