"""Composition, and one sink's failure that never costs another its record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from medialog_core.errors import InvalidInput, WrongType
from medialog_core.payload import Record, Sink
from medialog_core.sinks.fanout import Fanout, open_sinks
from medialog_core.sinks.tensorboard import TensorBoardSink
from medialog_core.store.writer import StoreWriter
from medialog_core.testing import MemorySink, SinkTests, text_entry


class Broken(MemorySink):
    """Fails at whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def write(self, record: Record) -> None:
        super().write(record)
        raise self.error

    def flush(self) -> None:
        raise self.error

    def close(self) -> None:
        super().close()
        raise self.error


class TestFanoutAsASink(SinkTests):
    @pytest.fixture
    def sink(self, tmp_path: Path) -> Sink:
        return open_sinks(("store", "tensorboard", MemorySink()), tmp_path, "run", 0)


def test_the_sinks_are_opened_in_the_order_of_their_names(tmp_path: Path) -> None:
    mine = MemorySink()
    fanout = open_sinks(("store", mine, "tensorboard"), tmp_path, "run", 0)
    assert [type(sink) for sink in fanout.sinks] == [StoreWriter, MemorySink, TensorBoardSink]
    assert fanout.sinks[1] is mine
    fanout.close()


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        (
            ("parquet",),
            InvalidInput,
            r"sinks: unknown 'parquet'; known are \('store', 'tensorboard'\)",
        ),
        (("store", "store"), InvalidInput, "sinks: 'store' is named twice"),
        ((), InvalidInput, "sinks: expected at least one of .* mode='disabled' writes nothing"),
        ("store", WrongType, r"sinks: expected a sequence such as \('store',\), got str 'store'"),
        (
            (3,),
            WrongType,
            "sinks: expected names .* or objects with write, flush and close, got int 3",
        ),
    ],
)
def test_wrong_names_are_refused_with_the_fix(
    tmp_path: Path, names: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        open_sinks(names, tmp_path, "run", 0)


@pytest.mark.parametrize("method", ["write", "flush", "close"])
def test_each_sink_is_served_although_others_fail(method: str) -> None:
    first, second, whole = Broken(OSError("full")), Broken(ValueError("bug")), MemorySink()
    fanout = Fanout([first, second, whole])
    arguments = [text_entry()] if method == "write" else []
    with pytest.raises(OSError, match="full") as caught:
        getattr(fanout, method)(*arguments)
    assert caught.value.__cause__ is second.error
    assert (len(whole.records), whole.flushes, whole.closed) == (
        int(method == "write"),
        int(method == "flush"),
        method == "close",
    )


def test_errors_are_chained_behind_the_causes_they_have() -> None:
    inner, first, second = OSError("inner"), OSError("first"), OSError("second")
    first.__cause__ = inner
    with pytest.raises(OSError, match="first"):
        Fanout([Broken(first), Broken(second)]).flush()
    assert inner.__cause__ is second


def test_errors_that_are_raised_again_make_no_endless_chain() -> None:
    first, second, third = OSError("first"), OSError("second"), OSError("third")
    fanout = Fanout([Broken(error) for error in (first, first, second, third)])
    for _ in range(2):
        with pytest.raises(OSError, match="first"):
            fanout.flush()
    assert (first.__cause__, second.__cause__, third.__cause__) == (second, third, None)


def test_errors_with_a_common_cause_make_no_endless_chain() -> None:
    root, first, second = OSError("root"), OSError("first"), OSError("second")
    first.__cause__ = second.__cause__ = root
    with pytest.raises(OSError, match="first"):
        Fanout([Broken(first), Broken(second)]).flush()
    assert (first.__cause__, root.__cause__) == (root, None)


def test_what_was_given_up_is_summed() -> None:
    sinks = [MemorySink(), MemorySink()]
    sinks[0].lost, sinks[1].lost = 2, 3
    assert Fanout(sinks).lost == 5
