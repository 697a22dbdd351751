"""Runs contenders by turns, each in a fresh process with a fresh folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .workloads import Measures, Shape, Workload

TIMEOUT_SECS = 900
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Outcome:
    """What one process found, or why it found nothing.

    Attributes:
        label: The contender.
        measures: By name; the unit is the name's ending.
        error: The last line of what it printed, where it failed.
    """

    workload: str
    label: str
    round: int
    measures: Measures
    error: str = ""


def rounds(
    workload: Workload, shape: Shape, number: int, among: Sequence[str] = ()
) -> Iterator[Outcome]:
    """Measure the contenders that are installed, `number` times, by turns: A B C A B C.

    Args:
        workload: What.
        shape: How much.
        number: How often.
        among: Only these contenders; all where there are none.
    """
    installed = [
        label
        for label, missing in workload.labels().items()
        if not missing and (not among or label.partition(":")[0] in among)
    ]
    for i in range(number):
        for label in installed:
            yield measure(workload.name, label, shape, i)


def _path() -> str:
    """Give where children import from: here, the integrations, and what this process was told."""
    given = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    return os.pathsep.join(
        map(str, (_ROOT, _ROOT / "integrations", *map(Path.absolute, map(Path, given))))
    )


def measure(workload: str, label: str, shape: Shape, round_: int = 0) -> Outcome:
    """Measure one contender in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="medialog-bench-") as scratch:
        out = Path(scratch, "measures.json")
        arguments = [
            workload,
            label,
            str(Path(scratch, "run")),
            json.dumps(asdict(shape)),
            str(out),
        ]
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.child", *arguments]
        environment = os.environ | {"MEDIALOG_SILENT": "1", "PYTHONPATH": _path()}
        try:
            done = subprocess.run(
                command,
                cwd=scratch,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=TIMEOUT_SECS,
            )
        except subprocess.TimeoutExpired as error:
            return Outcome(workload, label, round_, {}, str(error))
        if done.returncode:
            last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
            return Outcome(workload, label, round_, {}, last)
        return Outcome(workload, label, round_, json.loads(out.read_text(encoding="utf-8")))
