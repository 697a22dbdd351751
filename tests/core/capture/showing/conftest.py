"""A run to which inputs and predictions go, and what it then holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import medialog_core


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("MEDIALOG_SILENT", "1")
    with medialog_core.init(dir=tmp_path) as started:
        yield started


@pytest.fixture
def logged(run: Any) -> Callable[[str], list[Any]]:
    """Give the values under a key."""

    def read(key: str) -> list[Any]:
        run.flush()
        reader = medialog_core.open_run(run.dir)
        return [reader.load(row) for row in reader.rows(key)]

    return read
