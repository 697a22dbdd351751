"""What a callback is not told: the data that `fit`, `evaluate` and `predict` were called with.

Keras hands callbacks no data set, so its class names and its order are read where they are, in the
local variables of the method that called. They are only looked at; without them ids stand for
names, and samples are told by their content.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

from medialog_core.capture.datasets import DatasetFacts, facts_of

_METHODS = ("fit", "evaluate", "predict")
_MAX_FRAMES = 12
_MAX_DEPTH = 16


@dataclass(frozen=True)
class Source:
    """The data of a call.

    Attributes:
        data: What was given as `x`; None where it can't be found.
        in_order: Whether its samples come in the same order each time.
        batch_size: Samples in a batch; None where the data doesn't say.
    """

    data: Any = None
    in_order: bool = False
    batch_size: int | None = None


def source() -> Source:
    """Find the data of the `fit`, `evaluate` or `predict` that is calling back."""
    for frame in _callers():
        names = frame.f_locals
        if "epoch_iterator" in names:
            data, adapter = names.get("x"), names["epoch_iterator"].data_adapter
            return Source(data, _in_order(data, adapter), adapter.batch_size)
    return Source()


def facts(data: Any) -> DatasetFacts:
    """Give the class names a data set carries: `class_names`, `class_indices` or torch's `classes`."""
    for part in _chain(data):
        for names in (getattr(part, "class_names", None), _by_index(part)):
            if names and all(isinstance(name, str) for name in names):
                return DatasetFacts(tuple(names))
    return facts_of(data)


def _callers() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - Python has no other way to the caller
    for _ in range(_MAX_FRAMES):
        if frame is None:
            return
        if frame.f_code.co_name in _METHODS:
            yield frame
        frame = frame.f_back


def _in_order(data: Any, adapter: Any) -> bool:
    if type(adapter).__name__ == "ArrayDataAdapter":
        return True  # evaluation never shuffles arrays
    sampler, batches = (getattr(data, name, None) for name in ("sampler", "batch_sampler"))
    return (type(sampler).__name__, type(batches).__name__) == ("SequentialSampler", "BatchSampler")


def _chain(data: Any) -> Iterator[Any]:
    """Give a data set and those it was made of: `map` and `cache` of tf.data lose its names."""
    for _ in range(_MAX_DEPTH):
        if data is None:
            return
        yield data
        data = getattr(data, "_input_dataset", None)


def _by_index(part: Any) -> Sequence[Any]:
    given = getattr(part, "class_indices", None)
    if not isinstance(given, Mapping) or sorted(given.values()) != list(range(len(given))):
        return ()
    return sorted(given, key=given.__getitem__)
