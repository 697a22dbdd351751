"""Names of W&B's that there are not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import medialog_core
from medialog_core import Run
from medialog_core.absent import ABSENT
from medialog_core.runs.spec import RunSpec


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(RunSpec(tmp_path, "r", "r", disabled=True))


@pytest.mark.parametrize("name", ["log_artifact", "use_model", "get_url", "settings"])
def test_a_run_says_what_to_do_instead(run: Run, name: str) -> None:
    message = f"'Run' object has no attribute '{name}': medialog has none; {ABSENT[name]}"
    with pytest.raises(AttributeError, match=re.escape(message)) as caught:
        getattr(run, name)
    assert caught.value.name == name
    assert not hasattr(run, name)


@pytest.mark.parametrize(
    "name", ["Artifact", "setup", "sweep", "Api", "sklearn", "util", "sdk", "keras", "CommError"]
)
def test_the_module_says_what_to_do_instead(name: str) -> None:
    message = f"module 'medialog_core' has no attribute '{name}': medialog has none; {ABSENT[name]}"
    with pytest.raises(AttributeError, match=re.escape(message)):
        getattr(medialog_core, name)


def test_an_unknown_name_is_an_ordinary_error(run: Run) -> None:
    with pytest.raises(AttributeError, match=r"^'Run' object has no attribute 'lgo'$"):
        getattr(run, "lgo")  # noqa: B009 - a checker knows that there is none
    with pytest.raises(AttributeError, match=r"^module 'medialog_core' has no attribute 'lgo'$"):
        getattr(medialog_core, "lgo")  # noqa: B009


def test_nothing_that_there_is_is_called_absent(run: Run) -> None:
    there = {name for name in ABSENT if name in dir(run) or name in medialog_core.__all__}
    assert there == set()
