"""`medialog gc`: gives back the room of what nothing names any more."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from ..store.gc import Report, gc
from . import text
from .runs import add_json, open_named

_ABOUT = """\
Rewrites the packs of a run that are mostly dead, and removes files that nothing
names: what a killed process wrote without its rows and, with --drop-history,
what a later call at the same key, step and rank replaced. Nothing that is shown
is lost. It may be broken off at any moment; the next one goes on. A run that
may be being written is refused."""


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    command = commands.add_parser(
        "gc",
        help="give back the room of media that nothing names any more",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("run", help="a run's folder, name or id")
    command.add_argument("--dry-run", action="store_true", help="only say what would be won")
    command.add_argument(
        "--drop-history", action="store_true", help="media that a later call replaced go, too"
    )
    command.add_argument(
        "--min-dead",
        type=float,
        default=0.5,
        metavar="SHARE",
        help="rewrite packs of which at least this share is dead (default: 0.5)",
    )
    add_json(command)
    command.set_defaults(run_command=_run)


def _run(args: argparse.Namespace) -> int:
    run, progress = open_named(args.run), text.Progress()
    try:
        report = gc(
            run.path,
            dry_run=args.dry_run,
            drop_history=args.drop_history,
            min_dead=args.min_dead,
            progress=progress,
        )
    finally:
        progress.end()
    if args.json:
        text.say_json({"run": run.id, "dry_run": args.dry_run, **asdict(report)})
    else:
        _say(run.name, report, dry_run=args.dry_run)
    return int(bool(report.kept))


def _say(name: str, report: Report, *, dry_run: bool) -> None:
    would = "would be about " if dry_run else ""
    text.say(f"{name}: {text.size(report.before)} -> {would}{text.size(report.after)}")
    counts = {
        "files removed": len(report.removed),
        "packs rewritten": len(report.repacked),
        "blobs moved": report.moved,
        "replaced rows dropped": report.dropped_rows,
    }
    said = [f"{what}: {count}" for what, count in counts.items() if count]
    text.say(f"  {', '.join(said) or 'nothing to do'}")
    for uri, why in report.kept.items():
        text.say(f"  {uri} stays as it is: {why}")
