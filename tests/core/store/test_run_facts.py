from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING

from medialog_core.schema import TextMeta
from medialog_core.store.compact import compact
from medialog_core.store.reader import RunReader
from medialog_core.store.writer import StoreWriter

if TYPE_CHECKING:
    from tests.core.store.conftest import Make


def test_state_is_the_latest_of_each_key(
    writer: StoreWriter, reader: RunReader, make: Make
) -> None:
    writer.write(make.state("config", "lr", 0.1, ts=1.0))
    writer.write(make.state("config", "lr", 0.2, ts=2.0))
    writer.write(make.state("config", "net", {"depth": [1, math.inf]}, ts=1.0))
    writer.flush()
    assert reader.config == {"lr": 0.2, "net": {"depth": [1, math.inf]}}


def test_the_summary_is_the_last_numbers_then_what_was_set_then_media(
    directory: Path, writer: StoreWriter, reader: RunReader, make: Make
) -> None:
    writer.write(make.scalars({"loss": 1.0, "acc": 0.5}, step=9, ts=1.0))
    writer.write(make.scalars({"loss": 2.0}, step=1, ts=2.0))
    writer.write(make.scalars({"loss": 3.0}, step=2, ts=3.0, rank=1))
    writer.write(make.state("summary", "acc", 0.9, ts=1.0))
    writer.write(make.entry(TextMeta(text="one"), key="note", step=None))
    for idx in range(2):
        writer.write(make.entry(TextMeta(text="of two", of=2), key="list", step=None, idx=idx))
    writer.flush()
    summary = reader.summary
    assert (summary["loss"], summary["acc"]) == (2.0, 0.9)
    assert summary["note"].meta == TextMeta(text="one")
    assert len(summary["list"]) == 2
    assert reader.set_summary == {"acc": 0.9}
    writer.write(make.state("status", "state", "finished"))
    writer.close()
    compact(directory)
    assert (reader.summary["loss"], reader.summary["acc"]) == (2.0, 0.9)


def test_a_run_without_a_sign_of_life_is_stale(
    writer: StoreWriter, reader: RunReader, make: Make
) -> None:
    now = time.time()
    assert reader.status == "stale"
    writer.write(make.state("status", "state", "running", ts=now - 1000))
    writer.flush()
    assert reader.status == "stale"
    writer.write(make.state("status", "heartbeat", now, ts=now))
    writer.flush()
    assert reader.status == "running"
    writer.write(make.state("status", "state", "failed", ts=now - 500, rank=0))
    writer.write(make.state("status", "state", "finished", ts=now, rank=1))
    writer.flush()
    assert reader.status == "failed"


def test_health_adds_up_what_each_process_counted(directory: Path, make: Make) -> None:
    for counts in ({"lost": 2}, {"lost": 3, "first_error": "disk"}):
        process = StoreWriter(directory, "r1", 0)
        process.write(make.state("health", "counts", {"lost": 1}, ts=1.0))
        process.write(make.state("health", "counts", counts, ts=2.0))
        process.close()
    assert RunReader(directory).health == {"lost": 5, "first_error": "disk"}
