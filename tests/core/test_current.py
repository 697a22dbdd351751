"""`init`, `log`, `finish` and the active run."""

from __future__ import annotations

import sys
import threading
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import medialog_core
from medialog_core import open_project, open_run
from medialog_core.errors import InvalidInput, MissingExtra, NoActiveRun, NotStarted, WrongType
from medialog_core.testing import MemorySink


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    medialog_core.finish()


def test_log_before_init_says_what_to_do() -> None:
    with pytest.raises(
        NotStarted, match=r"log was used before init\(\): call medialog_core.init\(\) first"
    ):
        medialog_core.log({"loss": 1})


def test_what_is_the_active_runs_is_not_there_before_init() -> None:
    assert not any(hasattr(medialog_core, name) for name in ("config", "summary", "alert"))
    with pytest.raises(NoActiveRun, match=r"config was used before init\(\)"):
        medialog_core.config.update({"lr": 1})
    assert "config" not in dir(medialog_core)
    medialog_core.init()
    assert hasattr(medialog_core, "config")
    assert {"run", "config", "summary", "log", "Image"} <= set(dir(medialog_core))


def test_what_it_raises_on_purpose_is_an_error_of_its_own() -> None:
    with pytest.raises(medialog_core.Error):
        medialog_core.log({"loss": 1})


def test_run_is_none_before_init_and_after_finish() -> None:
    assert medialog_core.run is None
    run = medialog_core.init()
    assert medialog_core.run is run
    medialog_core.finish()
    assert medialog_core.run is None


def test_config_and_summary_are_the_active_runs() -> None:
    run = medialog_core.init(config={"lr": 0.1})
    assert medialog_core.config is run.config
    assert medialog_core.summary is run.summary
    assert medialog_core.config.lr == 0.1


def test_the_run_lives_where_the_design_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert medialog_core.init(id="a").dir == tmp_path / "medialog/default/a"
    assert medialog_core.init("cats", dir="out", id="a").dir == tmp_path / "out/cats/a"
    monkeypatch.setenv("MEDIALOG_DIR", str(tmp_path / "env"))
    monkeypatch.setenv("MEDIALOG_PROJECT", "dogs")
    monkeypatch.setenv("MEDIALOG_RUN_NAME", "rex")
    run = medialog_core.init(id="b")
    assert (run.dir, run.project, run.name) == (tmp_path / "env/dogs/b", "dogs", "rex")


@pytest.mark.parametrize("project", ["a/b", "..", "../../up", "a:b", "猫", "."])
def test_no_project_leaves_its_folder(project: str, tmp_path: Path) -> None:
    run = medialog_core.init(project, id="r")
    assert run.dir.parent.parent == tmp_path / "medialog"
    assert run.project == project


def test_a_run_keeps_what_it_was_given() -> None:
    run = medialog_core.init(
        "p",
        "n",
        config=Namespace(lr=0.1),
        tags=["a"],
        notes="why",
        group="g",
        job_type="train",
        id="r",
    )
    medialog_core.finish()
    reader = open_run(run.dir)
    assert (reader.id, reader.name, reader.config) == ("r", "n", {"lr": 0.1})
    info = reader.info
    assert (info.project, info.tags, info.notes, info.group, info.job_type) == (
        "p",
        ["a"],
        "why",
        "g",
        "train",
    )


def test_a_second_init_finishes_the_first_with_a_notice(capsys: pytest.CaptureFixture[str]) -> None:
    first = medialog_core.init(name="first")
    medialog_core.log({"loss": 1.0})
    second = medialog_core.init(name="second")
    assert "run first is finished, because init() was called again" in capsys.readouterr().err
    assert open_run(first.dir).status == "finished"
    assert medialog_core.run is second


def test_an_active_run_can_be_returned_or_left_alone() -> None:
    first = medialog_core.init()
    assert medialog_core.init(reinit="return_previous") is first
    second = medialog_core.init(reinit="create_new")
    first.log({"a": 1})
    second.log({"a": 2})
    first.finish()
    second.finish()
    assert [open_run(r.dir).summary["a"] for r in (first, second)] == [1, 2]


def test_a_run_beside_the_active_one_takes_nothing_from_it() -> None:
    assert medialog_core.init(reinit="create_new") is not None
    assert medialog_core.run is None
    first = medialog_core.init()
    with medialog_core.init(reinit="create_new") as second:
        medialog_core.log({"a": 1})
        medialog_core.config.lr = 0.1
    assert medialog_core.run is first
    medialog_core.log({"a": 2})
    medialog_core.finish()
    assert (open_run(second.dir).scalar_keys(), open_run(second.dir).config) == ([], {})
    assert [s.value for s in open_run(first.dir).scalars("a")] == [1, 2]


def test_the_id_of_an_existing_run_resumes_it() -> None:
    run = medialog_core.init(id="again", name="n", config={"lr": 0.1})
    run.log({"loss": 1.0}, step=41)
    run.summary["best"] = 1
    resumed = medialog_core.init(id="again")
    assert (resumed.name, resumed.config.lr, resumed.summary["best"]) == ("n", 0.1, 1)
    resumed.log({"loss": 2.0})
    medialog_core.finish()
    assert [(s.step, s.value) for s in open_run(run.dir).scalars("loss")] == [(41, 1.0), (42, 2.0)]


def test_resume_can_be_demanded_or_refused() -> None:
    with pytest.raises(InvalidInput, match="resume='must', but no run is in"):
        medialog_core.init(id="r", resume="must")
    medialog_core.init(id="r")
    with pytest.raises(InvalidInput, match="resume='never', but a run is in"):
        medialog_core.init(id="r", resume="never")


@pytest.mark.parametrize("bad", ["", "a/b", "..", "x" * 129, "é"])
def test_an_id_that_is_no_folder_name_is_refused(bad: str) -> None:
    with pytest.raises(InvalidInput, match="id: expected up to 128 letters"):
        medialog_core.init(id=bad)


def test_wandbs_other_arguments_are_accepted_with_one_warning() -> None:
    with pytest.warns(UserWarning, match=r"\['entity', 'save_code'\] mean nothing") as caught:
        medialog_core.init(entity="me", save_code=True)
    assert [Path(w.filename).name for w in caught] == [Path(__file__).name]


def test_an_unknown_argument_is_a_type_error() -> None:
    with pytest.raises(WrongType, match="init: unknown argument 'projet'"):
        medialog_core.init(projet="cats")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": "cloud"}, "mode: expected 'online', 'offline' or 'disabled', got 'cloud'"),
        ({"on_full": "explode"}, "on_full: expected one of"),
        ({"durability": "raid"}, "durability: expected one of"),
        ({"sinks": ("tape",)}, "sinks: unknown 'tape'"),
        ({"queue_bytes": 0}, "queue_bytes: expected a positive number"),
    ],
)
def test_what_an_argument_cannot_be_is_said(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        medialog_core.init(**arguments)


@pytest.mark.parametrize("name", ["project", "name", "id", "notes", "group", "job_type"])
def test_what_is_no_string_is_named(name: str) -> None:
    with pytest.raises(WrongType, match=f"init: {name}: expected a string, got int 5"):
        medialog_core.init(**{name: 5})  # type: ignore[arg-type]


def test_what_is_no_path_is_named() -> None:
    with pytest.raises(WrongType, match="init: dir: expected a path, got int 5"):
        medialog_core.init(dir=5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"tags": 5}, "tags: expected a list of str, got int 5"),
        ({"tags": ["a", 5]}, r"tags\[1\]: expected a string, got int 5"),
        ({"sinks": 5}, "sinks: expected a list of names or sinks, got int 5"),
        ({"config": "lr.yaml"}, r"config: .* got str 'lr.yaml'; read the file first, e.g. yaml"),
    ],
)
def test_what_an_argument_is_not_is_said(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(WrongType, match=message):
        medialog_core.init(**arguments)


def test_no_tags_are_none() -> None:
    assert medialog_core.init(tags=None).tags == ()


def test_a_sink_that_is_not_installed_leaves_no_run_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "medialog_core.sinks.tensorboard"
    for loaded in [module for module in sys.modules if module.startswith(name)]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, "google_crc32c", None)
    with pytest.raises(MissingExtra, match=r"pip install 'medialog\[tensorboard\]'"):
        medialog_core.init(sinks=("store", "tensorboard"))
    assert list(tmp_path.iterdir()) == []


def test_there_is_no_account_to_log_in_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert medialog_core.login(key="0" * 40, relogin=True) is True
    assert "no account" in capsys.readouterr().err


def test_settings_are_ignored_with_a_warning() -> None:
    with pytest.warns(UserWarning, match=r"\['settings'\] mean nothing to a local run"):
        medialog_core.init(settings=medialog_core.Settings(start_method="fork"))


def test_one_tag_needs_no_list() -> None:
    run = medialog_core.init(tags="cats")
    run.finish()
    assert open_run(run.dir).info.tags == ["cats"]


def test_disabled_checks_arguments_and_writes_nothing(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    run = medialog_core.init(mode="disabled")
    run.log({"loss": 1.0, "note": "a word"})
    run.summary["a"] = 1
    with pytest.raises(WrongType):
        run.log({"x": object()})
    assert run.flush()
    run.finish()
    assert list(tmp_path.iterdir()) == []
    assert set(threading.enumerate()) <= before


def test_a_disabled_run_is_not_said_to_be_finished_by_the_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    medialog_core.init(mode="disabled")
    medialog_core.init(mode="disabled")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_online_and_offline_are_the_same(mode: Any) -> None:
    run = medialog_core.init(mode=mode)
    run.log({"loss": 1.0})
    run.finish()
    assert [s.value for s in open_run(run.dir).scalars("loss")] == [1.0]


def test_a_sink_can_be_given_as_an_object() -> None:
    sink = MemorySink()
    run = medialog_core.init(sinks=[sink])
    run.log({"loss": 0.5}, step=3)
    run.finish()
    assert sink.scalars("loss") == [(3, 0.5)]
    assert sink.closed


def test_a_project_lists_its_runs(tmp_path: Path) -> None:
    for name in ("one", "two"):
        medialog_core.init("p", name).log({"a": 1})
    medialog_core.finish()
    assert {run.name for run in open_project(tmp_path / "medialog/p").runs()} == {"one", "two"}


@pytest.mark.parametrize(
    "arguments", [{"mode": "cloud"}, {"reinit": "finish"}, {"resume": "yes"}, {"id": "a/b"}]
)
def test_a_mistake_in_init_leaves_the_active_run_alone(arguments: dict[str, Any]) -> None:
    run = medialog_core.init()
    with pytest.raises(InvalidInput):
        medialog_core.init(**arguments)
    assert medialog_core.run is run


def test_reinit_false_returns_the_active_run_as_in_wandb() -> None:
    run = medialog_core.init()
    assert medialog_core.init(reinit=False) is run


def test_a_run_that_failed_keeps_nobody_from_the_next(tmp_path: Path) -> None:
    class Broken(MemorySink):
        def flush(self) -> None:
            raise OSError("no disk")

        def close(self) -> None:
            self.flush()

    medialog_core.init(sinks=[Broken()]).log({"a": 1})
    assert medialog_core.init().dir.is_relative_to(tmp_path)


def test_each_rank_resumes_behind_its_own_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for rank, last in (("0", 7), ("1", 5)):
        monkeypatch.setenv("RANK", rank)
        medialog_core.init(id="r").log({"a": 1.0}, step=last)
        medialog_core.finish()
    ranks = {}
    for rank in ("0", "1", "2"):
        monkeypatch.setenv("RANK", rank)
        ranks[rank] = medialog_core.init(id="r").step
    assert ranks == {"0": 8, "1": 6, "2": 0}
