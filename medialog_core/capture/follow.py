"""Following the same samples of one loader through all validations of a training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .batch import Batch, rows
from .datasets import NOTHING_KNOWN, DatasetFacts
from .options import Role
from .samples import Pins, Sample, as_input, digest_of, sample_id
from .showing.inputs import input_rows
from .tasks.evidence import LOSS_TARGET, Evidence, Reading, Unsure
from .tasks.recognise import Found, reads, recognise

Forward = Callable[[Role, Sequence[Sample]], "Sequence[Evidence]"]
"""Predicts samples again with the module of that path; gives nothing where it can't."""

Key = tuple[str, str | None, Role, int]
"""Where in a step a prediction is seen, the same in each batch."""

ROOT = ""
_CLOSE = {"rtol": 1e-3, "atol": 1e-4}


@dataclass(frozen=True)
class Leading:
    """The pinned samples that lead a batch, and where they stand among all pinned ones."""

    samples: Sequence[Sample]
    first: int


class Follower:
    """Pins the leading samples of a loader and finds their predictions at each validation.

    Args:
        loader: The loader's index.
        num_samples: How many samples to follow.
        roles: What the user pinned.
        position: Gives the place in the data set of the loader's i-th sample; None where its order
            is not fixed.
    """

    def __init__(
        self,
        loader: int,
        num_samples: int,
        roles: dict[str, Role],
        position: Callable[[int], int] | None,
    ) -> None:
        self.reading: Reading | None = None
        self._loader = loader
        self._roles = roles
        self._position = position
        self._pins = Pins(num_samples)
        self._places: dict[int, tuple[int, int]] = {}
        self._merged: dict[Key, Evidence] = {}
        self._matched = 0
        self._chosen: Key | None = None
        self._forward: tuple[Role, Role, Reading] | None = None

    @property
    def samples(self) -> Sequence[Sample]:
        """The pinned samples, in order."""
        return self._pins.samples

    @property
    def last(self) -> Evidence | None:
        """What was seen last of all samples' predictions in this validation, read or not."""
        return next((e for e in reversed(self._merged.values()) if self._all_seen(e)), None)

    def begin(self) -> None:
        """Begin a validation."""
        self._pins.complete = bool(self._pins.samples)
        self._merged = {}
        self._matched = 0

    def wants(self, batch_idx: int) -> bool:
        """Say whether a batch may hold followed samples."""
        if not self._pins.complete:
            return True
        return batch_idx in self._places and self._position is not None

    def look(self, batch_idx: int, batch: Batch, native: Callable[[int], Any]) -> Leading | None:
        """Take from a batch, before the step sees it, what is followed.

        Args:
            batch_idx: Its place in the loader.
            batch: The batch, taken apart.
            native: Gives the framework's own row of the inputs, to be kept for another forward.

        Returns:
            The followed samples, which lead the batch; None where there are none.
        """
        if self._pins.missing:
            return self._pin(batch_idx, batch, native)
        first, count = self._places.get(batch_idx, (0, 0))
        pinned = self.samples[first : first + count]
        if not count or batch.size < count or not _match(pinned, input_rows(batch.inputs, count)):
            return None
        return Leading(pinned, first)

    def see(self, leading: Leading, evidence: Sequence[Evidence]) -> None:
        """Take what was seen of the predictions of a batch's followed samples."""
        self._matched += len(leading.samples)
        for each in evidence:
            key = _key(each)
            before = self._merged.get(key)
            self._merged[key] = each if before is None else _joined(before, each)

    def predictions(self, forward: Forward, facts: DatasetFacts = NOTHING_KNOWN) -> Found | Unsure:
        """Give this validation's predictions of all followed samples and what they mean.

        Args:
            forward: Predicts them again where the validation didn't hold them.
            facts: What is known of data set and model.
        """
        if not self.samples:
            return Unsure("no sample was pinned")
        if self.reading is None:
            return self._first(forward, facts)
        chosen = self._merged.get(self._chosen) if self._chosen is not None else None
        if (
            chosen is not None
            and self._all_seen(chosen)
            and reads(self.samples, chosen, self.reading, facts)
        ):
            return chosen, self.reading
        return self._again(forward, facts)

    def _pin(self, batch_idx: int, batch: Batch, native: Callable[[int], Any]) -> Leading | None:
        count = min(self._pins.missing, batch.size)
        if not count:
            return None
        first = len(self.samples)
        targets = {place: rows(leaf, count) for place, leaf in batch.targets.items()}
        padded = _padded(batch, count)
        fresh = []
        for i, row in enumerate(map(as_input, input_rows(batch.inputs, count))):
            digest = digest_of(row)
            place = self._position(first + i) if self._position is not None else None
            own = {name: kept[i] for name, kept in targets.items()}
            fresh.append(
                Sample(
                    sample_id(self._loader, place, digest), row, digest, own, native(i), padded[i]
                )
            )
        self._pins.add(fresh)
        self._places[batch_idx] = (first, count)
        return Leading(fresh, first)

    def _first(self, forward: Forward, facts: DatasetFacts) -> Found | Unsure:
        evidence = [e for e in self._merged.values() if self._all_seen(e)]
        found = recognise(self.samples, evidence, self._roles, facts)
        if isinstance(found, Unsure):
            named = any(e.source == "named output" for e in evidence)
            again = () if named else forward(ROOT, self.samples)
            found_again = recognise(self.samples, again, self._roles, facts)
            if isinstance(found_again, Unsure):
                return found
            found = found_again
        chosen, reading = found
        if reading.target == LOSS_TARGET and chosen.target is not None:
            for sample, truth in zip(self.samples, chosen.target, strict=True):
                sample.targets[LOSS_TARGET] = truth
        self.reading = reading
        self._chosen = _key(chosen)
        self._forward = self._route(found, evidence, forward)
        return found

    def _all_seen(self, evidence: Evidence) -> bool:
        return self._matched == len(self.samples) == len(evidence.rows)

    def _route(
        self, found: Found, evidence: Sequence[Evidence], forward: Forward
    ) -> tuple[Role, Role, Reading] | None:
        """Find the module that predicts the samples again, proven by what it gave this time."""
        chosen, reading = found
        if chosen.source == "forward":
            return ROOT, chosen.place, reading
        for each in evidence:
            if each.module is not None and each.on_inputs and _close(each, chosen):
                return each.module, each.place, reading
        if self._position is not None:
            return None
        for each in forward(ROOT, self.samples):
            if _close(each, chosen):
                return ROOT, each.place, reading
        return None

    def _again(self, forward: Forward, facts: DatasetFacts) -> Found | Unsure:
        if self._forward is None:
            return Unsure(
                "the validation no longer holds the followed samples, and no forward is known to predict them"
            )
        module, place, reading = self._forward
        for each in forward(module, self.samples):
            if each.place == place and reads(self.samples, each, reading, facts):
                return each, reading
        return Unsure("the followed samples could not be predicted again here")


def _key(evidence: Evidence) -> Key:
    return evidence.source, evidence.module, evidence.place, evidence.order


def _match(pinned: Sequence[Sample], inputs: Sequence[Any]) -> bool:
    return [s.digest for s in pinned] == [digest_of(as_input(row)) for row in inputs]


def _padded(batch: Batch, count: int) -> list[bool]:
    if batch.pixel_mask is None:
        return [False] * count
    return [not np.all(mask) for mask in rows(batch.pixel_mask, count)]


def _joined(before: Evidence, after: Evidence) -> Evidence:
    target = None
    if before.target is not None and after.target is not None:
        target = [*before.target, *after.target]
    return replace(
        before,
        rows=[*before.rows, *after.rows],
        target=target,
        on_inputs=before.on_inputs and after.on_inputs,
    )


def _close(one: Evidence, other: Evidence) -> bool:
    return one is other or (
        len(one.rows) == len(other.rows)
        and all(_close_rows(a, b) for a, b in zip(one.rows, other.rows, strict=True))
    )


def _close_rows(a: Any, b: Any) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_close_rows(a[key], b[key]) for key in a)
    return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, **_CLOSE, equal_nan=True))
