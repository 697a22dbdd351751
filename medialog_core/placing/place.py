"""Where a run lies: `<save_dir>/<name>/version_N`, decided by rank 0, the same on every rank."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..arrays import describe
from ..errors import InvalidInput, WrongType
from ..store.layout import RUN_FILE, read_run
from . import ranks

WAIT_SECS = 10.0
"""How long a rank waits for rank 0 when it logs before the trainer has brought them together."""

Version = int | str | None

_made: Counter[tuple[str, str]] = Counter()


class Place:
    """A run directory that is decided when it is first needed, and then stays.

    It pickles with what was decided, so that a child process goes to the same run.

    Args:
        save_dir: Parent of everything; made absolute at once.
        name: Folder below it; may be empty, may hold slashes.
        version: `version_<int>` or the folder itself, new or to be resumed; None is the next free
            number. Or a function that gives one of these for the folder above, called by rank 0
            when it decides.
        create: Whether to make directories.

    Raises:
        WrongType: `version` is neither an int nor a string.
        InvalidInput: `version` is negative or empty, or `save_dir` is no local path.
    """

    def __init__(
        self,
        save_dir: str | os.PathLike[str],
        name: str,
        version: Version | Callable[[Path], Version],
        *,
        create: bool,
    ) -> None:
        base = os.fspath(save_dir)
        if "://" in base:
            raise InvalidInput(f"save_dir: expected a local directory, got {base!r}")
        self.root = Path(base, name).absolute()
        self._version = version if callable(version) else _folder(version)
        self._create = create
        self._key = f"medialog/{base}/{name}/{_made[base, name]}"
        _made[base, name] += 1
        self._decided: tuple[Path, str] | None = None
        self._told: Any = None
        self._waited = False

    def decide(self) -> tuple[Path, str]:
        """Give directory and run id on rank 0, and leave them where the other ranks look.

        Raises:
            OSError: The directory cannot be made.
        """
        if self._decided is None:
            path = self._claim()
            self._decided = path, _id_in(path)
        self._tell()
        return self._decided

    def find(self, wait_secs: float = WAIT_SECS) -> tuple[Path, str] | None:
        """Give what rank 0 decided, None if that isn't known yet; waits once, never again."""
        board = ranks.store()
        if self._decided is None and board is not None:
            told = ranks.fetch(board, self._key, 0.0 if self._waited else wait_secs)
            self._waited = self._waited or wait_secs > 0
            if told is not None:
                path, run_id = json.loads(told)
                self._decided = Path(path), run_id
        return self._decided

    def _claim(self) -> Path:
        version = self._version
        folder = _folder(version(self.root)) if callable(version) else version
        if folder is not None:
            return self.root / folder
        return next_version(self.root, create=self._create)

    def _tell(self) -> None:
        board = ranks.store()
        if board is not None and board is not self._told and self._decided is not None:
            path, run_id = self._decided
            ranks.publish(board, self._key, json.dumps([str(path), run_id]))
            self._told = board

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_told": None}


def next_version(root: Path, *, create: bool) -> Path:
    """Give `root/version_N` with the next free N; two processes never get the same one.

    Raises:
        OSError: It cannot be made.
    """
    if create:
        root.mkdir(parents=True, exist_ok=True)
    number = 1 + max(_versions(root), default=-1)
    while create:
        try:
            (root / f"version_{number}").mkdir()
            break
        except FileExistsError:  # another process was quicker
            number += 1
    return root / f"version_{number}"


def _versions(root: Path) -> Iterator[int]:
    if root.is_dir():
        for entry in os.scandir(root):
            match = re.fullmatch(r"version_(\d+)", entry.name)
            if match:
                yield int(match[1])


def _folder(version: Version) -> str | None:
    if version is None:
        return None
    if isinstance(version, bool) or not isinstance(version, int | str):
        raise WrongType(
            f"version: expected a whole number, a folder's name or None, got {describe(version)}"
        )
    if version == "" or (isinstance(version, int) and version < 0):
        raise InvalidInput(f"version: expected at least 0, or a folder's name, got {version!r}")
    return f"version_{version}" if isinstance(version, int) else version


def _id_in(path: Path) -> str:
    return read_run(path).run if (path / RUN_FILE).exists() else secrets.token_hex(4)
