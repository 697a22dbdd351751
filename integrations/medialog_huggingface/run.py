"""Running a script that nobody may change, with `report_to="medialog"` at its command.

medialog run train.py --report_to medialog
python -m medialog_huggingface.run train.py --report_to medialog
torchrun --nproc_per_node 2 -m medialog_huggingface.run train.py --report_to medialog

The name is registered when the package of this module is imported.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

_MODULE = "-m"
_USAGE = (
    "usage: medialog run script.py [arguments ...]\n       medialog run -m module [arguments ...]"
)


def main(words: Sequence[str]) -> None:
    """Run a script, or with `-m` a module, as Python would have: as `__main__`, with its own arguments.

    What the script raises, and its exit status, are its own.

    Args:
        words: The script, or `-m` and the module, then its arguments.
    """
    as_module = words[:1] == [_MODULE]
    given = list(words[as_module:])
    if not given:
        sys.exit(_USAGE)
    sys.excepthook = _show
    if as_module:
        sys.argv = given
        _put_first(Path.cwd())
        runpy.run_module(given[0], run_name="__main__", alter_sys=True)
        return
    script = Path(given[0])
    if not script.exists():
        sys.exit(f"medialog run: there is no file {given[0]!r}\n{_USAGE}")
    sys.argv = given
    _put_first(script.resolve().parent)
    runpy.run_path(str(script.absolute()), run_name="__main__")


def _put_first(folder: Path) -> None:
    if not getattr(sys.flags, "safe_path", False):  # else Python puts none there, from 3.11
        sys.path[0] = str(folder)


def _show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an error as Python does, from the script's first frame on."""
    runners = (main.__code__.co_filename, runpy.run_path.__code__.co_filename)
    while trace is not None and trace.tb_frame.f_code.co_filename in runners:
        trace = trace.tb_next
    sys.__excepthook__(kind, error.with_traceback(trace), trace)


if __name__ == "__main__":
    main(sys.argv[1:])
