from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
import torch


@pytest.fixture(autouse=True)
def process_left_as_found(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Undo what a workload does to the process that it otherwise has for itself."""
    monkeypatch.setenv("MEDIALOG_SILENT", "1")
    before: dict[str, Any] = {name: sys.modules[name] for name in ("isal",) if name in sys.modules}
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)
    sys.modules.pop("isal", None)
    sys.modules.update(before)
