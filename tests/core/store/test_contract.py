from __future__ import annotations

from pathlib import Path

import pytest

from medialog_core.store.writer import StoreWriter
from medialog_core.testing import SinkTests


class TestStoreWriter(SinkTests):
    @pytest.fixture
    def sink(self, directory: Path) -> StoreWriter:
        return StoreWriter(directory, "r1", 0)
