"""A disk that is full for a while loses nothing of any type, and no row of a table that grows comes twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import medialog_core as medialog
from medialog_core import RunReader, Table, open_run
from medialog_core.errors import RunFailed
from medialog_core.media.tables import tablefile
from medialog_core.store import writer
from medialog_core.store.doctor import examine
from tests.disk import Disk
from tests.kinds import KINDS, image


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def grow(table: Table, step: int) -> Table:
    table.add_data(step, image(step))
    return table


def growing() -> Table:
    return Table(columns=["step", "picture"], log_mode="INCREMENTAL")


def check_rows(reader: RunReader, steps: list[int]) -> None:
    found = reader.table("growing")
    assert found.get_column("step") == steps
    assert found.get_column("picture") == [image(step) for step in steps]


def test_every_type_is_there_once_the_disk_has_room(tmp_path: Path, disk: Disk) -> None:
    run = medialog.init("p", dir=tmp_path, id="r")
    table = growing()
    for step in range(30):
        disk.full = 5 <= step < 25
        values: dict[str, Any] = {kind: make(step) for kind, make in KINDS.items()}
        run.log({**values, "growing": grow(table, step)}, step=step)
        run.flush()
    assert "write_errors" in run.health
    run.finish()
    reader = open_run(run.dir)
    check_rows(reader, list(range(30)))
    for kind, make in KINDS.items():
        rows = reader.rows(kind)
        assert [row.step for row in rows] == list(range(30))
        assert [reader.load(row) for row in rows] == [make(step) for step in range(30)]
    assert [finding for finding in examine(run.dir) if finding.level == "error"] == []


def test_what_is_too_much_to_keep_is_counted_and_the_rest_of_a_growing_table_is_whole(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "KEPT_BYTES", 10_000)
    run = medialog.init("p", dir=tmp_path, id="r")
    table = growing()
    for step in range(40):
        disk.full = 5 <= step < 30
        run.log({"growing": grow(table, step)}, step=step)
        run.flush()
    lost = run.health["lost"]
    assert isinstance(lost, int)
    with pytest.raises(RunFailed, match="not all was written"):
        run.finish()
    reader = open_run(run.dir)
    steps = reader.table("growing").get_column("step")
    assert 0 < lost == 40 - len(steps)
    check_rows(reader, steps)
    kept = steps.index(31)  # the disk had room for 30, which was given up before that was tried
    assert steps == [*range(kept), *range(31, 40)]
    assert kept > 5


def test_an_increment_that_is_broken_costs_its_rows_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = medialog.init("p", dir=tmp_path, id="r")
    table = growing()
    for step in range(6):
        with monkeypatch.context() as broken:
            if step == 3:
                broken.setattr(tablefile, "_rendered", None)
            run.log({"growing": grow(table, step)}, step=step)
            run.flush()
    with pytest.raises(RunFailed, match="encode_errors"):
        run.finish()
    check_rows(open_run(run.dir), [0, 1, 2, 4, 5])
