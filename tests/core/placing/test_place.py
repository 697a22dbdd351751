"""Where a run lies, and that no two runs share a directory by accident."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from torch import distributed as dist

from medialog_core.errors import InvalidInput, WrongType
from medialog_core.placing.place import Place, next_version


def place(path: Path, version: int | str | None = None) -> Place:
    return Place(path, "logs", version, create=True)


def test_versions_count_on_from_the_highest(tmp_path: Path) -> None:
    (tmp_path / "logs/version_7").mkdir(parents=True)
    (tmp_path / "logs/version_x").mkdir()
    assert place(tmp_path).decide()[0] == tmp_path / "logs/version_8"


def test_a_place_is_decided_once(tmp_path: Path) -> None:
    here = place(tmp_path)
    assert here.decide() == here.decide()
    assert place(tmp_path).decide()[0] != here.decide()[0]


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    place(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_many_at_once_get_a_directory_each(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: next_version(tmp_path, create=True), range(40)))
    assert sorted(made) == sorted(tmp_path / f"version_{n}" for n in range(40))


def test_a_relative_directory_stays_where_it_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    here = Place("runs", "", 0, create=True)
    monkeypatch.chdir("/")
    assert here.decide()[0] == tmp_path / "runs/version_0"


def test_a_copy_in_another_process_goes_to_the_same_place(tmp_path: Path) -> None:
    here = place(tmp_path)
    decided = here.decide()
    assert pickle.loads(pickle.dumps(here)).decide() == decided  # noqa: S301 - our own bytes


def test_a_name_may_be_given_instead_of_a_number(tmp_path: Path) -> None:
    assert place(tmp_path, "baseline").decide()[0] == tmp_path / "logs/baseline"


@pytest.mark.parametrize(
    ("version", "error"),
    [(1.5, WrongType), (True, WrongType), (-1, InvalidInput), ("", InvalidInput)],
)
def test_an_odd_version_is_refused(tmp_path: Path, version: int, error: type[Exception]) -> None:
    with pytest.raises(error, match="version: expected"):
        place(tmp_path, version)


def test_a_remote_directory_is_refused() -> None:
    with pytest.raises(
        InvalidInput, match="save_dir: expected a local directory, got 's3://bucket'"
    ):
        Place("s3://bucket", "", None, create=True)


@pytest.mark.usefixtures("group")
def test_other_ranks_find_what_rank_0_decided(
    tmp_path: Path, as_rank: Callable[[int], None]
) -> None:
    first, second = place(tmp_path), place(tmp_path)
    second._key = first._key
    as_rank(1)
    assert second.find(wait_secs=0) is None
    as_rank(0)
    decided = first.decide()
    as_rank(1)
    assert second.find(wait_secs=0) == decided


@pytest.mark.usefixtures("group")
def test_a_rank_waits_only_once_for_a_rank_0_that_never_says(tmp_path: Path) -> None:
    here = place(tmp_path)
    assert here.find(wait_secs=0.05) is None
    assert here.find(wait_secs=3600) is None


@pytest.mark.usefixtures("group")
def test_a_second_group_is_told_too(tmp_path: Path) -> None:
    here, other = place(tmp_path), place(tmp_path)
    other._key = here._key
    decided = here.decide()
    dist.destroy_process_group()
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)  # type: ignore[attr-defined]
    here.decide()
    assert other.find(wait_secs=0) == decided


@pytest.mark.usefixtures("group")
def test_ranks_find_the_same_of_several_loggers(tmp_path: Path) -> None:
    """Keys count the loggers of one name: the n-th of each rank belong together."""
    places = [place(tmp_path) for _ in range(3)]
    assert len({p._key for p in places}) == 3
