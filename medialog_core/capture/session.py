"""What the captures of one training share: options, runs, budget, and what happens on an error."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, Protocol

from ..arrays import Array
from ..errors import MedialogError
from ..media.tables.table import Table
from ..schema import Area
from .batch import Batch, is_picture, numpy_of, seen
from .budget import Budget
from .datasets import DatasetFacts
from .options import Capture
from .showing.films import film, films_of, shown_of
from .showing.inputs import input_rows, media_of
from .showing.pixels import Look, decide_look, grid_of

_FILMS_LEFT_OUT = "capture_films_left_out"
"""Counts videos and volumes that were too many, or too large, to be shown together."""


class Destination(Protocol):
    """What capture needs of a `Run`."""

    @property
    def finished(self) -> bool:
        """Whether it takes no more."""

    def log(
        self,
        data: Mapping[str, Any],
        step: int | None = None,
        commit: bool | None = None,
        *,
        epoch: float | None = None,
    ) -> None:
        """Log numbers and media under their keys."""

    def state(self, area: Area, key: str, value: Any) -> None:
        """Record a fact of the run itself."""

    def count(self, name: str, n: int = 1) -> None:
        """Add to a counter of its health."""

    def warn_once(self, topic: str, message: str) -> None:
        """Say something the first time for a topic."""


class Session:
    """Brings what is captured to the runs, and keeps capture's own faults out of the training.

    Args:
        options: What to capture.
        runs: Where it goes: the same to each.
        budget: What looking may cost; by default as `options` say, on the real clock.
    """

    def __init__(
        self, options: Capture, runs: Sequence[Destination], budget: Budget | None = None
    ) -> None:
        self.options = options
        self.budget = budget or Budget(options.budget)
        self._runs = runs
        self._looks: dict[str, Look] = {}
        self._off: set[str] = set()
        self._told = (0, 0)

    def log(self, data: Mapping[str, Any], step: int, epoch: float | None) -> None:
        """Log to each run."""
        for run in self._runs:
            run.log(data, step=step, epoch=epoch)

    def active(self, what: str) -> bool:
        """Say whether a capture is still on: an error of its own turns it off."""
        return what not in self._off

    @contextmanager
    def looking(self, what: str) -> Iterator[None]:
        """Count the block's time and let no error of it out: the first one turns `what` off."""
        try:
            with self.budget.spending(what):
                yield
        except MedialogError as error:  # it says all that is to be known
            self._turn_off(what, f"is off for the rest of this run: {error}")
        except Exception:  # noqa: BLE001 - whatever goes wrong in capture is not the training's affair
            text = f"failed and is off for the rest of this run:\n{traceback.format_exc()}"
            self._turn_off(what, text)

    def _turn_off(self, what: str, why: str) -> None:
        self._off.add(what)
        self.notice(f"capture_errors/{what}", f"capture of {what} {why}")

    def notice(self, topic: str, message: str) -> None:
        """Say something once a run; count it each time."""
        for run in self._runs:
            run.warn_once(topic, message)

    def count(self, name: str, number: int) -> None:
        """Add to a counter of each run's health."""
        for run in self._runs if number else ():
            run.count(name, number)

    def look(self, key: str, pictures: Sequence[Array], facts: DatasetFacts) -> Look:
        """Give how the pictures of a key are shown: decided by the first ones, once."""
        if key not in self._looks:
            given = self.options.denormalize
            found = (facts.mean, facts.std) if given == "auto" else given or (None, None)
            mean, std = ((tuple(map(float, each)) if each is not None else None) for each in found)
            self._looks[key] = decide_look(pictures, mean, std, stated=given != "auto")
        return self._looks[key]

    def log_inputs(
        self, stage: str, batch: Batch, facts: DatasetFacts, step: int, epoch: float | None
    ) -> None:
        """Log `<stage>/inputs` of a batch's first inputs: a grid of pictures, videos, sounds, or a table of texts.

        Args:
            stage: `train` or `val`, and the loader where there are several.
            batch: The batch, taken apart.
            facts: What is known of its data set.
            step: Training step.
            epoch: Epoch, where it is known.
        """
        first = input_rows(batch.inputs, self.options.num_samples)
        shown: Any
        if is_picture(first):
            shown = grid_of(first, self.look(stage, first, facts))
        elif (films := films_of(first)) is not None:
            look = self.look(stage, list(chain.from_iterable(films)), facts)
            most = shown_of(films)
            shown = [film(frames, look) for frames in films[:most]]
            self.count(_FILMS_LEFT_OUT, len(films) - most)
        else:
            shown = media_of(first, facts)
        if shown is None:
            self.notice(f"capture_no_pictures/{stage}", _no_pictures(stage, batch))
        else:
            self.log({f"{stage}/inputs": shown}, step, epoch)

    def log_table(self, key: str, table: Table, step: int, epoch: float | None) -> None:
        """Log a table of samples, of which those that have no input had to be left out."""
        self.count(_FILMS_LEFT_OUT, sum(cell is None for cell in table.get_column("input")))
        self.log({key: table}, step, epoch)

    def close(self) -> None:
        """Write down what capture cost beyond its share, if it did; each thing is counted once.

        A session goes on where its training does.
        """
        health = {
            "capture_secs": round(self.budget.spent_secs, 3),
            "capture_overspent_secs": round(max(self.budget.overspent_secs, 0.0), 3),
            "capture_put_off": self.budget.refused,
        }
        for run in self._runs:
            if not run.finished:
                run.state("health", "capture", health)
        told = self.budget.refused, int(1000 * max(self.budget.overspent_secs, 0.0))
        self.count("capture_put_off", max(told[0] - self._told[0], 0))
        self.count("capture_overspent_ms", max(told[1] - self._told[1], 0))
        self._told = told


def _no_pictures(stage: str, batch: Batch) -> str:
    came = (
        seen(numpy_of(batch.inputs))
        if batch.inputs is not None
        else "a batch whose inputs can't be told"
    )
    return (
        f"no grid of {stage} inputs: they are not N×C×H×W pictures of 1, 3 or 4 channels, nor videos, but {came}; "
        "Capture(roles={'input': <index or name in the batch>}) says where pictures are"
    )
