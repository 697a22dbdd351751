"""What the end of a run seals by itself."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from medialog_core.store import layout
from medialog_core.store import seal as sealing
from medialog_core.store.reader import RunReader
from medialog_core.store.seal import seal_at_end
from medialog_core.store.writer import StoreWriter

if TYPE_CHECKING:
    from tests.core.store.conftest import Make


def write(directory: Path, make: Make, rows: int) -> StoreWriter:
    writer = StoreWriter(directory, "r1", 0)
    for step in range(rows // 10):
        writer.write(make.scalars({f"k{i}": float(step) for i in range(10)}, step=step))
    return writer


def sealed(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.rglob("*.parquet"))


def test_a_run_of_many_rows_is_sealed_when_it_ends(directory: Path, make: Make) -> None:
    writer = write(directory, make, layout.SEGMENT_ROWS + 10)
    writer.close()
    assert [f"{writer.id}-0000{i}.parquet" for i in range(2)] == sealed(directory)
    assert len(RunReader(directory).scalars("k3")) == (layout.SEGMENT_ROWS + 10) // 10


def test_a_small_run_is_left_as_it_is(directory: Path, make: Make) -> None:
    write(directory, make, 100).close()
    assert sealed(directory) == []


def test_a_run_ends_without_duckdb(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    write(directory, make, layout.SEGMENT_ROWS).close()
    assert sealed(directory) == []
    assert len(RunReader(directory).scalars("k3")) == layout.SEGMENT_ROWS // 10


def test_the_end_of_a_run_does_not_wait_for_a_slow_sealing(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(sealing, "seal", lambda *_args, **_kwargs: gate.wait(30))
    monkeypatch.setattr(sealing, "_ONE_SEGMENT_SECS", 0.01)
    writer = write(directory, make, 10)
    assert not seal_at_end(directory, writer.id, within_secs=0.01)
    gate.set()
    writer.close()


def test_a_sealing_that_is_late_has_stopped_when_the_run_has_ended(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "SEGMENT_ROWS", 10)
    writer = write(directory, make, 1000)
    monkeypatch.setattr(layout, "SEGMENT_ROWS", 10_000)
    writer.close()
    assert not seal_at_end(directory, writer.id, within_secs=0.1)
    assert not any(thread.name == "medialog-seal" for thread in threading.enumerate())
    assert len(sealed(directory)) < 100
    assert len(RunReader(directory).scalars("k3")) == 100
