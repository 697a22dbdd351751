"""What a run is called, and what else W&B's users ask of it."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import medialog_core
from medialog_core import Run, cli, open_project, open_run
from medialog_core.errors import InvalidInput, MissingExtra, WrongType
from medialog_core.store.reader import RunReader


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = medialog_core.init(
        "cells", "first", dir=tmp_path, id="r", tags=["a"], notes="n", group="g", job_type="train"
    )
    yield made
    made.finish(quiet=True)


def test_it_tells_what_it_was_given(run: Run) -> None:
    assert (run.id, run.name, run.project, run.tags) == ("r", "first", "cells", ("a",))
    assert (run.notes, run.group, run.job_type) == ("n", "g", "train")
    assert (run.resumed, run.starting_step, run.offline, run.disabled) == (False, 0, True, False)
    assert (run.url, run.entity, run.path) == (None, "", "cells/r")
    assert (run.project_url, run.sweep_id, run.sweep_url) == (None, None, None)
    assert run.start_time == open_run(run.dir).info.created


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_of_what_holds_the_run_holds_the_same_run(
    run: Run, copied: Callable[[Any], Any]
) -> None:
    held = copied({"run": copied(run)})["run"]
    assert held is run
    run.log({"loss": 1})
    held.log({"loss": 2})
    run.finish()
    assert [(s.step, s.value) for s in open_run(run.dir).scalars("loss")] == [(0, 1), (1, 2)]


def test_its_path_is_what_the_command_line_takes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run.finish()
    monkeypatch.chdir(tmp_path)
    assert cli.main(["show", run.path]) == 0
    assert run.path in capsys.readouterr().out


def test_a_new_name_tags_and_notes_are_read_back(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run.name = run.name + "-lr0.1"
    run.tags += ("b",)
    run.notes = "better"
    assert (run.name, run.tags, run.notes) == ("first-lr0.1", ("a", "b"), "better")
    run.finish()
    reader = open_run(run.dir)
    said = reader.described
    assert (reader.name, tuple(said.tags), said.notes) == (run.name, run.tags, run.notes)
    assert (reader.info.name, reader.info.tags) == ("first", ["a"])
    assert open_project(tmp_path).run("first-lr0.1").id == "r"
    assert cli.main(["ls", str(tmp_path)]) == 0
    assert "first-lr0.1" in capsys.readouterr().out


def test_a_resumed_run_keeps_them(run: Run, tmp_path: Path) -> None:
    run.name, run.tags = "second", ["z"]
    run.log({"loss": 1.0}, step=4)
    run.finish()
    again = medialog_core.init("cells", dir=tmp_path, id="r", resume="must")
    assert (again.name, again.tags, again.notes, again.group) == ("second", ("z",), "n", "g")
    assert (again.resumed, again.starting_step) == (True, 5)
    again.finish()


def test_nothing_is_no_name_and_no_tags(run: Run) -> None:
    run.name, run.tags, run.notes = None, None, None
    assert (run.name, run.tags, run.notes) == ("r", (), None)


def test_what_is_no_text_is_refused(run: Run) -> None:
    with pytest.raises(WrongType, match="name: expected a string, got int 5"):
        run.name = 5  # type: ignore[assignment]
    with pytest.raises(WrongType, match=r"tags\[0\]: expected a string, got int 5"):
        run.tags = [5]  # type: ignore[list-item]
    assert (run.name, run.tags) == ("first", ("a",))


def test_a_finished_run_keeps_its_name(run: Run) -> None:
    run.finish()
    with pytest.raises(InvalidInput, match="name: run 'r' is finished"):
        run.name = "late"


def test_without_duckdb_a_sealed_run_has_the_name_that_it_began_with(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.name = "second"
    run.finish()

    def fail(*_: object) -> None:
        raise MissingExtra("reading a sealed run", "parquet")

    monkeypatch.setattr(RunReader, "state", fail)
    assert open_run(run.dir).name == "first"


def test_a_text_of_numpys_is_a_name(tmp_path: Path) -> None:
    text = np.str_("cat")
    run = medialog_core.init(
        text, text, dir=tmp_path, id=text, tags=[text], notes=text, group=text, job_type=text
    )
    run.finish()
    info = open_run(run.dir).info
    assert [info.run, info.name, info.project, info.notes, info.group, info.job_type] == ["cat"] * 6
    assert info.tags == ["cat"]


def test_what_sends_files_is_said_once_and_does_nothing(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    assert medialog_core.save("*.pt") == []
    assert run.save("model.pt", policy="now") == []
    medialog_core.log_model("model.pt", name="m")
    run.log_code(".")
    medialog_core.mark_preempting()
    warnings = [record.getMessage() for record in caplog.records]
    assert [w.split(": ")[1] for w in warnings] == [
        f"{name}() does nothing" for name in ("save", "log_model", "log_code")
    ]
    assert run.health["ignored_save"] == 2


def test_an_alert_is_a_warning(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        medialog_core.alert(
            title="low accuracy", text="below 0.5", level=medialog_core.AlertLevel.WARN
        )
        run.alert("low accuracy", "below 0.4")
    assert [r.getMessage() for r in caplog.records] == [
        "run r: low accuracy: below 0.5",
        "run r: low accuracy: below 0.4",
    ]
