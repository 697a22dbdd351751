from __future__ import annotations

from pathlib import Path

import pytest

from medialog_core.errors import StoreError
from medialog_core.schema import FORMAT, RunFile
from medialog_core.store.layout import make_run
from medialog_core.store.project import ProjectReader


def test_a_project_has_its_runs_newest_first(tmp_path: Path) -> None:
    for created, name in ((1.0, "a"), (3.0, "b"), (2.0, "a")):
        run = RunFile(FORMAT, f"id{created:.0f}", name, "p", created)
        make_run(tmp_path / "p" / run.run, run)
    (tmp_path / "p" / "broken").mkdir()
    (tmp_path / "p" / "broken" / "run.json").write_text("{")
    project = ProjectReader(tmp_path)
    assert [run.id for run in project] == ["id3", "id2", "id1"]
    assert project.run("a").id == "id2"
    assert project.run("id1").name == "a"
    with pytest.raises(StoreError, match="no run 'c' is here"):
        project.run("c")
    with pytest.raises(StoreError, match="no such folder"):
        ProjectReader(tmp_path / "missing")
