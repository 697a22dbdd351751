"""`val/predictions` and `val/inputs` of one loader: followed, read, shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .batch import seen
from .datasets import DatasetFacts
from .follow import Follower, Forward
from .samples import Sample
from .session import Session
from .showing.names import names_for
from .showing.pixels import Look
from .showing.predictions import pictorial, pictures_in, pictures_of, raw_table, table_of
from .tasks.evidence import Evidence, Unsure


class Predictions:
    """Shows the same samples of one loader at each validation.

    Args:
        session: Where it goes.
        follower: Follows the samples.
        stage: `val`, and the loader where there are several.
        facts: What is known of the loader's data set.
        part: Which of the model's outputs, where each is shown by itself.
    """

    def __init__(
        self,
        session: Session,
        follower: Follower,
        stage: str,
        facts: DatasetFacts,
        part: str = "",
    ) -> None:
        self.follower = follower
        self.stage = stage
        self.facts = facts
        self._session = session
        self._name = f"{stage}/{part}" if part else stage
        self._key = f"{stage}/predictions/{part}" if part else f"{stage}/predictions"

    def log(self, forward: Forward, step: int, epoch: float | None) -> None:
        """End a validation: log its predictions, or say why there are none."""
        samples = self.follower.samples
        if not samples:
            self._session.notice(f"capture_no_samples/{self._name}", _unpinned(self._name))
            return
        found = self.follower.predictions(forward, self._known)
        if isinstance(found, Unsure):
            self._unread(samples, found, step, epoch)
            return
        evidence, reading = found
        names = names_for(reading, evidence.rows[0], self._session.options, self.facts)
        look = self.look
        if look is not None and pictorial(samples):
            shown, left_out = pictures_of(samples, found, names, look, self.facts)
            self._session.count("capture_boxes_left_out", left_out)
            self._session.log({self._key: shown}, step, epoch)
        else:
            table = table_of(samples, found, names, self.facts, look)
            self._session.log_table(self._key, table, step, epoch)

    @property
    def look(self) -> Look | None:
        """How the followed samples' pictures are shown, or the frames of their videos; None of others."""
        pictures = pictures_in(self.follower.samples)
        return self._session.look(self.stage, pictures, self.facts) if pictures else None

    @property
    def _known(self) -> DatasetFacts:
        """What is known, the user's names before those that were found."""
        options = self._session.options
        given = options.class_labels is not None
        return replace(self.facts, classes=options.labels) if given else self.facts

    def _unread(
        self, samples: Sequence[Sample], why: Unsure, step: int, epoch: float | None
    ) -> None:
        if self.follower.reading is not None:
            self._session.notice(f"capture_missing/{self._name}", _missing(self._key, why))
            return
        said = _unsure(self._key, samples, why, self.follower.last)
        self._session.notice(f"capture_unsure/{self._name}", said)
        table = raw_table(samples, self.follower.last, self.look, self.facts)
        self._session.log_table(self._key, table, step, epoch)


def stage_of(stage: str, loader: int, loaders: int) -> str:
    """Name a stage by its loader, where there are several, as Lightning names metrics."""
    return stage if loaders == 1 else f"{stage}/dataloader_idx_{loader}"


def _unpinned(stage: str) -> str:
    return (
        f"no predictions of {stage}: the inputs of its batches can't be told; "
        "Capture(roles={'input': <index or name in the batch>}) says where they are"
    )


def _missing(key: str, why: Unsure) -> str:
    return (
        f"no {key} at this validation, and maybe at later ones: {why.reason}. A loader in a "
        "fixed order, or a forward() that takes the batch's inputs as they are, lets samples be followed"
    )


def _unsure(key: str, samples: Sequence[Sample], why: Unsure, last: Evidence | None) -> str:
    first = samples[0]
    targets = {place: seen(value) for place, value in first.targets.items()}
    output = "none" if last is None else f"{seen(last.rows[0])} ({last.source} {last.place!r})"
    return (
        f"no overlay on {key}: {why.reason}. Seen in one sample: input {seen(first.input)}, "
        f"targets {targets or 'none'}, output {output}. Pin what is meant, e.g. "
        "Capture(roles={'target': 1, 'prediction': 'logits', 'task': 'segmentation'})"
    )
