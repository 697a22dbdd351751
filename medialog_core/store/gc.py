"""Takes away the bytes of a run that nothing names any more.

In this order, so that it can be killed at any moment: what is still named in a pack that is mostly
dead goes into a new pack; a new file of rows names it there and replaces the old ones; the old ones
go, and last the old packs. Until the new rows are in place nothing names the new packs, and from
then on nothing names the old ones: the next `gc` removes either.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InvalidInput, StoreError
from . import census, files, layout, tar
from .alone import alone
from .mover import Mover
from .resting import refuse_if_written
from .rewrite import remove_replaced, rewrite_rows
from .seal import Progress

_OURS = re.compile(r"\d{4,}-[0-9a-f]{10}-v?\d{5,}\..+")
"""A file in `media/` that some writer made."""
_PACK = ".tar"


@dataclass
class Report:
    """What was done, or would be; files are relative to the run.

    Attributes:
        before, after: Bytes of rows and media; of a dry run `after` is an estimate.
        removed: Files that nothing named.
        repacked: Packs whose rest went into a new one.
        moved: How many blobs that were.
        dropped_rows: Rows that a later call had replaced and that were taken away.
        kept: Packs and files that should have gone and stay, and why.
    """

    before: int = 0
    after: int = 0
    removed: list[str] = field(default_factory=list)
    repacked: list[str] = field(default_factory=list)
    moved: int = 0
    dropped_rows: int = 0
    kept: dict[str, str] = field(default_factory=dict)


def gc(
    directory: Path,
    *,
    dry_run: bool = False,
    drop_history: bool = False,
    min_dead: float = 0.5,
    progress: Progress | None = None,
) -> Report:
    """Remove files that nothing names, and rewrite packs that are mostly dead.

    May be broken off at any moment and begun again.

    Args:
        directory: The run directory.
        dry_run: Only say what would be done.
        drop_history: Media rows that a later call at the same key, step and rank replaced go, and
            what only they name.
        min_dead: From this share of dead bytes on a pack is rewritten, in (0, 1].
        progress: Told about each step.

    Raises:
        InvalidInput: `min_dead` is no such share.
        MissingExtra: DuckDB is not installed, and rows are sealed or to be rewritten.
        StoreError: The run is being written, another command is at work on it, or it is damaged so
            that it cannot be told what is dead; then nothing was changed.
    """
    if not 0.0 < min_dead <= 1.0:
        raise InvalidInput(f"min_dead: expected a share in (0, 1], got {min_dead!r}")
    directory = Path(directory).absolute()
    with alone(directory / layout.RUN_FILE):
        refuse_if_written(directory)
        return _Collection(directory, drop_history, min_dead, progress).run(dry_run=dry_run)


class _Collection:
    """One `gc` of one run."""

    def __init__(
        self, directory: Path, drop_history: bool, min_dead: float, progress: Progress | None
    ) -> None:
        self._directory, self._min_dead, self._progress = directory, min_dead, progress
        self._census = census.take(directory, drop_history=drop_history, progress=progress)
        self._sizes = _sizes(directory / layout.MEDIA)
        self._report = Report(before=_bytes(directory), dropped_rows=len(self._census.hidden))

    def run(self, *, dry_run: bool) -> Report:
        report, named = self._report, self._census.bytes_by_uri()
        report.removed = [uri for uri in self._sizes if uri not in named and _is_ours(uri)]
        report.repacked = [uri for uri in named if self._is_mostly_dead(uri, named[uri])]
        self._leave_damaged()
        if dry_run:
            going = sum(self._sizes[uri] for uri in (*report.removed, *report.repacked))
            report.moved = sum(1 for uri, _ in self._census.named if uri in report.repacked)
            report.after = report.before - going + sum(named[uri] for uri in report.repacked)
            return report
        _sweep(self._directory)
        self._move()
        remove_replaced(self._directory)
        for uri in (*report.removed, *report.repacked):
            self._remove(uri)
        report.removed = [uri for uri in report.removed if uri not in report.kept]
        report.after = _bytes(self._directory)
        return report

    def _is_mostly_dead(self, uri: str, named: int) -> bool:
        dead = self._sizes.get(uri, 0) - named - len(tar.END)
        return uri.endswith(_PACK) and dead > 0 and dead >= self._min_dead * self._sizes[uri]

    def _leave_damaged(self) -> None:
        """A pack with a blob that is not what was written stays as it is: a copy may mend it."""
        places = sorted(p for p in self._census.named if p[0] in self._report.repacked)
        for done, place in enumerate(places):
            if place[0] in self._report.kept:
                continue
            self._tell(f"checking {place[0]}", done, len(places))
            what = files.wrong(self._directory, self._census.named[place])
            if what is not None:
                self._report.kept[place[0]] = what
        self._report.repacked = [u for u in self._report.repacked if u not in self._report.kept]

    def _move(self) -> None:
        if not (self._report.repacked or self._report.dropped_rows):
            return
        mover = Mover(self._directory, self._census, self._report.repacked, self._progress)
        try:
            moved = mover.move()
        except OSError as error:
            raise StoreError(f"{self._directory}: {error}; nothing was changed") from error
        self._report.moved = len(moved)
        rewrite_rows(self._directory, moved, self._census.hidden, self._progress)
        self._report.removed += [uri for uri, offset in moved if offset is None]

    def _remove(self, uri: str) -> None:
        try:
            (self._directory / uri).unlink(missing_ok=True)
        except OSError as error:  # on Windows, somebody reads it
            self._report.kept[uri] = str(error)

    def _tell(self, what: str, done: int, total: int) -> None:
        if self._progress is not None:
            self._progress(what, done, total)


def _is_ours(uri: str) -> bool:
    return _OURS.fullmatch(Path(uri).name) is not None


def _sizes(media: Path) -> dict[str, int]:
    with contextlib.suppress(FileNotFoundError), os.scandir(media) as entries:
        found = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
        return {
            f"{layout.MEDIA}/{entry.name}": entry.stat().st_size
            for entry in sorted(found, key=lambda entry: entry.name)
        }
    return {}


def _bytes(directory: Path) -> int:
    """Give the size of rows and media; what broken-off work left is part of it."""
    roots = [directory / name for name in (*layout.AREAS, layout.MEDIA)]
    paths = [path for root in (*roots, *_staged(directory)) for path in root.rglob("*")]
    return sum(path.stat().st_size for path in paths if path.is_file())


def _sweep(directory: Path) -> None:
    """Remove what a `gc` that was broken off left behind: nobody else is at work here."""
    for staged in _staged(directory):
        shutil.rmtree(staged)
    for path in (directory / layout.ITEMS).glob(f".*{layout.TEMPORARY}"):
        path.unlink(missing_ok=True)


def _staged(directory: Path) -> list[Path]:
    return list(directory.glob(layout.STAGED))
