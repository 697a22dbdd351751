"""`medialog ls`: the runs below a folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..errors import MissingExtra
from ..store.project import ProjectReader
from ..store.reader import RunReader
from . import text
from .runs import add_json, default_folder

_HEADER = ("NAME", "ID", "PROJECT", "STATUS", "CREATED", "STEPS", "MEDIA", "SCALARS", "SIZE")
_RIGHT = frozenset(("CREATED", "STEPS", "MEDIA", "SCALARS", "SIZE"))
_SPARE = ("SCALARS", "MEDIA", "STEPS")
_KEPT = frozenset(("ID",))
"""What one has to type is shown whole."""


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    command = commands.add_parser("ls", help="list runs, the newest first")
    command.add_argument(
        "dir", nargs="?", type=Path, help="a folder (default: $MEDIALOG_DIR, or this one)"
    )
    add_json(command)
    command.set_defaults(run_command=_run)


def _run(args: argparse.Namespace) -> int:
    folder = args.dir or default_folder()
    facts = [_facts(run) for run in ProjectReader(folder).runs()]
    if args.json:
        text.say_json(facts)
    elif facts:
        lines = [_line(fact) for fact in facts]
        text.say(text.table(_HEADER, lines, _RIGHT, spare=_SPARE, kept=_KEPT))
    else:
        text.say(f"no runs in {folder.absolute()}")
    return 0


def _facts(run: RunReader) -> dict[str, Any]:
    said = {"name": run.name, "id": run.id, "project": run.project, "path": str(run.path)}
    return {**said, "created": run.info.created, "bytes": _bytes(run.path), **_content(run)}


def _content(run: RunReader) -> dict[str, Any]:
    try:
        status, last_step = run.status, run.last_step
        keys, scalar_keys = len(run.keys()), len(run.scalar_keys())
    except MissingExtra:  # sealed, and no DuckDB: `medialog show` says what to install
        status, last_step, keys, scalar_keys = "sealed", None, None, None
    return {
        "status": status,
        "last_step": last_step,
        "media_keys": keys,
        "scalar_keys": scalar_keys,
    }


def _line(fact: dict[str, Any]) -> tuple[str, ...]:
    steps = None if fact["last_step"] is None else fact["last_step"] + 1
    counts = (
        "?" if count is None else str(count)
        for count in (steps, fact["media_keys"], fact["scalar_keys"])
    )
    when, size = text.ago(fact["created"]), text.size(fact["bytes"])
    return fact["name"], fact["id"], fact["project"], fact["status"], when, *counts, size


def _bytes(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
