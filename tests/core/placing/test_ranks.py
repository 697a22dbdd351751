"""Which rank this process is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from torch import distributed as dist
from torch.testing._internal.distributed.fake_pg import FakeStore

from medialog_core.placing import ranks


@pytest.fixture
def second_of_two(as_rank: Callable[[int], None]) -> Iterator[None]:
    """A process group whose other member is only said to be there."""
    as_rank(0)  # Lightning, where it is loaded without a trainer, takes any process for the first
    dist.init_process_group("fake", store=FakeStore(), rank=1, world_size=2)
    yield
    dist.destroy_process_group()


def test_a_process_alone_is_the_first(as_rank: Callable[[int], None]) -> None:
    as_rank(0)
    assert ranks.rank() == 0


@pytest.mark.usefixtures("second_of_two")
def test_the_process_group_tells_where_lightning_does_not() -> None:
    assert ranks.rank() == 1


def test_a_launcher_tells_before_there_is_a_group(
    as_rank: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_rank(0)
    monkeypatch.delattr("lightning_utilities.core.rank_zero.rank_zero_only.rank")
    monkeypatch.setenv("RANK", "3")
    assert ranks.rank() == 3
