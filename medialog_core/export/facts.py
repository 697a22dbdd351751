"""What every export holds beside the media: the run, its settings, what it came to, its numbers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from ..schema import Row, to_number
from ..store import layout
from ..store.reader import RunReader
from ..store.rows import to_json as spelt
from .lines import Lines
from .part import Part
from .selection import Selection
from .target import MARKER, Target, to_json

SCALARS, INDEX, KEYS, SUMS = "scalars.csv", "index.csv", "keys.json", "checksums.json"
CONFIG, SUMMARY = "config.json", "summary.json"
ALL = (layout.RUN_FILE, CONFIG, SUMMARY, SCALARS, INDEX, KEYS, SUMS, MARKER)

_COLUMNS = (
    *("key", "step", "epoch", "rank", "idx", "ts", "sample_id", "kind", "caption"),
    *("width", "height", "file", "extra", "meta"),
)


def write(target: Target, run: RunReader, selection: Selection) -> None:
    """Write `run.json`, `config.json`, `summary.json` and `scalars.csv`."""
    target.put(layout.RUN_FILE, (run.path / layout.RUN_FILE).read_bytes())
    target.put(CONFIG, to_json(run.config))
    target.put(SUMMARY, to_json(run.number_summary))
    with _csv(target, SCALARS) as lines:
        lines.add(("key", "step", "epoch", "rank", "ts", "value"))
        for key, point in selection.points(run):
            value = to_number(point.value)
            lines.add((key, point.step, point.epoch, point.rank, point.ts, value))


class Index:
    """`index.csv`: a line for each row of media, with the paths of its files."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        lines.add(_COLUMNS)

    def add(self, row: Row, files: list[tuple[str, str]]) -> None:
        """Add a line.

        Args:
            row: The row.
            files: Role and path of each file; the value's own has no role.
        """
        own = next((path for role, path in files if not role), None)
        extra = {role: path for role, path in files if role}
        said = {"file": own, "extra": spelt(extra) if extra else None}
        values = (said[name] if name in said else getattr(row, name) for name in _COLUMNS)
        self._lines.add(values)


@contextmanager
def index(target: Target) -> Iterator[Index]:
    """Give the index, which is there once it is whole."""
    with _csv(target, INDEX) as lines:
        yield Index(lines)


def paths(folder: str, made: list[Part]) -> list[tuple[str, str]]:
    """Give role and path of files, of which the cells of tables are left out: the CSV names them."""
    return [
        (part.role, f"{folder}{part.name}") for part in made if not part.role.startswith("cell:")
    ]


@contextmanager
def _csv(target: Target, name: str) -> Iterator[Lines]:
    with target.whole(name) as opened:
        text = io.TextIOWrapper(opened, "utf-8", "replace", newline="")
        yield Lines(text)
        text.flush()
        text.detach()
