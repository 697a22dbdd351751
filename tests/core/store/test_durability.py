from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from medialog_core.store import layout
from medialog_core.store.writer import StoreWriter

if TYPE_CHECKING:
    from tests.core.store.conftest import Make


def test_bytes_are_synced_before_the_rows_that_name_them(
    directory: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []

    def note(fd: int) -> None:
        synced.append(Path(f"/proc/self/fd/{fd}").readlink().parent.name)
        assert not (directory / "items").exists() or synced[0] == "media"

    monkeypatch.setattr(layout, "sync", note)
    durable = StoreWriter(directory, "r1", 0, durability="fsync")
    durable.write(make.picture(b"x"))
    durable.flush()
    assert synced == ["media", "items"]
    durable.close()


def test_a_sync_is_due_every_30_s(
    writer: StoreWriter, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(layout, "sync", synced.append)
    writer.write(make.text())
    writer.flush()
    assert synced == []
    writer._sync_next -= 30.0
    writer.flush()
    assert len(synced) == 1
    writer.flush()
    assert len(synced) == 1
