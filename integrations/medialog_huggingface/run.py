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
    if as_module:
        sys.argv = given
        sys.path[0] = str(Path.cwd())
        runpy.run_module(given[0], run_name="__main__", alter_sys=True)
        return
    script = Path(given[0])
    if not script.exists():
        sys.exit(f"medialog run: there is no file {given[0]!r}\n{_USAGE}")
    sys.argv = given
    sys.path[0] = str(script.resolve().parent)
    runpy.run_path(str(script), run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
