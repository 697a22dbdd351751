"""`define_metric` of a run that is being written, and what it makes of the summary."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import medialog_core
from medialog_core import Image, Run, open_run
from medialog_core.errors import InvalidInput, NotStarted
from medialog_core.runs.opening import start
from medialog_core.runs.spec import RunSpec
from medialog_core.testing import MemorySink


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = start(RunSpec(tmp_path / "r", "r", "r"))
    yield made
    made.finish(quiet=True)


def log_all(run: Run, *values: float, key: str = "loss") -> None:
    for value in values:
        run.log({key: value})


def test_the_definition_that_a_call_makes_is_given_and_kept(run: Run) -> None:
    epoch = run.define_metric("epoch", hidden=True)
    metric = run.define_metric("val/*", step_metric=epoch, summary="max")
    assert (metric.name, metric.step_metric, metric.step_sync) == ("val/*", "epoch", True)
    assert run.define_metric("val/*") == metric
    run.finish()
    reader = open_run(run.dir)
    assert reader.metrics == {"epoch": epoch, "val/*": metric}
    assert reader.metric("val/loss") == metric
    assert reader.metric("loss") is None


def test_pictures_stand_on_the_axis_of_their_metric(run: Run) -> None:
    run.define_metric("val/*", step_metric="epoch")
    picture = Image(np.zeros((8, 8), np.uint8))
    for epoch in range(3):
        for _ in range(4):
            run.log({"loss": 0.1})
        run.log({"epoch": epoch, "val/worst": [picture, picture]})
    run.log({"val/worst": picture})
    run.finish()
    reader = open_run(run.dir)
    rows = reader.rows("val/worst")
    assert [row.step for row in rows] == [4, 4, 9, 9, 14, 14, 15]
    assert reader.x_values("val/worst", rows) == [0, 0, 1, 1, 2, 2, 2]


def test_the_summary_has_what_was_asked_for_while_the_run_goes_on_and_afterwards(run: Run) -> None:
    run.define_metric("loss", summary="min,mean,first,last")
    run.define_metric("acc*", summary="best", goal="maximize")
    run.define_metric("noise", summary="none")
    log_all(run, 3.0, 1.0, 2.0)
    log_all(run, 0.5, 0.25, key="acc/top1")
    run.log({"noise": 1.0, "plain": 4.0})
    expected = {
        "loss": {"min": 1.0, "mean": 2.0, "first": 3.0, "last": 2.0},
        "acc/top1": {"best": 0.5},
        "plain": 4.0,
    }
    assert dict(run.summary) == expected
    assert len(run.summary) == 3
    assert run.summary.loss.min == run.summary["loss"]["min"] == 1.0
    with pytest.raises(AttributeError, match=r"no 'max'; there is \['first', 'last'"):
        _ = run.summary.loss.max
    with pytest.raises(KeyError):
        _ = run.summary["noise"]
    run.finish()
    assert open_run(run.dir).summary == expected


def test_a_nan_spoils_no_statistics(run: Run) -> None:
    run.define_metric("loss", summary="min,max,mean,last")
    log_all(run, 3.0, 1.0, math.nan)
    found = run.summary["loss"]
    assert (found["min"], found["max"], found["mean"]) == (1.0, 3.0, 2.0)
    assert math.isnan(found["last"])


@pytest.mark.parametrize("resumed", [False, True])
def test_what_was_logged_before_the_definition_counts(
    run: Run, tmp_path: Path, resumed: bool
) -> None:
    log_all(run, 1.0, 5.0, 3.0)
    if resumed:
        run.finish()
        run = start(RunSpec(tmp_path / "r", "r", "r"))
    run.define_metric("lo*", summary="min,max,first")
    log_all(run, 4.0)
    run.define_metric("loss", summary="mean")
    log_all(run, 2.0)
    assert run.summary["loss"] == {"mean": 3.0}
    run.define_metric("loss", summary="min,max,first")
    assert run.summary["loss"] == {"min": 1.0, "max": 5.0, "first": 1.0}
    run.finish()
    assert open_run(run.dir).summary["loss"] == {"min": 1.0, "max": 5.0, "first": 1.0}


def test_a_resumed_run_goes_on_with_its_definitions_and_numbers(run: Run, tmp_path: Path) -> None:
    run.define_metric("loss", step_metric="epoch", summary="min,mean")
    log_all(run, 4.0, 2.0)
    log_all(run, 7.0, key="plain")
    run.finish()
    again = start(RunSpec(tmp_path / "r", "r", "r"))
    assert dict(again.summary) == {"loss": {"min": 2.0, "mean": 3.0}, "plain": 7.0}
    assert again.define_metric("loss", hidden=True).step_metric == "epoch"
    log_all(again, 6.0)
    assert again.summary["loss"] == {"min": 2.0, "mean": 4.0}
    again.finish()
    assert open_run(again.dir).summary["loss"] == {"min": 2.0, "mean": 4.0}


def test_a_rank_resumes_with_its_own_numbers(run: Run, tmp_path: Path) -> None:
    other = start(RunSpec(tmp_path / "r", "r", "r", rank=1, owner=False))
    run.define_metric("loss", summary="max")
    log_all(run, 1.0)
    log_all(other, 9.0)
    run.finish()
    other.finish()
    again = [start(RunSpec(tmp_path / "r", "r", "r", rank=rank, owner=False)) for rank in (0, 1)]
    assert [each.summary["loss"] for each in again] == [{"max": 1.0}, {"max": 9.0}]
    for each in again:
        each.finish()


def test_without_a_store_the_last_number_stands_for_what_went_before(tmp_path: Path) -> None:
    run = Run(RunSpec(tmp_path, "r", "r", sinks=(MemorySink(),)))
    log_all(run, 1.0, 3.0)
    run.define_metric("loss", summary="min,max")
    log_all(run, 4.0)
    assert run.summary["loss"] == {"min": 3.0, "max": 4.0}
    run.finish()


def test_tensorboard_takes_a_run_with_definitions(tmp_path: Path) -> None:
    run = start(RunSpec(tmp_path / "r", "r", "r", sinks=("store", "tensorboard")))
    run.define_metric("loss", step_metric="epoch", summary="min")
    run.log({"loss": 1.0, "epoch": 2})
    run.finish()
    assert "first_error" not in run.health


def test_a_definition_is_written_once(tmp_path: Path) -> None:
    sink = MemorySink()
    run = Run(RunSpec(tmp_path, "r", "r", sinks=(sink,)))
    for _ in range(3):
        run.define_metric("loss", summary="min")
    run.finish()
    assert [getattr(r, "area", None) for r in sink.records].count("metric") == 1
    assert sink.state()["metric", "loss"] == {"name": "loss", "summary": ["min"]}


def test_a_mistake_changes_nothing(run: Run) -> None:
    metric = run.define_metric("loss", summary="min")
    with pytest.raises(InvalidInput):
        run.define_metric("loss", summary="avg")
    assert run.define_metric("loss") == metric


def test_a_finished_run_refuses_definitions(run: Run) -> None:
    run.finish()
    with pytest.raises(InvalidInput, match="define_metric: run 'r' is finished"):
        run.define_metric("loss")


def test_a_disabled_run_takes_definitions_and_writes_nothing(tmp_path: Path) -> None:
    run = Run(RunSpec(tmp_path / "r", "r", "r", disabled=True))
    run.define_metric("loss", summary="max")
    log_all(run, 1.0, 3.0, 2.0)
    assert run.summary["loss"] == {"max": 3.0}
    run.finish()
    assert list(tmp_path.iterdir()) == []


def test_numbers_of_many_threads_all_count(run: Run) -> None:
    run.define_metric("loss", summary="mean,max")
    threads = [threading.Thread(target=log_all, args=(run, *range(i, 400, 4))) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert run.summary["loss"] == {"mean": 199.5, "max": 399}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_counts_on_although_a_thread_was_counting(run: Run) -> None:
    run.define_metric("loss", summary="max")
    log_all(run, 1.0)
    held = threading.Event()
    done = threading.Event()

    def hold() -> None:
        with run._numbers._lock:
            held.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(30)
    child = os.fork()
    if child == 0:
        log_all(run, 2.0)
        os._exit(0 if run.summary["loss"] == {"max": 2.0} else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    done.set()
    thread.join()


def test_the_active_runs_metrics_can_be_defined(tmp_path: Path) -> None:
    with pytest.raises(NotStarted, match="define_metric was used before init"):
        medialog_core.define_metric("loss")
    run = medialog_core.init(dir=tmp_path)
    medialog_core.define_metric("loss", "epoch", True, False, "min", False)
    medialog_core.finish()
    [metric] = open_run(run.dir).metrics.values()
    assert (metric.step_metric, metric.summary) == ("epoch", ("min",))
