"""Tables whose `log_mode` is "INCREMENTAL": what of them is stored at each `log`."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medialog_core import Image, Run, RunReader, Table, Text, open_run
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.runs.opening import start
from medialog_core.runs.spec import RunSpec
from medialog_core.schema import TableMeta
from medialog_core.store.compact import compact
from medialog_core.testing import MemorySink


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
def run(tmp_path: Path, sink: MemorySink) -> Iterator[Run]:
    made = start(RunSpec(tmp_path / "r", "r", "r", sinks=("store", sink)))
    yield made
    made.finish(quiet=True)


def growing(*rows: Any) -> Table:
    return Table(["n"], [[row] for row in rows], log_mode="INCREMENTAL")


def of(cells: Any) -> Table:
    return Table(["n"], [[cell] for cell in cells])


def through_pickle(table: Table) -> Any:
    return pickle.loads(pickle.dumps(table))  # noqa: S301 - our own


def parts(run: Run, key: str = "t") -> list[list[Any]]:
    """Give the cells of each row of the store, in the order of rows()."""
    run.flush()
    reader = open_run(run.dir)
    return [reader.load(row).get_column("n") for row in reader.rows(key)]


def whole(run: Run | RunReader, key: str = "t") -> list[Any]:
    reader = run if isinstance(run, RunReader) else open_run(run.dir)
    if isinstance(run, Run):
        run.flush()
    cells: list[Any] = reader.table(key).get_column("n")
    return cells


def test_each_log_stores_the_new_rows_only(run: Run, sink: MemorySink) -> None:
    table = growing(1, 2)
    run.log({"t": table})
    table.add_data(3)
    run.log({"t": table})
    table.add_data(4)
    table.add_data(5)
    run.log({"t": table})
    assert parts(run) == [[1, 2], [3], [4, 5]]
    assert whole(run) == [1, 2, 3, 4, 5] == table.get_column("n")
    metas = [entry.payload.meta for entry in sink.entries("t")]
    assert [(m.increment, m.first_row, m.nrows) for m in metas if isinstance(m, TableMeta)] == [
        (0, 0, 2), (1, 2, 1), (2, 3, 2),
    ]  # fmt: skip


def test_without_new_rows_nothing_is_stored(run: Run) -> None:
    table = growing()
    for _ in range(3):
        run.log({"t": table})
    assert parts(run) == [[]]
    assert open_run(run.dir).table("t").columns == ["n"]


def test_increments_at_one_step_stand_beside_each_other(run: Run) -> None:
    table = growing()
    for n in range(4):
        table.add_data(n)
        run.log({"t": table}, step=7)
    assert parts(run) == [[0], [1], [2], [3]]


def test_each_key_has_all_rows(run: Run) -> None:
    table = growing(1)
    run.log({"t": table, "other": table})
    table.add_data(2)
    run.log({"t": table})
    assert whole(run) == [1, 2]
    assert whole(run, "other") == [1]


def test_each_run_has_all_rows(run: Run, tmp_path: Path) -> None:
    table = growing(1)
    run.log({"t": table})
    other = start(RunSpec(tmp_path / "other", "r", "r"))
    other.log({"t": table})
    other.finish()
    assert whole(open_run(other.dir)) == [1]


def test_a_run_that_was_deleted_and_begun_anew_has_all_rows(tmp_path: Path) -> None:
    table = growing(1)
    for place in ("first", "second"):
        run = start(RunSpec(tmp_path / place, "same", "same"))
        run.log({"t": table})
        run.finish()
        assert whole(open_run(run.dir)) == [1]


@pytest.mark.parametrize("bad", [{"bad": object()}, {"bad": {"x": 1j}}])
def test_a_refused_log_loses_no_rows(run: Run, bad: dict[str, Any]) -> None:
    table = growing(1)
    with pytest.raises(WrongType, match="bad"):
        run.log({"t": table, **bad})
    with pytest.raises(WrongType, match="step"):
        run.log({"t": table}, step="x")  # type: ignore[arg-type]
    run.log({"t": table})
    assert parts(run) == [[1]]


def test_what_a_full_queue_drops_comes_with_the_next_increment(tmp_path: Path) -> None:
    blocked = threading.Event()

    class Slow(MemorySink):
        def write(self, record: Any) -> None:
            blocked.wait()
            super().write(record)

    sink = Slow()
    run = Run(RunSpec(tmp_path, "r", "r", sinks=(sink,), on_full="drop", queue_bytes=300))
    table = growing(1)
    run.log({"t": table})
    assert run.health["dropped"] == 1
    table.add_data(2)
    blocked.set()
    run.flush()
    run.log({"t": table})
    run.finish(quiet=True)
    metas = [entry.payload.meta for entry in sink.entries("t")]
    assert [(m.increment, m.nrows) for m in metas if isinstance(m, TableMeta)] == [(0, 2)]


def test_an_interrupted_log_loses_no_rows(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> bool:
        raise KeyboardInterrupt

    table = growing(1)
    with monkeypatch.context() as patched:
        patched.setattr(run._background._worker, "put", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run.log({"t": table})
    run.log({"t": table})
    assert parts(run) == [[1]]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, through_pickle])
def test_a_copy_knows_what_was_logged(run: Run, copied: Any) -> None:
    table = growing(1)
    run.log({"t": table})
    other = copied(table)
    other.add_data(2)
    run.log({"t": other})
    assert parts(run) == [[1], [2]]


def test_a_fresh_table_adds_to_what_is_there(run: Run) -> None:
    for n in range(3):
        run.log({"t": growing(n)})
    assert whole(run) == [0, 1, 2]


def test_a_resumed_run_goes_on(tmp_path: Path) -> None:
    table = growing(1)
    for n in range(3):
        run = start(RunSpec(tmp_path, "r", "r"))
        table.add_data(n)
        run.log({"same": table, "t": growing(n)})
        run.finish()
    assert whole(open_run(tmp_path)) == [0, 1, 2]
    assert whole(open_run(tmp_path), "same") == [1, 0, 1, 2]


def test_a_whole_table_begins_anew(run: Run) -> None:
    run.log({"t": growing(1)})
    run.log({"t": of([8, 9])})
    run.log({"t": growing(2)})
    run.log({"t": growing(3)})
    assert whole(run) == [8, 9, 2, 3]


def test_a_whole_table_hides_the_increments_before_it_at_its_step(run: Run) -> None:
    for table in (growing(1), growing(2), of([8]), of([9]), growing(3)):
        run.log({"t": table}, step=0)
    assert parts(run) == [[9], [3]]
    assert whole(run) == [9, 3]
    assert len(open_run(run.dir).rows("t", history=True)) == 5


def test_the_table_as_it_was_at_a_step(run: Run) -> None:
    table = growing()
    for n in range(4):
        table.add_data(n)
        run.log({"t": table}, step=10 * n)
    run.flush()
    reader = open_run(run.dir)
    assert [len(reader.table("t", step=step)) for step in (0, 15, 20, 99)] == [1, 2, 3, 4]
    with pytest.raises(InvalidInput, match="table: no table was logged under 't' there"):
        reader.table("t", step=-1)


def test_a_sealed_run_has_the_whole_table(run: Run) -> None:
    for n in range(3):
        run.log({"t": growing(n)}, step=0)
    run.finish()
    compact(run.dir)
    for segment in (run.dir / "items").glob("*.jsonl"):
        segment.unlink()
    assert parts(run) == [[0], [1], [2]]
    assert whole(open_run(run.dir)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Text("x"), "expected a table under 't', got media of kind 'text'"),
        ([of([1]), of([2])], "expected a table under 't', got a list of tables"),
    ],
)
def test_what_is_no_single_table_is_told(run: Run, value: Any, message: str) -> None:
    run.log({"t": value})
    run.flush()
    with pytest.raises(InvalidInput, match=message):
        open_run(run.dir).table("t")


def test_the_rows_of_all_ranks_stand_below_each_other(tmp_path: Path) -> None:
    for rank in (1, 0):
        run = start(RunSpec(tmp_path, "r", "r", rank=rank))
        run.log({"t": growing(10 * rank)})
        run.log({"t": growing(10 * rank + 1)})
        run.finish()
    reader = open_run(tmp_path)
    assert reader.table("t").get_column("n") == [0, 1, 10, 11]
    assert reader.table("t", rank=1).get_column("n") == [10, 11]


def test_the_summary_has_the_whole_table(run: Run) -> None:
    table = growing(1, 2)
    run.log({"t": table})
    run.summary["t"] = table
    table.add_data(3)
    run.log({"t": table})
    run.flush()
    reader = open_run(run.dir)
    assert reader.summary["t"] == of([1, 2])
    assert reader.table("t") == of([1, 2, 3])


def test_types_that_change_between_increments_are_kept(run: Run) -> None:
    table = Table(["n"], log_mode="INCREMENTAL", allow_mixed_types=True)
    cells = [None, 1, "x", {"a": 1}, Text("t"), [Text("u")]]
    for cell in cells:
        table.add_data(cell)
        run.log({"t": table})
    run.flush()
    assert open_run(run.dir).table("t") == Table(
        ["n"], [[c] for c in cells], allow_mixed_types=True
    )


def test_pictures_come_with_their_increment(run: Run) -> None:
    table = Table(["n", "image"], log_mode="INCREMENTAL", caption="seen")
    pictures = [Image(np.full((8, 8), i, np.uint8)) for i in range(3)]
    for i, picture in enumerate(pictures):
        table.add_data(i, picture)
        run.log({"t": table})
    run.flush()
    found = open_run(run.dir).table("t")
    assert found.get_column("image") == pictures
    assert found.caption == "seen"


def test_the_columns_of_a_table_that_grows_are_fixed(run: Run) -> None:
    table = growing(1)
    table.add_column("m", [2])
    run.log({"t": table})
    changes: list[Any] = [
        lambda: table.add_column("x", [1]),
        lambda: table.add_computed_columns(lambda _ndx, _row: {"x": 1}),
        lambda: table.cast("n", object),
        lambda: copy.copy(table).add_column("x", [1]),
    ]
    for change in changes:
        with pytest.raises(InvalidInput, match=r"logged as increments.*make another table"):
            change()


def test_a_table_that_grows_stands_alone(run: Run) -> None:
    with pytest.raises(
        InvalidInput, match="log: 't': a table that is logged in increments stands alone"
    ):
        run.log({"t": [growing(1)]})


@pytest.mark.parametrize("log_mode", ["IMMUTABLE", "MUTABLE"])
def test_other_modes_store_the_table_as_it_is_then(run: Run, log_mode: Any) -> None:
    table = Table(["n"], [[1]], log_mode=log_mode)
    run.log({"t": table})
    table.add_data(2)
    table.add_column("m", [3, 4])
    run.log({"t": table})
    table.add_data(5, 6)
    assert parts(run) == [[1], [1, 2]]
    assert whole(run) == [1, 2]


def test_a_disabled_run_marks_nothing(tmp_path: Path, run: Run) -> None:
    table = growing(1)
    start(RunSpec(tmp_path / "none", "r", "r", disabled=True)).log({"t": table})
    run.log({"t": table})
    assert parts(run) == [[1]]


def test_two_threads_store_each_row_once(run: Run) -> None:
    table = growing(*range(1000))
    threads = [threading.Thread(target=run.log, args=({"t": table},)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert whole(run) == list(range(1000))


def _log_in_child(run: Run, table: Table) -> None:
    table.add_data("child")
    run.log({"t": table})
    run.finish(quiet=True)


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_goes_on_from_its_parents_table(tmp_path: Path, method: str) -> None:
    run = start(RunSpec(tmp_path, "r", "r"))
    table = Table(["n"], [["parent"]], log_mode="INCREMENTAL")
    run.log({"t": table})
    context: Any = multiprocessing.get_context(method)
    child = context.Process(target=_log_in_child, args=(run, table))
    child.start()
    child.join()
    assert child.exitcode == 0
    run.finish()
    assert whole(open_run(tmp_path)) == ["parent", "child"]
