"""A process that logs is killed with -9 at random moments, resumed, and killed again.

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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from skimage import data

import medialog_core
from medialog_core import Image, RunReader, Table, open_run
from medialog_core.store.doctor import examine

TRIALS = int(os.environ.get("MEDIALOG_FAULT_TRIALS", "3"))
SIDE = 96
TABLE_EVERY = 7
LATE_SECS = 4.0
"""A commit comes a second after the log at the latest; the rest is for a machine that is busy."""
PHOTO = data.astronaut()


def picture(step: int) -> Image:
    """A part of a photograph with a mask; some parts come again."""
    top, left = step * 31 % 400, step * 17 % 200
    crop = PHOTO[top : top + SIDE, left : left + SIDE]
    masks = {"bright": {"mask_data": (crop[..., 0] > 128).astype(int), "class_labels": {1: "yes"}}}
    return Image(crop, caption=f"step {step}", masks=masks)


def table(step: int) -> Table:
    rows = [[i, f"row {i}", picture(step + i)] for i in range(4)]
    return Table(columns=["i", "name", "picture"], data=rows)


def tell(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def log_for_ever(directory: Path) -> None:
    """Log until killed."""
    run = medialog_core.init("p", dir=directory, id="r", config={"side": SIDE})
    draw = random.Random(time.time_ns())  # noqa: S311 - no secret
    pace = draw.choice((0.0, 0.01, 0.3))  # slow: what waits is committed by the clock alone
    tell("begins", run.step)
    for step in itertools.count(run.step):
        run.log({"picture": picture(step), "loss": step / 7, "square": float(step**2)})
        if step % TABLE_EVERY == 0:
            run.log({"table": table(step)}, step=step)
        tell("logged", step, time.monotonic())
        if draw.random() < max(0.02, pace / 3) and run.flush():
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
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
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


def steps_since(reader: RunReader, first: int) -> dict[str, list[int]]:
    """Give the steps of everything that was logged from `first` on."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for key in ("picture", "table"):
        found[key] = [step for step in reader.steps(key) if step >= first]
    for key in ("loss", "square"):
        found[key] = [point.step for point in reader.scalars(key) if point.step >= first]
    return found


def check_nothing_is_missing_between(reader: RunReader, trial: Trial) -> None:
    """What is there is all of it up to some step, and that is not too early."""
    for key, steps in steps_since(reader, trial.begins).items():
        every = TABLE_EVERY if key == "table" else 1
        first = -(-trial.begins // every) * every
        assert steps == list(range(first, first + every * len(steps), every)), key
        assert first + every * len(steps) > trial.committed_for_sure, key


def check_all_is_equal(reader: RunReader, first: int) -> None:
    for key, made in (("picture", picture), ("table", table)):
        for row in reader.rows(key):
            assert row.step is not None
            assert row.step < first or reader.load(row) == made(row.step)
    assert all(point.value == point.step / 7 for point in reader.scalars("loss"))
    assert all(point.value == point.step**2 for point in reader.scalars("square"))


@pytest.mark.faults
@pytest.mark.timeout(60 + 20 * TRIALS)
def test_killed_at_any_moment_a_run_reads_back_and_goes_on(tmp_path: Path) -> None:
    draw = random.Random(time.time_ns())  # noqa: S311 - no secret
    directory = tmp_path / "p" / "r"
    highest, settled = -1, False
    for number in range(TRIALS):
        trial = killed_after(tmp_path, None if number % 3 == 1 else draw.uniform(0.0, 5.0))
        reader = open_run(directory)
        assert trial.begins == highest + 1
        check_nothing_is_missing_between(reader, trial)
        check_all_is_equal(reader, trial.begins)
        settled = settled or trial.committed_for_sure >= trial.begins
        assert reader.config == {"side": SIDE} or not (settled or reader.config)
        highest = reader.last_step
    assert [finding for finding in examine(directory) if finding.level == "error"] == []
    with medialog_core.init("p", dir=tmp_path, id="r", resume="must") as run:
        run.log({"loss": run.step / 7})
    assert open_run(directory).scalars("loss")[-1].step == highest + 1
    assert open_run(directory).status == "finished"


if __name__ == "__main__":
    log_for_ever(Path(sys.argv[1]))
