"""Whether the interpreter ends well: an exception that nobody caught, or `sys.exit` with a code.

CPython keeps the first in `sys.last_value`. The code of an exit is kept nowhere: when `atexit` calls,
the `SystemExit` is gone. So while a run is open `sys.exit` raises one of ours, which notices who
reads its `code`: the interpreter does, once no Python code is left to catch it. An exit that is
caught has therefore no part in it. What no hook can see is `raise SystemExit(1)` and the shell's
`exit(1)`, which both bypass `sys.exit`.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

_final: list[object] = []
"""The code that the interpreter took from one of ours, as it ends."""


class ExitWatch:
    """Stands for `sys.exit` while a run is open."""

    def __init__(self) -> None:
        self._error_before = _last_error()
        self._before: Any = None

    def install(self) -> None:
        """Take the place of `sys.exit`, which this one calls."""
        self._before, sys.exit = sys.exit, self

    def remove(self) -> None:
        """Give `sys.exit` back, unless somebody took it meanwhile."""
        if sys.exit is self:
            sys.exit = self._before

    @property
    def failed(self) -> bool:
        """Whether what ends the interpreter is an error; a notebook's last one means nothing."""
        died = _last_error() is not self._error_before and not _interactive()
        return died or any(code not in (None, 0) for code in _final)

    def __call__(self, status: Any = None, /) -> Any:
        """Exit."""
        if threading.current_thread() is not threading.main_thread():
            return self._before(status)  # it ends a thread only, and `threading` knows but its own
        try:
            return self._before(status)
        except _Exit:
            raise
        except SystemExit as error:
            raise _Exit(*error.args) from None


class _Exit(SystemExit):
    @property
    def code(self) -> Any:
        code = SystemExit.code.__get__(self)  # type: ignore[union-attr]
        if sys._getframe().f_back is None:  # noqa: SLF001 - the interpreter itself asks
            _final.append(code)
        return code

    @code.setter
    def code(self, code: Any) -> None:
        SystemExit.code.__set__(self, code)  # type: ignore[union-attr]


def _last_error() -> object:
    return getattr(sys, "last_value", None)


def _interactive() -> bool:
    return hasattr(sys, "ps1") or "IPython" in sys.modules
