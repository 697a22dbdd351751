"""A run as capture's destination, where it is known and where it isn't yet."""

from __future__ import annotations

from pathlib import Path

import medialog_core
from medialog_core.placing.destination import Destination


def test_what_is_logged_is_changed_and_what_nothing_is_left_of_is_not_logged(
    tmp_path: Path,
) -> None:
    run = medialog_core.init(dir=tmp_path)
    kept = Destination(lambda: run, lambda data: {f"a/{key}": data[key] for key in data})
    kept.log({"x": 1.0}, 3, epoch=1.0)
    Destination(lambda: run, lambda _: {}).log({"y": 1.0}, 4)
    assert not kept.finished
    run.finish()
    assert kept.finished
    read = medialog_core.open_run(run.dir)
    assert [(p.step, p.value) for p in read.scalars("a/x")] == [(3, 1.0)]
    assert read.scalar_keys() == ["a/x"]
    assert read.last_step == 3


def test_a_run_that_is_not_known_yet_takes_nothing() -> None:
    nowhere = Destination(lambda: None, dict)
    nowhere.log({"x": 1.0}, 0)
    nowhere.state("health", "capture", {})
    nowhere.count("seen")
    nowhere.warn_once("topic", "said")
    assert nowhere.finished
