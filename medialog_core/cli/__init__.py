"""The command `medialog`: lists, shows, exports and looks after runs, with the core alone."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from .._version import __version__
from ..errors import MedialogError
from . import compact, demo, doctor, export, gc, ls, run, show

_COMMANDS = (ls, show, export, run, demo, compact, gc, doctor)
_INTERRUPTED, _FAILED = 130, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: The words behind `medialog`; those of the process if None.

    Returns:
        The exit status: 0, 1 if it failed or found damage, 130 if it was interrupted. Wrong words
        end in argparse's 2.
    """
    args = parser().parse_args(argv)
    try:
        return int(args.run_command(args))
    except (MedialogError, OSError) as error:
        return _fail(error)
    except KeyboardInterrupt:
        sys.stderr.write("\nmedialog: stopped; nothing is lost, the same command goes on\n")
        return _INTERRUPTED


def parser() -> argparse.ArgumentParser:
    """Make the parser of all commands."""
    made = argparse.ArgumentParser(prog="medialog", description="Look after logged media, locally.")
    made.add_argument("--version", action="version", version=f"medialog {__version__}")
    commands = made.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add_to(commands)
    return made


def _fail(error: Exception) -> int:
    if isinstance(error, BrokenPipeError):  # e.g. `medialog ls | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    sys.stderr.write(f"medialog: {error}\n")
    return _FAILED
