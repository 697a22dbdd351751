"""The store's way out: a run directory as keys, steps, rows and payloads, while it is written too.

Nothing is locked and nothing is cached that may change: each call looks at the directory anew and
reads only what was added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from ..errors import MissingExtra
from ..payload import Blob, Payload
from ..schema import File, Metric, Row, RunFile, ScalarRow, StateRow, decode_meta, from_number
from . import condition, definitions, files, layout, repeats, whole
from .area import Area
from .axes import Axis, Place
from .definitions import Aggregate
from .rows import from_json


class ScalarPoint(NamedTuple):
    """A number at a step; `value` may be NaN or infinite, `ts` is Unix time in seconds."""

    step: int
    value: float
    epoch: float | None
    ts: float
    rank: int


class RunReader:
    """Reads one run.

    Args:
        path: The run directory.
        decode: Makes a media value of a payload; without it `load` gives the payload itself.

    Attributes:
        path: The run directory, absolute.
        info: What `run.json` says, written when the run began; `described` is newer.

    Raises:
        StoreError: There is no run, or of a format that this version does not know.
    """

    def __init__(self, path: str | Path, decode: Callable[[Payload], Any] | None = None) -> None:
        self.path = Path(path).absolute()
        self.info: RunFile = layout.read_run(self.path)
        self._decode = decode or _as_it_is
        self._items = Area(self.path, layout.ITEMS, Row)
        self._scalars = Area(self.path, layout.SCALARS, ScalarRow)
        self._state = Area(self.path, layout.STATE, StateRow)

    @property
    def id(self) -> str:
        """The run's identifier."""
        return self.info.run

    @property
    def name(self) -> str:
        """The run's name for people, as it was set last."""
        return self.described.name

    @property
    def described(self) -> RunFile:
        """What `run.json` says, with the name, tags and notes that were set last."""
        try:
            later = self.state("run")
        except MissingExtra:  # sealed, and no DuckDB
            return self.info
        known = {field: later[field] for field in ("name", "tags", "notes") if field in later}
        return replace(self.info, **known)

    @property
    def project(self) -> str:
        """The project's name."""
        return self.info.project

    def keys(self) -> list[str]:
        """Give the keys that media were logged under, sorted; `summary_rows` has the summary's."""
        return sorted(self._items.distinct("key", {}, with_a="step"))

    def scalar_keys(self) -> list[str]:
        """Give the keys that numbers were logged under, sorted."""
        return sorted(self._scalars.distinct("key", {}))

    def steps(self, key: str) -> list[int]:
        """Give the steps that have media under `key`, ascending."""
        return sorted(self._items.distinct("step", {"key": key}) - {None})

    @property
    def last_step(self) -> int:
        """The highest step of anything logged; -1 when nothing was."""
        steps = self._items.distinct("step", {}) | self._scalars.distinct("step", {})
        return max(steps - {None}, default=-1)

    def last_step_of(self, rank: int) -> int:
        """The highest step of anything that a rank logged; -1 when it logged nothing."""
        mine = {"rank": rank}
        steps = self._items.distinct("step", mine) | self._scalars.distinct("step", mine)
        return max(steps - {None}, default=-1)

    def rows(
        self, key: str | None = None, step: int | None = None, *, history: bool = False
    ) -> list[Row]:
        """Give the rows of media by key, step, rank and place in their list.

        Args:
            key: Only this key; None means any.
            step: Only this step; None means any, and media of the summary (their step is None).
            history: Also what a later call at the same key, step and rank replaced, by age.
        """
        wanted = {"key": key, "step": step}
        rows = self._items.select(
            {name: value for name, value in wanted.items() if value is not None}
        )
        return repeats.in_order(rows) if history else repeats.visible(rows)

    def summary_rows(self, key: str | None = None, *, history: bool = False) -> list[Row]:
        """Give the rows of media that are part of the summary; arguments as for `rows`."""
        rows = self._items.select({"step": None} if key is None else {"step": None, "key": key})
        return repeats.in_order(rows) if history else repeats.visible(rows)

    def payload(self, row: Row) -> Payload:
        """Give what a row holds; its bytes are read when they are asked for.

        A kind that this version does not know has an `UnknownMeta`, with all its files.
        """
        named = [("", row.file)] if row.file is not None else []
        named += [(extra.role, extra.file) for extra in row.extra]
        blobs = [self._blob(role, file) for role, file in named]
        return Payload(decode_meta(row.meta), blobs, row.caption, row.sample_id, self.read)

    def load(self, row: Row) -> Any:
        """Give a row's media value."""
        return self._decode(self.payload(row))

    def table(self, key: str, *, step: int | None = None, rank: int | None = None) -> Any:
        """Give the table under a key, whole: what was logged last, and all increments since.

        Args:
            key: Its key.
            step: As it was at that step: what was logged at later ones is left out.
            rank: Of this rank only; None puts the rows of all ranks one below the other.

        Raises:
            InvalidInput: No table is there, or something that is no single table.
        """
        rows = [
            row
            for row in self._items.select({"key": key})
            if row.step is not None
            and (step is None or row.step <= step)
            and rank in (None, row.rank)
        ]
        return self._decode(whole.payload(key, rows, self.payload))

    def read(self, file: File) -> bytes:
        """Give the bytes of a file that a row or a table's cell names.

        Raises:
            StoreError: It is missing or cut short.
        """
        return files.read(self.path, file)

    def scalars(self, key: str, *, history: bool = False) -> list[ScalarPoint]:
        """Give the numbers under `key` by step and rank.

        Args:
            key: Their key.
            history: Also those that a later call at the same step and rank replaced, by age.
        """
        rows = self._scalars.select({"key": key})
        return [
            _point(row) for row in (repeats.in_order if history else repeats.visible_scalars)(rows)
        ]

    def state(self, area: str) -> dict[str, Any]:
        """Give the latest value of each key of a state area, e.g. `config` or `checkpoint`."""
        rows = sorted(self._state.select({"area": area}), key=repeats.age)
        return {row.key: from_json(row.value) for row in rows}

    @property
    def metrics(self) -> dict[str, Metric]:
        """What `define_metric` said, by name or by glob; `metric` gives the one that a key has."""
        return definitions.from_state(self.state("metric"))

    def metric(self, key: str) -> Metric | None:
        """Give the definition that `key` has: its own, else that of the longest glob."""
        return definitions.find(self.metrics, key)

    def x_values(self, key: str, places: Iterable[Place]) -> list[float | None]:
        """Give where rows of media, or points of numbers, stand on the x-axis of their key.

        Without `step_metric` that is their step, and None for media of the summary. Else it is the
        number of that key which the same call brought, else the last one at the same step, else,
        with `step_sync`, that of the highest step below; None where there is none. A rank that
        never logged the axis takes the lowest's.

        Args:
            key: Their key.
            places: What `rows` or `scalars` gave.
        """
        defined = self.metrics
        name, metric = definitions.axis(defined, key), definitions.find(defined, key)
        if name is None or metric is None:
            return [place.step for place in places]
        axis = Axis(self._scalars.select({"key": name}), sync=metric.step_sync)
        return [axis.x(place) for place in places]

    @property
    def config(self) -> dict[str, Any]:
        """The run's settings."""
        return self.state("config")

    @property
    def set_summary(self) -> dict[str, Any]:
        """The part of the summary that was set outright, without media."""
        return self.state("summary")

    @property
    def summary(self) -> dict[str, Any]:
        """What the run came to: the last number of each key, what was set outright, its media.

        A key whose metric asks for statistics has an object of them, e.g. `{"min": 0.1}`, over all
        that was logged. The later replaces the earlier under one key. Of several ranks the lowest
        counts; media that were given as a list are a list.
        """
        return {**self.number_summary, **self._summary_media()}

    @property
    def number_summary(self) -> dict[str, Any]:
        """The summary without its media."""
        defined = self.metrics
        found = {
            key: definitions.outcome(
                definitions.find(defined, key), last, partial(self.aggregate, key)
            )
            for key, last in self.last_numbers().items()
            if definitions.has_summary(definitions.find(defined, key))
        }
        return {**found, **self.set_summary}

    def last_numbers(self, rank: int | None = None) -> dict[str, float]:
        """Give the last number of each key: of one rank, or of the lowest that has the key."""
        found = self._scalars.select({} if rank is None else {"rank": rank}, last_suffices=True)
        rows = sorted(found, key=lambda row: (-row.rank, *repeats.age(row)))
        return {row.key: from_number(row.value) for row in rows}

    def aggregate(self, key: str, rank: int | None = None) -> Aggregate:
        """Give what all numbers of a key come to: of one rank, or of the lowest that has the key."""
        rows = sorted(self._scalars.select({"key": key}), key=repeats.age)
        counts = min((row.rank for row in rows), default=0) if rank is None else rank
        return Aggregate(from_number(row.value) for row in rows if row.rank == counts)

    @property
    def status(self) -> str:
        """`running`, `finished`, `failed`, `killed`, or `stale`: running without a sign for 2 min.

        Of several ranks the lowest counts.
        """
        return condition.status(self._state.select({"area": "status"}), self.info.created)

    @property
    def health(self) -> dict[str, Any]:
        """What went wrong, over all processes that wrote: counters added up, texts of the last."""
        return condition.health(self._state.select({"area": "health", "key": "counts"}))

    def __repr__(self) -> str:
        return f"RunReader({str(self.path)!r})"

    def _blob(self, role: str, file: File) -> Blob:
        extension = Path(file.uri).suffix.removeprefix(".") if file.offset is None else "bin"
        return Blob(lambda: self.read(file), file.content_type, extension, role)

    def _summary_media(self) -> dict[str, Any]:
        by_key: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self.summary_rows():
            by_key[row.key].append(row)
        return {key: self._one_or_list(rows) for key, rows in by_key.items()}

    def _one_or_list(self, rows: list[Row]) -> Any:
        first = [row for row in rows if row.rank == rows[0].rank]
        values = [self.load(row) for row in first]
        return values[0] if decode_meta(first[0].meta).of is None else values


def _point(row: ScalarRow) -> ScalarPoint:
    epoch = None if row.epoch is None else from_number(row.epoch)
    return ScalarPoint(row.step, from_number(row.value), epoch, row.ts, row.rank)


def _as_it_is(payload: Payload) -> Payload:
    return payload
