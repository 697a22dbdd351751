"""`medialog export`: a run's media as plain files, WebDataset shards or Parquet."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import text
from .runs import add_json, open_named

_ABOUT = """\
Writes a run's media, byte for byte as they were stored, into a folder of their
own:

  files       <key>/<step>.<ending> and so on, masks and JSON beside them, and
              index.csv
  webdataset  shard-000000.tar ..., one sample a row of media
  parquet     <kind>-00000.parquet ..., rows with their bytes, for Hugging
              Face's datasets (needs pip install 'medialog[parquet]')

Beside them lie run.json, config.json, summary.json and scalars.csv. It may be
broken off at any moment: the same command goes on, and what is there and right
is not written again."""
_SHOWN = 20
_STEPS = "expected A:B, A:, :B or a number"


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    command = commands.add_parser(
        "export",
        help="write the media of a run as plain files, WebDataset shards or Parquet",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("run", help="a run's folder, name or id")
    command.add_argument("--to", type=Path, required=True, metavar="DIR", help="a new folder")
    command.add_argument(
        "--format",
        choices=("files", "webdataset", "parquet"),
        default="files",
        help="default: files",
    )
    command.add_argument(
        "--key",
        nargs="+",
        action="extend",
        default=[],
        metavar="GLOB",
        help="only these keys, with * and ? (in quotes): 'val/*'",
    )
    command.add_argument(
        "--step",
        type=_steps,
        default=(None, None),
        metavar="A:B",
        help="only steps from A up to, but not including, B; either may be left out; one number is that step",
    )
    command.add_argument(
        "--history", action="store_true", help="also what a later call at the same step replaced"
    )
    command.add_argument(
        "--shard-mb", type=int, default=256, metavar="MB", help="size of shards (default: 256)"
    )
    add_json(command)
    command.set_defaults(run_command=_run)


def _run(args: argparse.Namespace) -> int:
    from ..export.run import export  # noqa: PLC0415 - the other commands do without
    from ..export.selection import Selection  # noqa: PLC0415

    run, progress = open_named(args.run), text.Progress()
    first, last = args.step
    selection = Selection(tuple(args.key), first, last, args.history)
    try:
        report = export(
            run,
            args.to,
            format=args.format,
            selection=selection,
            shard_mb=args.shard_mb,
            progress=progress,
        )
    finally:
        progress.end()
    if args.json:
        to = str(args.to.absolute())
        text.say_json({"run": run.id, "to": to, "format": args.format, **asdict(report)})
    else:
        _say(run.name, args.to, report)
    return int(bool(report.failed))


def _say(name: str, to: Path, report: Any) -> None:
    there = f", {report.skipped} there already" if report.skipped else ""
    text.say(
        f"{name}: {report.rows} rows, {report.written} files written "
        f"({text.size(report.bytes)}){there}: {to}"
    )
    for what, why in list(report.failed.items())[:_SHOWN]:
        text.say(f"  {what} is left out: {why}")
    if len(report.failed) > _SHOWN:
        text.say(f"  and {len(report.failed) - _SHOWN} more are left out; --json names all")


def _steps(word: str) -> tuple[int | None, int | None]:
    """Read `A:B`, `A:`, `:B` or `A`."""
    first, colon, last = word.partition(":")
    try:
        begin, end = (int(part) if part else None for part in (first, last))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{_STEPS}, got {word!r}") from None
    if colon:
        return begin, end
    if begin is None:
        raise argparse.ArgumentTypeError(f"{_STEPS}, got {word!r}")
    return begin, begin + 1
