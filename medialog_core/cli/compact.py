"""`medialog compact`: many files of rows become one an area."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from ..store import layout
from ..store.compact import compact
from ..store.reader import RunReader
from . import text
from .runs import add_json, open_named


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    command = commands.add_parser("compact", help="merge the rows of a run into few Parquet files")
    command.add_argument("run", help="a run's folder, name or id")
    add_json(command)
    command.set_defaults(run_command=_run)


def _run(args: argparse.Namespace) -> int:
    run, progress = open_named(args.run), text.Progress()
    before = _rows_files(run)
    try:
        report = compact(run.path, progress=progress)
    finally:
        progress.end()
    after = _rows_files(run)
    if args.json:
        text.say_json({**asdict(report), "before": before, "after": after})
        return 0
    text.say(f"{run.name}: {_sizes(before)} -> {_sizes(after)}")
    for name, why in report.kept.items():
        text.say(f"{name} stays as it is: {why}")
    waiting = sum(1 for area in layout.AREAS for _ in (run.path / area).glob("*.jsonl")) - len(
        report.kept
    )
    if waiting > 0:
        text.say(
            f"{waiting} files of JSON lines stay until nobody can be using them; run it again in 15 min"
        )
    return 0


def _rows_files(run: RunReader) -> dict[str, int]:
    found = [path for area in layout.AREAS for path in (run.path / area).glob("*.*")]
    return {"files": len(found), "bytes": sum(path.stat().st_size for path in found)}


def _sizes(facts: dict[str, int]) -> str:
    return f"{facts['files']} files, {text.size(facts['bytes'])}"
