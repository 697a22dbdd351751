"""Every type is logged by workers of a data loader, through a pickled handle and by two writers at once."""

from __future__ import annotations

import multiprocessing
import pickle
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch

import medialog_core as medialog
from medialog_core import Run, RunReader, Table, open_run
from tests.kinds import KINDS, image

METHODS = ["fork", "spawn"]
forks = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def log_all(run: Run, step: int, table: Table) -> None:
    """Log a value of each type, and one more row of a table that grows."""
    table.add_data(step, image(step))
    values: dict[str, Any] = {kind: make(step) for kind, make in KINDS.items()}
    run.log({**values, "growing": table}, step=step)


def growing() -> Table:
    return Table(columns=["step", "picture"], log_mode="INCREMENTAL")


def check(reader: RunReader, steps: list[int]) -> None:
    """All that was logged at these steps is there, once."""
    for kind, make in KINDS.items():
        rows = reader.rows(kind, history=True)
        assert sorted(row.step or 0 for row in rows) == steps
        assert all(reader.load(row) == make(row.step or 0) for row in rows)
    table = reader.table("growing")
    assert Counter(table.get_column("step")) == Counter(steps)
    assert all(picture == image(step) for step, picture in table.data)


class Samples(torch.utils.data.Dataset[int]):
    """What a user's data set may do: log what it gives."""

    def __init__(self, run: Run, table: Table) -> None:
        self.run, self.table = run, table

    def __len__(self) -> int:
        return 6

    def __getitem__(self, index: int) -> int:
        log_all(self.run, index + 1, self.table)
        return index


@forks
@pytest.mark.parametrize("method", METHODS)
def test_workers_of_a_data_loader_log_every_type(tmp_path: Path, method: str) -> None:
    run = medialog.init("p", dir=tmp_path, id="r")
    table = growing()
    log_all(run, 0, table)
    samples = Samples(run, table)
    loader = torch.utils.data.DataLoader(samples, num_workers=2, multiprocessing_context=method)
    assert sorted(int(index) for index in loader) == list(range(6))
    run.finish()
    check(open_run(run.dir), list(range(7)))


def test_a_pickled_handle_logs_every_type(tmp_path: Path) -> None:
    run = medialog.init("p", dir=tmp_path, id="r")
    table = growing()
    log_all(run, 0, table)
    handle, copy = pickle.loads(pickle.dumps((run, table)))  # noqa: S301 - our own
    log_all(handle, 1, copy)
    handle.finish()
    run.finish()
    check(open_run(run.dir), [0, 1])


def log_some(run: Run, first: int) -> None:
    table = growing()
    for step in range(first, first + 5):
        log_all(run, step, table)
    run.finish(quiet=True)


@forks
@pytest.mark.parametrize("method", METHODS)
def test_two_writers_log_every_type_at_once(tmp_path: Path, method: str) -> None:
    run = medialog.init("p", dir=tmp_path, id="r")
    context: Any = multiprocessing.get_context(method)
    child = context.Process(target=log_some, args=(run, 10))
    child.start()
    table = growing()
    for step in range(5):
        log_all(run, step, table)
    child.join()
    assert child.exitcode == 0
    run.finish()
    check(open_run(run.dir), [*range(5), *range(10, 15)])
