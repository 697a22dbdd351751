"""How a script's end decides the status of a run that it left open."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from medialog_core import open_run

PREAMBLE = """
import sys
import medialog_core as ml

run = ml.init(id="r")
run.log({"x": 1.0})
"""


def play(tmp_path: Path, body: str, *, preamble: str = PREAMBLE) -> tuple[int, str]:
    """Run a script; give its exit code and what it said on stderr but for medialog's own lines."""
    script = tmp_path / "script.py"
    script.write_text(preamble + textwrap.dedent(body))
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if not line.startswith("medialog:")]
    return done.returncode, "\n".join(lines)


def status(tmp_path: Path) -> str:
    return open_run(tmp_path / "medialog/default/r").status


@pytest.mark.parametrize(
    ("body", "code", "expected"),
    [
        ("sys.exit()", 0, "finished"),
        ("sys.exit(0)", 0, "finished"),
        ("sys.exit(3)", 3, "failed"),
        ("sys.exit('no data')", 1, "failed"),
        ("import argparse; argparse.ArgumentParser().parse_args(['--no-such'])", 2, "failed"),
        ("import argparse; argparse.ArgumentParser().parse_args(['--help'])", 0, "finished"),
        ("1 / 0", 1, "failed"),
        ("raise KeyboardInterrupt", 130, "failed"),
    ],
)
def test_the_way_a_script_ends_is_its_runs_status(
    body: str, code: int, expected: str, tmp_path: Path
) -> None:
    returned, _ = play(tmp_path, body)
    assert returned in (code, -2)  # SIGINT ends a process that KeyboardInterrupt left
    assert status(tmp_path) == expected


def test_an_exit_on_the_way_through_finally_is_seen(tmp_path: Path) -> None:
    body = """
    def main():
        try:
            sys.exit(5)
        finally:
            run.log({"x": 2.0})

    main()
    """
    assert play(tmp_path, body) == (5, "")
    assert status(tmp_path) == "failed"


@pytest.mark.parametrize(
    "caught",
    [
        "except SystemExit as error: assert error.code == 4",
        "except SystemExit: pass",
        "except BaseException as error: repr(error), error.args, str(error)",
    ],
)
def test_an_exit_that_is_caught_means_nothing(caught: str, tmp_path: Path) -> None:
    assert play(tmp_path, f"try: sys.exit(4)\n{caught}") == (0, "")
    assert status(tmp_path) == "finished"


def test_an_exit_whose_code_was_changed_ends_with_the_new_one(tmp_path: Path) -> None:
    body = """
    try:
        sys.exit(4)
    except SystemExit as error:
        error.code = 0
        raise
    """
    assert play(tmp_path, body) == (0, "")
    assert status(tmp_path) == "finished"


def test_a_thread_that_exits_ends_nothing_and_says_nothing(tmp_path: Path) -> None:
    body = """
    import threading
    thread = threading.Thread(target=lambda: sys.exit(8))
    thread.start()
    thread.join()
    """
    assert play(tmp_path, body) == (0, "")
    assert status(tmp_path) == "finished"


def test_an_error_before_the_run_began_is_not_its_own(tmp_path: Path) -> None:
    preamble = "import sys\nsys.last_value = ValueError('of a callback')\n" + PREAMBLE
    assert play(tmp_path, "", preamble=preamble) == (0, "")
    assert status(tmp_path) == "finished"


def test_another_ones_exit_is_called_and_its_code_seen(tmp_path: Path) -> None:
    preamble = (
        "import sys\noriginal = sys.exit\ncalls = []\n"
        "def theirs(code=None):\n    calls.append(code)\n    original(code)\nsys.exit = theirs\n"
        + PREAMBLE
    )
    body = """
    import atexit
    atexit.register(lambda: print(calls, file=sys.stderr))
    sys.exit(6)
    """
    assert play(tmp_path, body, preamble=preamble) == (6, "[6]")
    assert status(tmp_path) == "failed"


def test_several_open_runs_all_fail(tmp_path: Path) -> None:
    body = """
    other = ml.init(id="other", reinit="create_new")
    sys.exit(1)
    """
    assert play(tmp_path, body) == (1, "")
    assert status(tmp_path) == "failed"
    assert open_run(tmp_path / "medialog/default/other").status == "failed"


def test_finishing_gives_sys_exit_back(tmp_path: Path) -> None:
    body = """
    run.finish()
    before = sys.exit
    first = ml.init(id="a")
    second = ml.init(id="b", reinit="create_new")
    assert sys.exit is not before
    second.finish()
    first.finish()
    assert sys.exit is before
    """
    assert play(tmp_path, body) == (0, "")


def test_a_finished_run_keeps_its_status_whatever_comes(tmp_path: Path) -> None:
    assert play(tmp_path, "run.finish()\nsys.exit(1)") == (1, "")
    assert status(tmp_path) == "finished"


def test_what_a_child_exits_with_is_not_its_parents(tmp_path: Path) -> None:
    body = """
    import os, warnings
    warnings.simplefilter("ignore")  # Python 3.12 warns of every fork beside a thread
    if os.fork() == 0:
        sys.exit(1)
    os.wait()
    """
    assert play(tmp_path, body) == (0, "")
    assert status(tmp_path) == "finished"


def test_an_exit_can_be_pickled(tmp_path: Path) -> None:
    body = """
    import pickle
    try: sys.exit(4)
    except SystemExit as error: assert pickle.loads(pickle.dumps(error)).code == 4
    """
    assert play(tmp_path, body) == (0, "")
