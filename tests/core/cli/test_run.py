"""`medialog run`: a script runs as `python script.py` would run it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
print(__name__, __file__, sys.argv[1:], sys.path[0])
if "--error" in sys.argv:
    raise OSError("the script's own")
sys.exit(3)
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "scripts" / "train.py"
    path.parent.mkdir()
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def run(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "medialog_core.cli", "run", *map(str, words)]
    path = os.pathsep.join(p for p in sys.path if p)
    environment = os.environ | {"PYTHONPATH": path}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=cwd, env=environment
    )


def test_a_script_gets_its_own_words_and_gives_its_own_status(script: Path) -> None:
    done = run(script, "--lr", "1", "-h")
    assert done.stdout == f"__main__ {script} ['--lr', '1', '-h'] {script.parent}\n"
    assert done.returncode == 3


def test_a_module_is_run_from_where_one_stands(script: Path) -> None:
    done = run("-m", "train", "x", cwd=script.parent)
    assert done.stdout == f"__main__ {script} ['x'] {script.parent}\n"


def test_a_script_named_from_where_one_stands_knows_its_whole_path(script: Path) -> None:
    done = run(script.name, cwd=script.parent)
    assert done.stdout == f"__main__ {script} [] {script.parent}\n"


def test_a_path_that_python_keeps_safe_stays_so(
    script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    plain = subprocess.run(
        [sys.executable, str(script)], capture_output=True, check=False, env=environment, text=True
    )
    assert run(script).stdout == plain.stdout


@pytest.mark.parametrize("text", [SCRIPT, "def (:\n"], ids=["raised", "not Python"])
def test_an_error_of_the_scripts_has_the_traceback_that_python_gives(
    script: Path, text: str
) -> None:
    script.write_text(text, encoding="utf-8")
    plain = subprocess.run(
        [sys.executable, str(script), "--error"], capture_output=True, check=False, text=True
    )
    done = run(script, "--error")
    assert done.stderr == plain.stderr
    assert done.returncode == plain.returncode == 1


def test_what_is_not_there_is_said_in_a_line(tmp_path: Path) -> None:
    done = run(tmp_path / "none.py")
    assert done.returncode == 1
    assert done.stderr.startswith(f"medialog run: there is no file '{tmp_path / 'none.py'}'\n")


def test_no_word_shows_how_it_is_used() -> None:
    done = run()
    assert done.returncode == 1
    assert done.stderr.startswith("usage: medialog run script.py")


def test_without_hugging_faces_libraries_it_says_what_to_install(
    tmp_path: Path, script: Path
) -> None:
    # A finder that hides them, in the process that is asked.
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name in ('transformers', 'accelerate') else find(name, *a)\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "medialog_core.cli", "run", str(script)]
    path = os.pathsep.join([str(tmp_path), *(p for p in sys.path if p)])
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert done.stderr == (
        "medialog: medialog_huggingface needs an extra that is not installed: "
        "pip install 'medialog[huggingface]'\n"
    )
