"""`medialog run`: a training script as it is, with medialog known to Hugging Face's libraries."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from typing import Any, NoReturn

_WRAPPER = "medialog_huggingface"
"""Found by name: the core knows no wrapper."""


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    command = commands.add_parser(
        "run",
        help='run a script as it is, where report_to="medialog" works',
        description="Run a script as `python script.py` would; `--report_to medialog`, "
        '`report_to="medialog"` and `log_with="medialog"` work in it.',
        prefix_chars="\0",  # every word behind belongs to the script
        add_help=False,
    )
    command.add_argument("words", nargs=argparse.REMAINDER, metavar="script.py ...")
    command.set_defaults(run_command=_run)


def _run(args: argparse.Namespace) -> NoReturn:
    """Become the script's process: its errors and signals are none of ours."""
    import_module(_WRAPPER)  # says what is to be installed
    os.execv(sys.executable, [sys.executable, "-m", f"{_WRAPPER}.run", *args.words])  # noqa: S606 - the user's own script
