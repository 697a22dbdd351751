"""Leading rows of torch batches and outputs: copied at once, brought to NumPy when the batch is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ..batch import PREDICTION_NAMES, leaves_of, numpy_of
from ..options import Role
from ..tasks.evidence import Evidence
from ..tasks.queries import joined

Rows = torch.Tensor | list[Any]
"""A tensor whose first axis is the samples, or a list with one element a sample."""


@dataclass(frozen=True)
class Shared:
    """In a sample's row, the value of a keyword that is the same for all samples of its batch."""

    value: Any


def leading(value: Any, count: int) -> Rows:
    """Copy the first `count` samples; a slice would keep the whole activation alive."""
    if isinstance(value, torch.Tensor):
        return value.detach()[:count].clone()
    return [_copied(item) for item in value[:count]]


def to_numpy_rows(rows: Rows) -> list[Any]:
    """Give one NumPy array, or dictionary of arrays, a sample."""
    if isinstance(rows, torch.Tensor):
        return [np.asarray(row) for row in numpy_of(rows)]
    return [numpy_of(item) for item in rows]


def parts_of(output: Any, size: int, count: int) -> dict[Role, Rows]:
    """Give the leading rows of each part of an output that has a row a sample.

    Of a mapping only the parts with a usual name for predictions are taken where there are some.
    """
    if _per_sample(output, size):
        return {0: leading(output, count)}
    if not isinstance(output, tuple | list | Mapping) and not hasattr(output, "keys"):
        return {}
    parts = joined(
        {place: part for place, part in leaves_of(output).items() if _per_sample(part, size)}
    )
    named = {place: part for place, part in parts.items() if place in PREDICTION_NAMES}
    return {place: leading(part, count) for place, part in (named or parts).items()}


def of_step(outputs: Any, size: int, count: int, pinned: Role | None) -> Iterator[Evidence]:
    """Give what a step returned, if it has a row a sample.

    Args:
        outputs: The step's return value.
        size: Samples in the batch.
        count: How many leading ones are followed.
        pinned: The place that the user's `roles` name, whose name is then a usual one.
    """
    whole = isinstance(outputs, torch.Tensor) or _per_sample(outputs, size)
    leaves: dict[Role, Any] = {0: outputs} if whole else leaves_of(outputs)
    parts = joined({place: part for place, part in leaves.items() if _per_sample(part, size)})
    for place, part in parts.items():
        named = place in PREDICTION_NAMES or place == pinned
        yield Evidence(
            "named output" if named else "output", place, to_numpy_rows(leading(part, count))
        )


def native_rows(inputs: Any) -> Callable[[int], Any]:
    """Give a function that copies one row of a batch's inputs to the CPU, its dtype kept."""

    def row(i: int) -> Any:
        given = inputs[i]
        return given.detach().cpu().clone() if isinstance(given, torch.Tensor) else given

    return row


def collated(rows: Sequence[Any], device: torch.device, listed: bool) -> Any:
    """Put rows together as the model takes its inputs: a list of tensors, one tensor, or keywords."""
    if isinstance(rows[0], Mapping):
        return {name: _column([row[name] for row in rows], device) for name in rows[0]}
    return [row.to(device) for row in rows] if listed else _column(rows, device)


def _column(rows: Sequence[Any], device: torch.device) -> Any:
    first = rows[0]
    if isinstance(first, Shared):
        return first.value
    together = isinstance(first, torch.Tensor)
    return torch.stack([row.to(device) for row in rows]) if together else list(rows)


def alike(rows: Sequence[Any], listed: bool) -> list[list[int]]:
    """Give the places of rows that can be put together: those of the same shapes."""
    groups: dict[Any, list[int]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(None if listed else _shapes(row), []).append(place)
    return list(groups.values())


def _shapes(row: Any) -> Any:
    if isinstance(row, Mapping):
        return tuple((name, _shapes(value)) for name, value in row.items())
    return tuple(row.shape) if isinstance(row, torch.Tensor) else None


def has_rows(value: Any, size: int) -> bool:
    """Say whether a value has an element for each of `size` samples."""
    if isinstance(value, torch.Tensor):
        return value.dim() > 0 and len(value) == size
    return isinstance(value, list | tuple) and len(value) == size


def _per_sample(value: Any, size: int) -> bool:
    tensor = isinstance(value, torch.Tensor)
    return has_rows(value, size) and (tensor or all(isinstance(v, Mapping) for v in value))


def _copied(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    return (
        {key: _copied(item) for key, item in value.items()} if isinstance(value, Mapping) else value
    )
