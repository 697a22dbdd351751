from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from medialog_core.errors import StoreError
from medialog_core.store.alone import alone

HOLD = """
import sys, time
from pathlib import Path
from medialog_core.store.alone import alone

with alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "run.json"
    made.write_text("{}")
    return made


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no shared locks")
def test_many_may_share_it_and_one_alone_has_it(path: Path) -> None:
    refused = pytest.raises(StoreError, match="another `medialog` command is at work here")
    with alone(path, shared=True), alone(path, shared=True), refused, alone(path):
        pass
    with alone(path):
        with pytest.raises(StoreError), alone(path, shared=True):
            pass
        with pytest.raises(StoreError), alone(path):
            pass
    with alone(path):
        assert path.read_text() == "{}"


def test_a_killed_process_holds_nothing(path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(StoreError), alone(path):
            pass
        other.kill()
        other.wait()
    with alone(path):
        pass
