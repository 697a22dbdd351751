from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from medialog_core.payload import Blob, Entry, LinkedBlob, Payload, Scalars, State
from medialog_core.schema import FORMAT, ImageMeta, Meta, RunFile, TextMeta
from medialog_core.store.layout import make_run
from medialog_core.store.reader import RunReader
from medialog_core.store.writer import StoreWriter


class Make:
    """Builds records that differ only in what a test is about."""

    def text(self, text: str = "hello", **place: Any) -> Entry:
        return self.entry(TextMeta(text=text), **place)

    def picture(self, data: bytes, *, digest: bytes | None = None, **place: Any) -> Entry:
        meta = ImageMeta(width=3, height=2, channels=3, bit_depth=8, encoding="png")
        return self.entry(meta, Blob(lambda: data, "image/png", "png", digest=digest), **place)

    def entry(self, meta: Meta, *blobs: Blob | LinkedBlob, **place: Any) -> Entry:
        where: dict[str, Any] = {
            "key": "k",
            "step": 0,
            "epoch": None,
            "ts": 1.0,
            "rank": 0,
            "idx": 0,
        } | place
        return Entry(**where, payload=Payload(meta, blobs))

    def scalars(self, values: dict[str, float], **place: Any) -> Scalars:
        where = {"step": 0, "epoch": None, "ts": 1.0, "rank": 0} | place
        return Scalars(values, **where)

    def state(self, area: Any, key: str, value: Any, **place: Any) -> State:
        where = {"ts": 1.0, "rank": 0} | place
        return State(area, key, value, **where)


@pytest.fixture
def make() -> Make:
    return Make()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    path = tmp_path / "run"
    make_run(path, RunFile(FORMAT, "r1", "first", "default", 1.0))
    return path


@pytest.fixture
def writer(directory: Path) -> Iterator[StoreWriter]:
    made = StoreWriter(directory, "r1", 0)
    yield made
    made.close()


@pytest.fixture
def reader(directory: Path) -> RunReader:
    return RunReader(directory)
