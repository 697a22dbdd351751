"""The TensorBoard sink: records in, events of one file out.

Everything is rendered when it is written, in the run's background thread: what cannot be rendered
raises there and then, and costs nothing but itself. The elements of a list arrive one by one and
become one event when the last is there.

What TensorBoard does by itself: it shows a sample of the steps (10 of images), float32 of scalars,
and of steps that go back only the later writing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from ...payload import Entry, Record, Scalars, State
from . import protos, summaries
from .files import EventFile
from .hparams import Session
from .shown import Shown

SUMMARY_STEP = 0
"""Media of the summary have no step; their tags begin with `summary/`."""


class TensorBoardSink:
    """A sink that writes an event file into the run directory.

    Args:
        directory: The run directory; further ranks and children write below it (see `files`).
        run: The run's id, the name of its session in the hparams tab.
        rank: Which process of a distributed run this is.

    Raises:
        MissingExtra: The extra `tensorboard` is not installed (raised by the import).
    """

    def __init__(self, directory: Path, run: str, rank: int) -> None:
        self._directory, self._run, self._rank = Path(directory).absolute(), run, rank
        self._logged = self._grown = False
        self._begin(forked=False)

    @property
    def lost(self) -> int:
        """Events that were given up because the disk took nothing."""
        return self._file.lost

    def write(self, record: Record) -> None:
        """Take one record; never raises `OSError`, the next `flush` does."""
        self._leave_parent()
        self._TAKE[type(record)](self, record)

    def flush(self) -> None:
        """Commit what was written, but for a list that is still growing.

        Raises:
            OSError: It could not be written; it is kept for the next flush.
        """
        self._leave_parent()
        if not self._grown:
            self._end_list()
        self._grown = False
        if self._logged:
            self._add(self._config_values(), self._last_step)
        self._file.commit()

    def close(self) -> None:
        """Commit everything, end the session, close the file.

        Raises:
            OSError: The rest could not be written; it is given up, and counted in `lost`.
        """
        self._leave_parent()
        self._end_list()
        if self._file.is_main:
            self._end_session()
        self._file.close()

    def _begin(self, *, forked: bool) -> None:
        self._pid = os.getpid()
        self._file = EventFile(self._directory, self._rank, forked=forked)
        self._session = Session(self._run)
        self._plugins: dict[str, str] = {}
        self._last: dict[str, float] = {}
        self._last_step, self._last_ts = 0, 0.0
        self._logged = self._grown = False
        self._list: list[tuple[Entry, Shown]] = []

    def _leave_parent(self) -> None:
        """Become a writer of one's own in a forked child: the parent writes what waited there."""
        if os.getpid() != self._pid:
            self._file.abandon()
            self._begin(forked=True)

    # --- what is taken ----------------------------------------------------------------------------

    def _take_entry(self, entry: Entry) -> None:
        if self._list and _place(self._list[0][0]) != _place(entry):
            self._end_list()
        shown = summaries.show(entry.payload)
        if shown.item is None:
            self._add_shown(entry, [shown], f"/{entry.idx}" if entry.payload.meta.of else "")
            return
        self._list.append((entry, shown))
        self._grown = True
        if len(self._list) >= (entry.payload.meta.of or 1):
            self._end_list()

    def _take_scalars(self, record: Scalars) -> None:
        self._last.update(record.values)
        values = [
            protos.scalar(self._tag(key, "scalars"), number)
            for key, number in record.values.items()
        ]
        self._add(values, record.step, record.ts)

    def _take_state(self, record: State) -> None:
        self._session.take(record)
        self._last_ts = record.ts

    _TAKE: ClassVar[dict[type[Any], Callable[[Any, Any], None]]] = {
        Entry: _take_entry,
        Scalars: _take_scalars,
        State: _take_state,
    }

    # --- what becomes of it -----------------------------------------------------------------------

    def _end_list(self) -> None:
        if self._list:
            entry = self._list[0][0]
            shown = [shown for _, shown in self._list]
            self._list = []
            self._add_shown(entry, shown)

    def _add_shown(self, entry: Entry, shown: list[Shown], suffix: str = "") -> None:
        step, key = (
            (SUMMARY_STEP, f"summary/{entry.key}")
            if entry.step is None
            else (entry.step, entry.key)
        )
        tag = self._tag(key + suffix, shown[0].plugin)
        beside = [
            protos.scalar(self._tag(f"{tag}/{name}", "scalars"), number)
            for name, number in shown[0].scalars.items()
        ]
        beside += [
            protos.strings(self._tag(f"{tag}/{name}", "text"), "text", texts)
            for name, texts in summaries.texts(shown).items()
        ]
        beside += [
            value
            for name, several in summaries.cells_beside(shown)
            for value in summaries.values(self._tag(f"{tag}/{name}", several[0].plugin), several)
        ]
        values = summaries.values(tag, shown)
        for value in values:  # a mesh has tags of its own for its parts
            value.tag = self._tag(value.tag, shown[0].plugin)
        self._add([*values, *beside], step, entry.ts)

    def _end_session(self) -> None:
        self._add(self._session.config_values(), self._last_step)
        scalars = self._session.summary_scalars(self._last)
        self._add(
            [protos.scalar(self._tag(key, "scalars"), number) for key, number in scalars.items()],
            self._last_step,
        )
        self._add(self._session.end_values(self._last_ts), self._last_step)

    def _config_values(self) -> list[protos.Value]:
        return self._session.config_values() if self._file.is_main else []

    def _add(self, values: list[protos.Value], step: int, ts: float | None = None) -> None:
        if values:
            self._last_step, self._last_ts = max(step, self._last_step), ts or self._last_ts
            self._logged = True
            self._file.append(protos.event(values, step, self._last_ts))

    def _tag(self, key: str, plugin: str) -> str:
        """Give a tag that no other plugin has: TensorBoard drops what comes later under one."""
        if self._plugins.setdefault(key, plugin) == plugin:
            return key
        return self._tag(f"{key}/{plugin}", plugin)


def _place(entry: Entry) -> tuple[Any, ...]:
    """Give what the elements of one list have in common."""
    return entry.key, entry.step, entry.ts, entry.rank, type(entry.payload.meta)
