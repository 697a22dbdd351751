"""`medialog compact`: many files of rows become one an area."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..store import layout
from ..store.compact import compact
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
    before = _files_of_rows(run.path, [])
    try:
        report = compact(run.path, progress=progress)
    finally:
        progress.end()
    after = _files_of_rows(run.path, report.waiting)
    if args.json:
        text.say_json({**asdict(report), "before": before, "after": after})
        return 0
    text.say(f"{run.name}: {_sizes(before)} -> {_sizes(after)}")
    for name, why in report.kept.items():
        text.say(f"{name} stays as it is: {why}")
    if report.waiting:
        count = len(report.waiting)
        text.say(
            f"{count} files of JSON lines stay while somebody may use them; run it again in 15 min"
        )
    return 0


def _files_of_rows(directory: Path, besides: list[str]) -> dict[str, int]:
    found = [path for area in layout.AREAS for path in (directory / area).glob("*.*")]
    sizes = [p.stat().st_size for p in found if p.relative_to(directory).as_posix() not in besides]
    return {"files": len(sizes), "bytes": sum(sizes)}


def _sizes(facts: dict[str, int]) -> str:
    return f"{facts['files']} files, {text.size(facts['bytes'])}"
