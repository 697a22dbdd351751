"""What a data set says of itself: class names, and the normalisation in its transforms.

Data sets are known by what they carry (`classes`, `transform`, `dataset` of a subset), so that
torchvision's, one's own and wrapped ones serve alike and none is imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..arrays import is_array, to_numpy

_MAX_DEPTH = 8


@dataclass(frozen=True)
class DatasetFacts:
    """What is known of a data set.

    Attributes:
        classes: Names by class id; empty where it doesn't say.
        mean, std: What its inputs were normalised with, by channel; None where that isn't told.
    """

    classes: tuple[str, ...] = ()
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None


def facts_of(dataset: Any, weights: Any = None) -> DatasetFacts:
    """Read a data set, through subsets and concatenations, and the model's pretrained weights.

    Two answers that differ are none: a wrong name or colour is worse than a missing one.

    Args:
        dataset: Any object.
        weights: An object whose `meta["categories"]` are the class names, e.g. torchvision's.
    """
    parts = list(_parts(dataset, 0))
    categories = tuple(getattr(weights, "meta", {}).get("categories", ()))
    classes = _only({_names(part) for part in parts} - {()}) or categories
    found = _only({n for part in parts for n in _normalisations(part)})
    return DatasetFacts(classes, *(found or (None, None)))


def _parts(dataset: Any, depth: int) -> Iterator[Any]:
    if dataset is None or depth > _MAX_DEPTH:
        return
    inner = getattr(dataset, "datasets", None)
    nested = list(inner) if isinstance(inner, list | tuple) else [getattr(dataset, "dataset", None)]
    yield dataset
    for part in nested:
        yield from _parts(part, depth + 1)


def _names(dataset: Any) -> tuple[str, ...]:
    classes = getattr(dataset, "classes", ())
    usable = isinstance(classes, list | tuple) and all(isinstance(name, str) for name in classes)
    return tuple(classes) if usable else ()


def _normalisations(dataset: Any) -> Iterator[tuple[tuple[float, ...], tuple[float, ...]]]:
    for name in ("transform", "transforms"):
        for step in _steps(getattr(dataset, name, None), 0):
            mean, std = _floats(getattr(step, "mean", None)), _floats(getattr(step, "std", None))
            if mean and std and len(mean) == len(std):
                yield mean, std


def _steps(transform: Any, depth: int) -> Iterator[Any]:
    if transform is None or depth > _MAX_DEPTH:
        return
    yield transform
    inner = getattr(transform, "transforms", None)
    for step in (
        inner if isinstance(inner, list | tuple) else (getattr(transform, "transform", None),)
    ):
        yield from _steps(step, depth + 1)


def _floats(value: Any) -> tuple[float, ...]:
    if is_array(value):
        value = to_numpy(value, "mean or std").ravel().tolist()
    usable = isinstance(value, list | tuple) and all(isinstance(v, int | float) for v in value)
    return tuple(float(v) for v in value) if usable else ()


def _only(found: set[Any]) -> Any:
    return next(iter(found)) if len(found) == 1 else None
