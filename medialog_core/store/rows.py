"""Records as rows: what goes into one line of a segment."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from ..payload import Blob, Entry, LinkedBlob, Scalars, State
from ..schema import Extra, File, Number, Row, ScalarRow, StateRow, from_number, to_number

Place = Callable[[Blob | LinkedBlob], File]
_NON_FINITE = frozenset(("NaN", "Infinity", "-Infinity"))


def item_row(entry: Entry, run: str, ids: Iterator[str], place: Place) -> Row:
    """Give the row of a media value, its blobs placed by `place`."""
    payload = entry.payload
    files = [(blob.role, place(blob)) for blob in payload.blobs]
    return Row(
        id=next(ids),
        run=run,
        key=entry.key,
        step=entry.step,
        epoch=_number_or_none(entry.epoch),
        ts=entry.ts,
        rank=entry.rank,
        kind=payload.meta.kind,
        idx=entry.idx,
        sample_id=payload.sample_id,
        width=getattr(payload.meta, "width", None),
        height=getattr(payload.meta, "height", None),
        caption=payload.caption,
        meta=payload.meta.to_json(),
        file=next((file for role, file in files if not role), None),
        extra=[Extra(role, file) for role, file in files if role],
    )


def scalar_rows(record: Scalars, run: str, ids: Iterator[str]) -> list[ScalarRow]:
    """Give a row for each number."""
    epoch = _number_or_none(record.epoch)
    step, ts, rank = record.step, record.ts, record.rank
    return [
        ScalarRow(next(ids), run, key, step, ts, to_number(value), epoch, rank)
        for key, value in record.values.items()
    ]


def state_row(record: State, run: str, ids: Iterator[str]) -> StateRow:
    """Give the row of a fact of the run."""
    value = to_json(record.value)
    return StateRow(next(ids), run, record.ts, record.area, record.key, value, record.rank)


def to_json(value: Any) -> str:
    """Give a value of numbers, strings, lists and dictionaries as JSON, NaN and infinities too."""
    return msgspec.json.encode(_spelt(value)).decode()


def from_json(text: str) -> Any:
    """Undo `to_json`."""
    return _unspelt(msgspec.json.decode(text))


def _number_or_none(value: float | None) -> Number | None:
    return None if value is None else to_number(value)


def _spelt(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else to_number(value)
    return _inside(value, _spelt)


def _unspelt(value: Any) -> Any:
    if isinstance(value, str):
        return from_number(value) if value in _NON_FINITE else value  # type: ignore[arg-type]
    return _inside(value, _unspelt)


def _inside(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: change(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [change(item) for item in value]
    return value
