"""What tests of several folders need."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from lightning_utilities.core.rank_zero import rank_zero_only


@pytest.fixture
def group() -> Iterator[None]:
    """A process group of one, whose store the ranks share."""
    from torch import distributed as dist  # noqa: PLC0415 - most tests need no torch

    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)  # type: ignore[attr-defined]
    yield
    dist.destroy_process_group()


@pytest.fixture
def as_rank(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Take this process for a rank, as Lightning would."""
    return lambda rank: monkeypatch.setattr(rank_zero_only, "rank", rank, raising=False)
