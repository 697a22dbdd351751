"""What a data set says of itself: class names, and the normalisation in its transforms.

Data sets are known by what they carry (`classes`, `transform`, `dataset` of a subset), so that
torchvision's, one's own and wrapped ones serve alike and none is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..arrays import is_array, to_numpy

_MAX_DEPTH = 8


@dataclass(frozen=True)
class DatasetFacts:
    """What is known of a data set, and of the model that it is for.

    Attributes:
        classes: Names by class id; empty where nothing says them. A mapping, which may leave ids
            out, holds the model's own names, a tuple those of the data set.
        mean, std: What its inputs were normalised with, by channel; None where that isn't told.
        task: The one of `options.TASKS` that the model is made for, e.g. by the name of its class.
            What doesn't look like it is not recognised.
        box_scores: How a DETR-like model scores its boxes: "softmax", the last class being no
            object, or "sigmoid" without such a class.
        decode: Gives the text of token ids, without the special ones.
        sample_rate: Frames a second, where the inputs are sounds.
    """

    classes: tuple[str, ...] | Mapping[int, str] = ()
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    task: str | None = None
    box_scores: Literal["softmax", "sigmoid"] | None = None
    decode: Callable[[Sequence[int]], str] | None = None
    sample_rate: int | None = None

    @property
    def names(self) -> dict[int, str]:
        """The names by class id."""
        given = self.classes
        return dict(given) if isinstance(given, Mapping) else dict(enumerate(given))

    @property
    def class_count(self) -> int | None:
        """How many classes there are; None where no names are known, or ids are left out."""
        ids = sorted(self.names)
        return len(ids) if ids and ids == list(range(len(ids))) else None


NOTHING_KNOWN = DatasetFacts()


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
