"""Which media of a run are exported, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from ..errors import InvalidInput
from ..schema import Row
from ..store import repeats
from ..store.reader import RunReader, ScalarPoint


@dataclass(frozen=True)
class Selection:
    """What is wanted of a run.

    Attributes:
        keys: Keys, or patterns with `*`, `?` and `[...]`, of which a key matches one; none means all.
        first, last: Steps from `first` up to, but not including, `last`; None is no limit. With a
            limit, media of the summary are left out: they have no step.
        history: Also what a later call at the same key, step and rank replaced.
    """

    keys: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None
    history: bool = False

    def as_json(self) -> dict[str, Any]:
        """Give it as the export's marker has it."""
        return {**asdict(self), "keys": list(self.keys)}

    def media_keys(self, run: RunReader) -> list[str]:
        """Give the keys of media, sorted.

        Raises:
            InvalidInput: A pattern matches no key of the run.
        """
        media = {*run.keys(), *(row.key for row in run.summary_rows())}
        every = media | set(run.scalar_keys())
        for pattern in self.keys:
            if not any(_matches(key, pattern) for key in every):
                raise InvalidInput(f"key: no key matches {pattern!r}; the run has {sorted(every)}")
        return sorted(key for key in media if self._wants(key))

    def rows(self, run: RunReader, key: str) -> list[Row]:
        """Give the rows under a key by step, rank and place in their list."""
        return [row for row in run.rows(key, history=self.history) if self._in_range(row.step)]

    def points(self, run: RunReader) -> Iterator[tuple[str, ScalarPoint]]:
        """Give the numbers, by key, step and rank."""
        for key in filter(self._wants, run.scalar_keys()):
            for point in run.scalars(key, history=self.history):
                if self._in_range(point.step):
                    yield key, point

    def _wants(self, key: str) -> bool:
        return not self.keys or any(_matches(key, pattern) for pattern in self.keys)

    def _in_range(self, step: int | None) -> bool:
        if step is None:
            return self.first is None and self.last is None
        return (self.first is None or step >= self.first) and (
            self.last is None or step < self.last
        )


def _matches(key: str, pattern: str) -> bool:
    """Say whether a key is meant, also by its own name, which as a pattern `boxes[0]` is not."""
    return key == pattern or fnmatchcase(key, pattern)


def named(rows: list[Row]) -> Iterator[tuple[str, Row]]:
    """Give each row of one key with what its files' names begin with.

    The step, or `summary`; the place in a list; the rank if it is not 0; `v2`, `v3` where more than
    one row is there, by age. Rows that come later change no name.
    """
    seen: Counter[str] = Counter()
    names = {}
    for row in sorted(rows, key=repeats.age):
        place = _place(row)
        seen[place] += 1
        names[row.id] = place if seen[place] == 1 else f"{place}_v{seen[place]}"
    return ((names[row.id], row) for row in rows)


def _place(row: Row) -> str:
    step = "summary" if row.step is None else f"{row.step:09d}"
    listed = row.idx or msgspec.json.decode(row.meta, type=_Of).of is not None
    return step + f"_{row.idx:03d}" * bool(listed) + f"_rank{row.rank}" * bool(row.rank)


class _Of(msgspec.Struct):
    of: int | None = None
