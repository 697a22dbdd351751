"""The samples that are followed: pinned at the first validation, found again at the later ones."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..arrays import Array


@dataclass(eq=False)
class Sample:
    """One pinned sample.

    Attributes:
        id: `<loader>/<position>`, or `sha1:<12 hex>` of the input where the order is not fixed.
        input: The input, C×H×W for a picture.
        digest: Of the input, by which the sample is told in a later batch.
        targets: Everything in the batch that may be its target, by place.
        native: The framework's own row of the inputs, for another forward.
        padded: A part of the picture is padding, and the batch says so.
    """

    id: str
    input: Array
    digest: str
    targets: dict[Any, Any]
    native: Any = None
    padded: bool = False


@dataclass(eq=False)
class Pins:
    """The samples of one loader, in the order of its first validation.

    Attributes:
        wanted: How many to pin.
        samples: Those that are.
        complete: No further one is pinned: there are enough, or the first validation is over.
    """

    wanted: int
    samples: list[Sample] = field(default_factory=list)
    complete: bool = False

    def add(self, samples: Sequence[Sample]) -> None:
        """Pin further samples."""
        self.samples.extend(samples)
        self.complete = len(self.samples) >= self.wanted

    @property
    def missing(self) -> int:
        """How many are still to be pinned."""
        return 0 if self.complete else self.wanted - len(self.samples)


def as_input(row: Any) -> Array:
    """Give one sample's input as an array of its own: text as text, anything else by its `repr`."""
    array = np.array(row)
    return np.array(repr(row)) if array.dtype == object else array


def digest_of(array: Array) -> str:
    """Give 12 hex digits that tell an input by its shape, dtype and content."""
    digest = hashlib.sha1(f"{array.shape}{array.dtype.str}".encode(), usedforsecurity=False)
    digest.update(array.tobytes())
    return digest.hexdigest()[:12]


def sample_id(loader: int, position: int | None, digest: str) -> str:
    """Give the id of a sample; `position` is None where the loader's order is not fixed."""
    return f"sha1:{digest}" if position is None else f"{loader}/{position}"
