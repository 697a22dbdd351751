"""`medialog doctor`: is everything there, and is it right?"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import StoreError
from ..store.doctor import Finding, examine, missing_extras
from ..store.project import find_runs
from . import text
from .runs import add_json, default_folder, open_named


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    command = commands.add_parser(
        "doctor", help="check every file of a run, or of all runs below a folder"
    )
    command.add_argument("run", nargs="?", help="a run's folder, name or id, or a folder of runs")
    add_json(command)
    command.set_defaults(run_command=_run)


def _run(args: argparse.Namespace) -> int:
    progress = text.Progress()
    try:
        found = {path: examine(path, progress) for path in _meant(args.run)}
    finally:
        progress.end()
    extras = missing_extras()
    if args.json:
        runs = {
            str(path): [asdict(finding) for finding in findings] for path, findings in found.items()
        }
        text.say_json({"runs": runs, "extras": [asdict(finding) for finding in extras]})
    else:
        for path, findings in found.items():
            _say(str(path), findings)
        _say("extras", extras)
    return int(any(finding.level == "error" for findings in found.values() for finding in findings))


def _meant(word: str | None) -> list[Path]:
    folder = default_folder() if word is None else Path(word)
    if not folder.is_dir():
        return [open_named(str(word)).path]
    runs = list(find_runs(folder.absolute()))
    if not runs:
        raise StoreError(f"{folder.absolute()}: no run is here")
    return runs


def _say(title: str, findings: list[Finding]) -> None:
    text.say(f"{text.bold(title)}: {_verdict(findings)}")
    for finding in findings:
        text.say(f"  {finding.level}: {finding.where}: {finding.what}")
        text.say(f"    {finding.advice}")


def _verdict(findings: list[Finding]) -> str:
    counts = {
        level: sum(1 for f in findings if f.level == level)
        for level in ("error", "warning", "note")
    }
    said = [f"{count} {level}{'s' * (count > 1)}" for level, count in counts.items() if count]
    return ", ".join(said) or "all is well"
