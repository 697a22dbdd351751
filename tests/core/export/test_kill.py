"""An export is killed with -9 at random moments: no file is half there, the next one ends it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from medialog_core.export.run import FORMATS, export
from tests.core.export.conftest import fill, png, table

if TYPE_CHECKING:
    from tests.core.export.conftest import Run

KILLS = 2
"""Of one export: the second finds what the first left."""
TRIALS = -(-int(os.environ.get("MEDIALOG_FAULT_TRIALS", "15")) // (KILLS * len(FORMATS)))
"""Of each format."""

EXPORT = """
import sys
from pathlib import Path
import duckdb
from medialog_core.export.run import export
from medialog_core.store.reader import RunReader

reader = RunReader(Path(sys.argv[1]))
print("begins", flush=True)
export(reader, Path(sys.argv[2]), format=sys.argv[3], shard_mb=1)
"""


def killed_after(run: Path, to: Path, format: str, secs: float) -> bool:
    """Let a process export for a while and kill it; say whether it was still at it."""
    command = [sys.executable, "-c", EXPORT, str(run), str(to), format]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(secs)
        process.send_signal(signal.SIGKILL)
        return process.wait() != 0


def whole(to: Path) -> dict[str, bytes]:
    """What is there under its own name; of Parquet the bytes may differ from time to time."""
    paths = [p for p in to.rglob("*") if p.is_file() and ".medialog-tmp" not in p.parts]
    return {
        p.relative_to(to).as_posix(): p.read_bytes()
        for p in paths
        if p.suffix != ".parquet" and p.name != "checksums.json"
    }


@pytest.mark.faults
@pytest.mark.timeout(60 + 20 * TRIALS)
@pytest.mark.parametrize("format", FORMATS)
def test_killed_at_any_moment_every_file_is_whole(run: Run, tmp_path: Path, format: str) -> None:
    fill(run)
    draw = random.Random(time.time_ns())  # noqa: S311 - no secret
    for step in range(300):
        run.picture(draw.randbytes(20_000), "many", step=step)
    cells = [png(draw.randbytes(5_000)) for _ in range(50)]
    run.log("tables", *table({"a": ("image", list(cells))}, cells))
    run.reader()
    export(run.reader(), tmp_path / "expected", format=format, shard_mb=1)
    expected = whole(tmp_path / "expected")
    killed = 0
    for trial in range(TRIALS):
        to = tmp_path / f"trial {trial}"
        for _ in range(KILLS):
            killed += killed_after(run.path, to, format, draw.uniform(0.0, 0.15))
            assert whole(to).items() <= expected.items()
        export(run.reader(), to, format=format, shard_mb=1)
        assert whole(to) == expected
        assert len(list(to.glob("*.parquet"))) == len(
            list((tmp_path / "expected").glob("*.parquet"))
        )
        shutil.rmtree(to)
    assert killed
