"""What `run.log` takes, and what becomes of it."""

from __future__ import annotations

import logging
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import medialog_core
from medialog_core import Histogram, Image, Run, Table, Text, open_run
from medialog_core.errors import InvalidInput, RunFailed, WrongType
from medialog_core.payload import Entry, Payload, Record, Scalars
from medialog_core.runs.opening import start
from medialog_core.runs.spec import RunSpec
from medialog_core.schema import ImageMeta
from medialog_core.testing import MemorySink

GREY = np.arange(64, dtype=np.uint8).reshape(8, 8)


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
def run(tmp_path: Path, sink: MemorySink) -> Iterator[Run]:
    made = Run(RunSpec(tmp_path, "r", "r", sinks=(sink,)))
    yield made
    made.finish(quiet=True)


def metas(sink: MemorySink, key: str) -> list[Any]:
    return [entry.payload.meta for entry in sink.entries(key)]


def test_numbers_of_any_library_are_scalars(run: Run, sink: MemorySink) -> None:
    run.log(
        {
            "a": 1,
            "b": np.float16(0.5),
            "c": torch.tensor([2.5], requires_grad=True),
            "d": True,
            "e": np.int64(7),
        }
    )
    run.flush()
    [scalars] = [r for r in sink.records if isinstance(r, Scalars)]
    assert dict(scalars.values) == {"a": 1, "b": 0.5, "c": 2.5, "d": 1, "e": 7}


def test_a_nan_stays_a_nan(tmp_path: Path) -> None:
    run = start(RunSpec(tmp_path / "r", "r", "r"))
    run.log({"loss": float("nan"), "up": np.inf})
    run.finish()
    reader = open_run(run.dir)
    assert np.isnan(reader.scalars("loss")[0].value)
    assert reader.scalars("up")[0].value == np.inf


def test_raw_values_become_what_they_look_like(run: Run, sink: MemorySink) -> None:
    run.log(
        {
            "pil": PIL.Image.fromarray(GREY),
            "list": [GREY, np.tile(GREY, 2)],
            "array": np.random.default_rng(0).normal(size=100),
            "text": "a word",
            "nested": {"deep": {"value": 1.0}},
        }
    )
    run.flush()
    assert [
        type(m).__name__ for key in ("pil", "list", "array", "text") for m in metas(sink, key)
    ] == [
        "ImageMeta",
        "ImageMeta",
        "ImageMeta",
        "HistogramMeta",
        "TextMeta",
    ]
    assert sink.scalars("nested/deep/value") == [(0, 1.0)]


def test_a_list_is_one_entry_each_with_its_own_size_and_caption(run: Run, sink: MemorySink) -> None:
    run.log({"l": [Image(GREY, caption="a"), Image(GREY[:4]), Image(GREY, caption="c")]})
    run.flush()
    entries = sink.entries("l")
    assert [(e.idx, e.payload.caption) for e in entries] == [(0, "a"), (1, None), (2, "c")]
    heights = [m.height for m in metas(sink, "l") if isinstance(m, ImageMeta)]
    assert heights == [8, 4, 8]
    assert {m.of for m in metas(sink, "l")} == {3}
    assert len({e.ts for e in entries}) == 1


def test_none_is_skipped_counted_and_said_once(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "medialog"):
        run.log({"a": None, "b": 1})
        run.log({"a": None})
    assert run.health["skipped_none"] == 2
    assert [r.getMessage() for r in caplog.records] == [
        "run r: 'a' was None or empty and skipped; further ones are only counted"
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([1], "log: expected a dictionary of key to value, got list"),
        ({1: 2}, "log: keys are strings, got int 1"),
        ({"bad": object()}, "'bad'"),
        ({"a": {"b": {1, 2}}}, "'a/b'"),
    ],
)
def test_what_cannot_be_logged_names_its_key(run: Run, data: Any, message: str) -> None:
    with pytest.raises(WrongType, match=message):
        run.log(data)


def test_a_mistake_logs_nothing_of_its_call_and_takes_no_step(run: Run, sink: MemorySink) -> None:
    with pytest.raises(WrongType):
        run.log({"good": 1.0, "bad": object()})
    run.log({"good": 2.0})
    run.flush()
    assert sink.scalars("good") == [(0, 2.0)]


def test_a_disabled_run_has_its_summary(tmp_path: Path) -> None:
    run = Run(RunSpec(tmp_path, "r", "r", disabled=True))
    run.log({"loss": 0.5})
    assert run.summary["loss"] == 0.5


def test_steps_come_in_any_order_and_none_is_dropped(run: Run, sink: MemorySink) -> None:
    for step in (5, 1, 9, 5):
        run.log({"a": float(step)}, step=step)
    run.log({"a": 10.0})
    run.flush()
    assert sink.scalars("a") == [(5, 5.0), (1, 1.0), (9, 9.0), (5, 5.0), (10, 10.0)]


def test_a_trainers_step_is_used_where_none_is_stated(run: Run, sink: MemorySink) -> None:
    run.step_source = lambda: 77
    run.log({"a": 1.0})
    run.log({"a": 2.0}, step=3)
    run.flush()
    assert sink.scalars("a") == [(77, 1.0), (3, 2.0)]
    assert run.step == 77


@given(key=st.text(min_size=1, max_size=300))
@settings(max_examples=30, deadline=None)
def test_any_key_is_legal(key: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    run = start(RunSpec(tmp_path_factory.mktemp("k") / "r", "r", "r"))
    run.log({key: Text("t")})
    run.log({key: 1.0})
    run.finish()
    reader = open_run(run.dir)
    assert [reader.load(row) for row in reader.rows(key)] == [Text("t")]
    assert [s.value for s in reader.scalars(key)] == [1.0]


def test_a_reused_buffer_shows_what_it_held_at_each_call(tmp_path: Path) -> None:
    run = start(RunSpec(tmp_path / "r", "r", "r"))
    buffer = np.zeros((40, 40), np.uint8)
    table = Table(columns=["i", "image"])
    images = []
    for i in range(20):
        buffer[:] = i
        images.append(Image(buffer))
        table.add_data(i, Image(buffer))
        run.log({"raw": [buffer]}, step=i)
        run.log({"hist": buffer.astype(float)}, step=i)
    run.log({"images": images, "table": table}, step=0)
    buffer[:] = 255
    table.add_data(99, Image(buffer))
    run.finish()
    reader = open_run(run.dir)
    assert [reader.load(r).to_numpy()[0, 0] for r in reader.rows("images")] == list(range(20))
    assert [reader.load(r).to_numpy()[0, 0] for r in reader.rows("raw")] == list(range(20))
    assert [reader.load(r).moments.max for r in reader.rows("hist")] == list(range(20))
    [row] = reader.rows("table")
    assert [cells[1].to_numpy()[0, 0] for _, cells in reader.load(row).iterrows()] == list(
        range(20)
    )


def test_media_in_the_summary_have_no_step(run: Run, sink: MemorySink) -> None:
    run.summary["logits"] = Histogram([1.0, 2.0])
    run.summary["best"] = 0.9
    run.flush()
    assert [entry.step for entry in sink.entries("logits")] == [None]
    assert sink.state()["summary", "best"] == 0.9


MEDIA: dict[str, Callable[[], Any]] = {
    "histogram": lambda: Histogram([1.0, 2.0]),
    "image": lambda: Image(GREY),
    "table": lambda: Table(columns=["a"], data=[[1]]),
    "text": lambda: Text("t"),
}


@pytest.mark.parametrize("kind", MEDIA)
def test_the_summary_takes_media_of_every_type_in_every_way(kind: str, tmp_path: Path) -> None:
    value = MEDIA[kind]()
    run = start(RunSpec(tmp_path / "r", "r", "r"))
    run.summary.update({"updated": value, "listed": [value, value]})
    run.summary["set"] = value
    run.summary.named = value
    run.summary["replaced"] = 1
    run.summary["replaced"] = value
    run.log({"updated": 1.0})
    assert run.summary["updated"] is value
    run.finish()
    summary = open_run(run.dir).summary
    assert summary == {
        **dict.fromkeys(("updated", "set", "named", "replaced"), value),
        "listed": [value, value],
    }


@pytest.mark.parametrize("kind", MEDIA)
def test_the_config_takes_media_of_no_type_at_any_depth(kind: str, run: Run) -> None:
    value = MEDIA[kind]()
    for config in (value, [value], {"deep": ({"er": value},)}):
        with pytest.raises(WrongType, match=r"config\['a'\]: media cannot be part of the config"):
            run.config.update(a=config)
        with pytest.raises(WrongType):
            run.config.a = config
    assert dict(run.config) == {}


@pytest.mark.parametrize("given", [[Text("t"), 1], {"deep": Text("t")}, ({"deep": [Text("t")]},)])
def test_media_among_other_things_are_no_summary(run: Run, given: Any) -> None:
    with pytest.raises(WrongType, match=r"summary\['a'\]: media among other things cannot be kept"):
        run.summary["a"] = given
    assert dict(run.summary) == {}


def test_media_in_the_config_are_refused(run: Run) -> None:
    with pytest.raises(WrongType, match=r"config\['a'\]: media cannot be part of the config"):
        run.config["a"] = Image(GREY)


def test_the_context_manager_finishes(tmp_path: Path) -> None:
    with start(RunSpec(tmp_path / "a", "a", "a")) as run:
        run.log({"x": 1.0})
    assert open_run(run.dir).status == "finished"
    with pytest.raises(ZeroDivisionError), start(RunSpec(tmp_path / "b", "b", "b")) as run:
        raise ZeroDivisionError
    assert open_run(run.dir).status == "failed"


def test_a_finished_run_refuses_to_log(run: Run) -> None:
    run.finish()
    run.finish()
    with pytest.raises(InvalidInput, match="run 'r' is finished; call init"):
        run.log({"a": 1})


def test_a_finished_run_drops_no_config_and_no_summary_silently(run: Run) -> None:
    run.finish()
    with pytest.raises(InvalidInput, match=r"config\['lr'\]: run 'r' is finished; call init"):
        run.config.update({"lr": 1})
    with pytest.raises(InvalidInput, match=r"summary\['best'\]: run 'r' is finished; call init"):
        run.summary["best"] = 1
    assert (dict(run.config), dict(run.summary)) == ({}, {})


def test_a_failed_write_never_raises_in_the_training_but_at_finish(
    run: Run, sink: MemorySink
) -> None:
    sink.fail_with = OSError("disk full")
    run.log({"a": 1.0})
    assert not run.flush()
    run.log({"a": 2.0})
    assert run.health["write_errors"] == 1
    sink.lost = 1
    with pytest.raises(RunFailed, match="not all was written") as caught:
        run.finish()
    assert isinstance(caught.value.__cause__, OSError)


def test_a_failed_write_that_was_made_good_fails_no_run(run: Run, sink: MemorySink) -> None:
    sink.fail_with = OSError("disk full")
    run.log({"a": 1.0})
    assert not run.flush()
    run.finish()
    assert sink.scalars("a") == [(0, 1.0)]
    assert run.health["write_errors"] == 1


def test_strict_raises_a_failed_write_at_the_next_call(tmp_path: Path) -> None:
    sink = MemorySink()
    run = Run(RunSpec(tmp_path, "r", "r", sinks=(sink,), strict=True))
    sink.fail_with = OSError("disk full")
    run.log({"a": 1.0})
    with pytest.raises(RunFailed, match="strict=True"):
        run.flush()
    with pytest.raises(RunFailed, match="strict=True"):
        run.log({"a": 2.0})
    run.finish(quiet=True)


def test_a_value_that_cannot_be_encoded_loses_nothing_else(
    run: Run, sink: MemorySink, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Image(GREY)

    def encode(values: Any) -> Iterator[Payload]:
        raise RuntimeError("a broken encoder")
        yield values

    with monkeypatch.context() as patched:
        patched.setattr("medialog_core.codecs.encode", encode)
        run.log({"broken": broken})
        run.flush()
    run.log({"fine": Text("x")})
    run.flush()
    assert [entry.key for entry in sink.entries()] == ["fine"]
    assert run.health["encode_errors"] == 1


class _Picky(MemorySink):
    """A sink that cannot take the second of a list."""

    def write(self, record: Record) -> None:
        if isinstance(record, Entry) and record.idx == 1:
            raise ValueError("not this one")
        super().write(record)


def test_an_element_that_cannot_be_written_costs_no_other(tmp_path: Path) -> None:
    sink = _Picky()
    run = Run(RunSpec(tmp_path, "r", "r", sinks=(sink,)))
    run.log({"l": [Text(c) for c in "abc"]})
    run.flush()
    assert [entry.idx for entry in sink.entries("l")] == [0, 2]
    assert run.health["encode_errors"] == 1
    run.finish(quiet=True)


class _Held(MemorySink):
    """A sink that holds the background thread until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def write(self, record: Record) -> None:
        self.gate.wait(10)
        super().write(record)


def test_a_full_queue_drops_when_asked_and_counts(tmp_path: Path) -> None:
    sink = _Held()
    run = Run(RunSpec(tmp_path, "r", "r", sinks=(sink,), on_full="drop", queue_bytes=1000))
    for _ in range(5):
        run.log({"image": Image(np.zeros((30, 30), np.uint8))})
    dropped = run.health["dropped"]
    sink.gate.set()
    run.flush()
    assert dropped == 5 - len(sink.entries())
    assert isinstance(dropped, int)
    assert dropped >= 3
    run.finish()


def test_several_runs_live_in_one_process(tmp_path: Path) -> None:
    runs = [start(RunSpec(tmp_path / name, name, name)) for name in "ab"]
    for i in range(10):
        runs[i % 2].log({"i": float(i)})
    for run in runs:
        run.finish()
    found = [[s.value for s in open_run(run.dir).scalars("i")] for run in runs]
    assert found == [[0, 2, 4, 6, 8], [1, 3, 5, 7, 9]]


def test_log_is_safe_from_several_threads(tmp_path: Path) -> None:
    run = start(RunSpec(tmp_path / "r", "r", "r"))

    def work() -> None:
        for _ in range(100):
            run.log({"a": 1.0})

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.finish()
    assert [s.step for s in open_run(run.dir).scalars("a")] == list(range(400))


def test_a_pickled_run_is_a_handle_that_writes_beside_it(tmp_path: Path) -> None:
    run = start(RunSpec(tmp_path / "r", "r", "r"))
    run.log({"a": 1.0})
    handle = pickle.loads(pickle.dumps(run))  # noqa: S301 - our own
    handle.log({"a": 2.0})
    handle.finish()
    assert open_run(run.dir).status == "running"
    run.finish()
    assert [(s.step, s.value) for s in open_run(run.dir).scalars("a")] == [(0, 1.0), (1, 2.0)]
    assert len(list((run.dir / "scalars").glob("*.jsonl"))) == 2


def test_health_is_kept_with_the_run(tmp_path: Path) -> None:
    with medialog_core.init(dir=tmp_path) as run:
        run.log({"a": None})
    assert open_run(run.dir).health["skipped_none"] == 1


def test_the_health_on_the_disk_tells_of_what_failed_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(RunSpec(tmp_path / "r", "r", "r"))
    monkeypatch.setattr("medialog_core.codecs.encode", lambda _: 1 / 0)
    run.log({"broken": Image(GREY)})
    run.finish(quiet=True)
    health = open_run(run.dir).health
    assert (health["encode_errors"], health["queued_items"]) == (1, 0)


def test_what_cannot_be_encoded_is_said_once_with_its_key(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("medialog_core.codecs.encode", lambda _: 1 / 0)
        for _ in range(3):
            run.log({"the/key": Image(GREY)})
        run.flush()
    assert run.health["encode_errors"] == 3
    said = [record.getMessage() for record in caplog.records]
    assert said == ["run r: 'the/key' could not be encoded; further errors are only counted"]


def test_counting_from_many_threads_loses_nothing(run: Run) -> None:
    def work() -> None:
        for _ in range(20_000):
            run.count("n")

    threads = [threading.Thread(target=work) for _ in range(8)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(before)
    assert run.health["n"] == 160_000


def test_with_drop_and_a_full_queue_the_state_of_the_run_is_kept(tmp_path: Path) -> None:
    sink = _Held()
    run = Run(RunSpec(tmp_path, "r", "r", sinks=(sink,), on_full="drop", queue_bytes=1480))
    for _ in range(5):
        run.log({"image": Image(np.zeros((30, 30), np.uint8))})
    run.config["lr"] = 0.1
    threading.Timer(0.2, sink.gate.set).start()
    run.finish()
    assert sink.state()["config", "lr"] == 0.1
    assert sink.state()["status", "state"] == "finished"


def test_a_second_finish_waits_for_the_first(tmp_path: Path) -> None:
    sink = _Held()
    run = Run(RunSpec(tmp_path, "r", "r", sinks=(sink,)))
    run.log({"a": 1.0})
    first = threading.Thread(target=run.finish)
    first.start()
    while not run.finished:
        threading.Event().wait(0.01)
    threading.Timer(0.3, sink.gate.set).start()
    run.finish()
    assert sink.scalars("a") == [(0, 1.0)]
    first.join()


def test_a_finished_run_can_be_flushed_although_its_disk_failed(tmp_path: Path) -> None:
    sink = _Broken()
    run = Run(RunSpec(tmp_path, "r", "r", sinks=(sink,)))
    run.log({"a": 1.0})
    run.finish(quiet=True)
    assert not run.flush(10)


class _Broken(MemorySink):
    """A sink that can never write."""

    def flush(self) -> None:
        raise OSError("no disk")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((), "finished"),
        ((None,), "finished"),
        ((0,), "finished"),
        ((1,), "failed"),
        ((np.int64(255), True), "failed"),
        (("failed",), "failed"),
        (("killed", True), "killed"),
    ],
)
def test_an_exit_code_is_an_end_as_a_status_is(
    run: Run, sink: MemorySink, arguments: tuple[Any, ...], status: str
) -> None:
    run.finish(*arguments)
    assert sink.state()["status", "state"] == status


@pytest.mark.parametrize(
    ("named", "status"), [({"exit_code": 2}, "failed"), ({"status": "killed"}, "killed")]
)
def test_an_end_can_be_named(run: Run, sink: MemorySink, named: Any, status: str) -> None:
    run.finish(**named)
    assert sink.state()["status", "state"] == status


@pytest.mark.parametrize("code", [True, 1.5, [1]])
def test_an_end_that_is_no_number_is_refused(run: Run, code: Any) -> None:
    with pytest.raises(WrongType, match=r"exit_code: expected a whole number \(0 is a success\)"):
        run.finish(code)
    assert not run.finished


def test_two_ends_are_refused(run: Run) -> None:
    with pytest.raises(InvalidInput, match="expected exit_code or status, got 0 and 'failed'"):
        run.finish(0, status="failed")


def test_an_end_that_is_no_status_is_refused(run: Run) -> None:
    with pytest.raises(InvalidInput, match=r"status: expected one of .*, got 'done'"):
        run.finish("done")
    assert not run.finished


def test_a_key_that_no_file_can_hold_is_refused_at_the_call(run: Run) -> None:
    with pytest.raises(InvalidInput, match="lone surrogate"):
        run.log({"a\udcff": 1.0})


def test_an_epoch_of_any_library_is_a_number(run: Run, sink: MemorySink) -> None:
    run.log({"a": 1.0}, epoch=np.float32(1.5))  # type: ignore[arg-type]
    with pytest.raises(WrongType, match="epoch: expected a number, got str 'x'"):
        run.log({"a": 1.0}, epoch="x")  # type: ignore[arg-type]
    run.flush()
    [scalars] = [record for record in sink.records if isinstance(record, Scalars)]
    assert (scalars.epoch, type(scalars.epoch)) == (1.5, float)


def test_a_list_in_the_summary_is_media_too(tmp_path: Path) -> None:
    run = start(RunSpec(tmp_path / "r", "r", "r"))
    run.summary["best"] = [Image(GREY), Image(GREY.T.copy())]
    run.summary["pil"] = PIL.Image.fromarray(GREY)
    run.summary["numbers"] = [1, 2]
    run.finish()
    summary = open_run(run.dir).summary
    assert summary["best"] == [Image(GREY), Image(GREY.T.copy())]
    assert summary["pil"] == Image(PIL.Image.fromarray(GREY))
    assert summary["numbers"] == [1, 2]


def test_text_that_utf_8_lacks_is_kept_in_the_config(tmp_path: Path) -> None:
    run = start(RunSpec(tmp_path / "r", "r", "r"))
    run.config["path"] = "caf\udce9.png"
    run.finish()
    assert open_run(run.dir).config == {"path": "caf\\udce9.png"}


def test_a_config_that_is_refused_leaves_no_run_open(tmp_path: Path) -> None:
    sink = MemorySink()
    with pytest.raises(WrongType, match="media cannot be part of the config"):
        Run(RunSpec(tmp_path, "r", "r", sinks=(sink,), config={"a": Image(GREY)}))
    assert sink.state()["status", "state"] == "failed"
    assert sink.closed


def test_a_value_of_a_subclass_is_written_as_its_type(run: Run, sink: MemorySink) -> None:
    class Photo(Image):
        """A user's own."""

    run.log({"photo": Photo(GREY), "photos": [Photo(GREY), Photo(GREY)]})
    run.flush()
    assert [entry.payload.meta.kind for entry in sink.entries()] == ["image"] * 3
