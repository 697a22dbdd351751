"""Rows, files and `run.json`: what readers, DuckDB and the viewer see."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from .numbers import Number

FORMAT = 1

Area = Literal["config", "summary", "status", "health", "checkpoint", "metric", "run"]


class File(Struct, frozen=True, omit_defaults=True):
    """Where bytes are; the field names are those of Parquet's FILE logical type.

    `uri` is relative to the run directory; without `offset` the file is the whole of it.
    """

    uri: str
    size: int
    content_type: str
    checksum: str
    offset: int | None = None


class Extra(Struct, frozen=True):
    """A further file of a row, e.g. role `mask:predictions`."""

    role: str
    file: File


class Row(Struct, omit_defaults=True):
    """A row of `items/`; `meta` is a JSON string whose `kind` repeats the column."""

    id: str
    run: str
    key: str
    ts: float
    kind: str
    meta: str
    step: int | None = None
    epoch: Number | None = None
    rank: int = 0
    idx: int = 0
    sample_id: str | None = None
    width: int | None = None
    height: int | None = None
    caption: str | None = None
    file: File | None = None
    extra: list[Extra] = []


class ScalarRow(Struct, omit_defaults=True):
    """A row of `scalars/`."""

    id: str
    run: str
    key: str
    step: int
    ts: float
    value: Number
    epoch: Number | None = None
    rank: int = 0


class StateRow(Struct, omit_defaults=True):
    """A row of `state/`; `value` is a JSON string."""

    id: str
    run: str
    ts: float
    area: str
    key: str
    value: str
    rank: int = 0


class RunFile(Struct, omit_defaults=True):
    """`run.json`: written once, by the first process, never again."""

    format: int
    run: str
    name: str
    project: str
    created: float
    group: str | None = None
    job_type: str | None = None
    tags: list[str] = []
    notes: str | None = None
    launch: dict[str, Any] = {}
