"""A process that logs every kind is killed with -9 at random moments, resumed, and killed again.

Run as a script, this file is that process: it tells on a pipe what it logged and what `run.flush`
confirmed.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import medialog_core
from medialog_core import Image, RunReader, Table, codecs, open_run
from medialog_core.schema import Row
from medialog_core.store.doctor import examine
from tests.kinds import KINDS, image, numbers

TRIALS = int(os.environ.get("MEDIALOG_FAULT_TRIALS", "3"))
KILLS_OF_A_RUN = 16
"""Then another run is begun: what is checked does not grow with the trials."""
SIDE = 96
LATE_SECS = 4.0
"""A commit comes a second after the log at the latest; the rest is for a machine that is busy."""
LONG_SECS, SHORT_SECS = 5.0, 0.6
ROOT = Path(__file__).parents[2]
CONTENTS = 40
"""Contents come again after so many steps: their bytes are stored once."""


def picture(step: int) -> Image:
    pixels = numbers(step % CONTENTS, SIDE, SIDE, 3)
    masks = {"bright": {"mask_data": (pixels[..., 0] > 128).astype(int), "class_labels": {1: "y"}}}
    return Image(pixels, caption=f"step {step}", masks=masks)


def of_kind(kind: str, step: int) -> Any:
    return KINDS[kind](step // len(KINDS) % CONTENTS)


def row(step: int) -> list[Any]:
    return [step, f"row {step}", image(step % CONTENTS), [step, None]]


EVERY = {"picture": (1, 0), "growing": (3, 0)} | {
    kind: (len(KINDS), place) for place, kind in enumerate(KINDS)
}
"""At how many steps each key is logged, and at which first."""


SCALARS: dict[str, Callable[[int], float]] = {
    "loss": lambda step: step / 7,
    "square": lambda step: float(step**2),
}


def values(step: int, growing: Table) -> dict[str, Any]:
    growing.add_data(*row(step))
    makes: dict[str, Callable[[int], Any]] = {"picture": picture, "growing": lambda _: growing}
    return {
        key: makes[key](step) if key in makes else of_kind(key, step)
        for key, (every, first) in EVERY.items()
        if step % every == first
    }


def tell(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def log_for_ever(directory: Path) -> None:
    """Log until killed."""
    run = medialog_core.init("p", dir=directory, id="r", config={"side": SIDE})
    growing = Table(columns=["i", "name", "picture", "json"], log_mode="INCREMENTAL")
    draw = random.Random(time.time_ns())  # noqa: S311 - no secret
    pace = draw.choice((0.0, 0.01, 0.1))  # slow: what waits is committed by the clock alone
    tell("begins", run.step)
    for step in itertools.count(run.step):
        numbers = {key: value(step) for key, value in SCALARS.items()}
        run.log(values(step, growing) | numbers, step=step)
        tell("logged", step, time.monotonic())
        if draw.random() < max(0.03, pace) and run.flush():
            tell("flushed", step)
        time.sleep(pace)


@dataclass
class Trial:
    """What a killed process told of itself."""

    begins: int
    killed_at: float
    logged: dict[int, float] = field(default_factory=dict)
    confirmed: int = -1

    def note(self, word: str, step: str, *when: str) -> None:
        if word == "logged":
            self.logged[int(step)] = float(when[0])
        else:
            self.confirmed = int(step)

    @property
    def committed_for_sure(self) -> int:
        """The last step that must be there: it was confirmed, or logged long enough ago."""
        old = [step for step, when in self.logged.items() if when < self.killed_at - LATE_SECS]
        return max([self.confirmed, *old])


def killed_after(directory: Path, secs: float | None) -> Trial:
    """Let a process log for a while, or until it flushed if None, and kill it."""
    command = [sys.executable, __file__, str(directory)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        word, step = process.stdout.readline().split()
        assert word == "begins"
        lines = [] if secs is not None else list(until_flushed(process.stdout))
        time.sleep(secs or 0.0)
        process.send_signal(signal.SIGKILL)
        trial = Trial(int(step), time.monotonic())
        for line in (*lines, *process.stdout):
            if line.endswith("\n"):
                trial.note(*line.split())
    return trial


def until_flushed(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if line.startswith("flushed"):
            return


def rows_since(reader: RunReader, first: int) -> dict[str, list[Row]]:
    """Give the rows of media that were logged from `first` on, by key."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for one in reader.rows():
        if one.step is not None and one.step >= first:
            found[one.key].append(one)
    return found


def check_nothing_is_missing_between(key: str, steps: list[int], trial: Trial) -> None:
    """What is there is all of it up to some step, and that is not too early."""
    every, place = EVERY.get(key, (1, 0))
    first = trial.begins + (place - trial.begins) % every
    assert steps == list(range(first, first + every * len(steps), every)), key
    assert first + every * len(steps) > trial.committed_for_sure, key


def check_scalars(reader: RunReader, trial: Trial) -> None:
    for key, value in SCALARS.items():
        points = [point for point in reader.scalars(key) if point.step >= trial.begins]
        check_nothing_is_missing_between(key, [point.step for point in points], trial)
        assert all(point.value == value(point.step) for point in points)


def check_media(reader: RunReader, trial: Trial) -> list[int]:
    """Check what was logged since the last kill; give the rows of the table that grows."""
    found = rows_since(reader, trial.begins)
    for key in EVERY:
        check_nothing_is_missing_between(key, [one.step or 0 for one in found[key]], trial)
    grown = [cells for one in found.pop("growing", []) for cells in reader.load(one).data]
    assert [cells[0] for cells in grown] == list(range(trial.begins, trial.begins + len(grown)))
    assert grown == [row(step) for step in range(trial.begins, trial.begins + len(grown))]
    for key, rows in found.items():
        for one in rows:
            assert one.step is not None
            expected = picture(one.step) if key == "picture" else of_kind(key, one.step)
            assert reader.load(one) == expected, (key, one.step)
    return [cells[0] for cells in grown]


def kill_again_and_again(place: Path, trials: Iterable[int]) -> None:
    draw = random.Random(time.time_ns())  # noqa: S311 - no secret
    directory = place / "p" / "r"
    highest, settled, grown = -1, False, []
    for number in trials:
        long = number % KILLS_OF_A_RUN == 2
        secs = draw.uniform(LATE_SECS, LONG_SECS) if long else draw.uniform(0.0, SHORT_SECS)
        trial = killed_after(place, None if number % 3 == 1 else secs)
        reader = open_run(directory)
        assert trial.begins == highest + 1
        check_scalars(reader, trial)
        grown += check_media(reader, trial)
        settled = settled or trial.committed_for_sure >= trial.begins
        assert reader.config == {"side": SIDE} or not (settled or reader.config)
        highest = reader.last_step
    check_end(directory, highest, grown)


def check_end(directory: Path, highest: int, grown: list[int]) -> None:
    reader = open_run(directory)
    assert [finding for finding in examine(directory) if finding.level == "error"] == []
    assert not grown or reader.table("growing").get_column("i") == grown
    place = directory.parents[1]
    with medialog_core.init("p", dir=place, id="r", resume="must") as run:
        run.log({"loss": run.step / 7})
    assert reader.scalars("loss")[-1].step == highest + 1
    assert open_run(directory).status == "finished"


def test_every_kind_is_among_those_that_are_logged() -> None:
    assert list(KINDS) == [codec.kind for codec in codecs.TABLE]


@pytest.mark.faults
@pytest.mark.timeout(60 + 20 * TRIALS)
def test_killed_at_any_moment_a_run_reads_back_and_goes_on(tmp_path: Path) -> None:
    for first in range(0, TRIALS, KILLS_OF_A_RUN):
        trials = range(first, min(first + KILLS_OF_A_RUN, TRIALS))
        kill_again_and_again(tmp_path / str(first), trials)


if __name__ == "__main__":
    log_for_ever(Path(sys.argv[1]))
