from __future__ import annotations

import math
from pathlib import Path

import pytest

import medialog_core
from benchmarks.goals import GOALS
from benchmarks.report import section
from benchmarks.runner import measure
from benchmarks.workloads import WORKLOADS

INSTALLED = [
    (name, label)
    for name, workload in WORKLOADS.items()
    for label, missing in workload.labels().items()
    if not missing
]


@pytest.mark.filterwarnings("ignore")  # the peers' own
@pytest.mark.parametrize(("name", "label"), INSTALLED)
def test_every_contender_runs_at_tiny_size(name: str, label: str, tmp_path: Path) -> None:
    workload = WORKLOADS[name]
    if name.startswith("keras"):  # it has one back end a process
        measures = measure(name, label, workload.tiny).measures
    else:
        measures = workload.run(label, tmp_path / "run", workload.tiny)
    medialog_core.finish()  # a training leaves its run open, and this process goes on
    assert measures
    assert all(math.isfinite(value) for value in measures.values())


def test_a_goal_names_a_workload_and_a_contender_that_are_there() -> None:
    for goal in GOALS:
        labels = WORKLOADS[goal.workload].labels()
        assert goal.label in labels
        assert goal.of in {"", *labels}


def test_a_process_of_its_own_gives_the_measures_of_its_goals() -> None:
    outcome = measure("table", "medialog", WORKLOADS["table"].tiny)
    wanted = {goal.measure for goal in GOALS if goal.workload == "table"}
    assert outcome.error == ""
    assert wanted <= outcome.measures.keys()


def test_what_fails_is_told_and_ends_nothing() -> None:
    outcome = measure("table", "nobody", WORKLOADS["table"].tiny)
    assert (outcome.measures, outcome.error) == ({}, "KeyError: 'nobody'")
    assert "failed: nobody, round 1: KeyError: 'nobody'" in section(WORKLOADS["table"], [outcome])
