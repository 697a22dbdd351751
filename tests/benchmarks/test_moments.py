"""What of a thread's time is counted as ours."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path

import pytest

import medialog_core
from benchmarks import moments
from benchmarks.moments import Account, Moment, counting_ours


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a second pass from one look at the clock to the next."""
    monkeypatch.setattr(moments, "own_time", itertools.count().__next__)


def test_a_call_is_counted_once_however_calls_nest() -> None:
    account = Account()
    outer = account.counted(account.counted(int))
    with account.counting():
        outer()
    assert account.seconds == 1
    outer()
    assert account.seconds == 2


def test_a_pause_is_left_out_of_what_is_counted() -> None:
    account = Account()
    with account.pausing():
        assert account.seconds == 0
    with account.counting():
        with account.pausing(), account.pausing():
            assert account.seconds == 1
        assert account.seconds == 1
    assert account.seconds == 2


def test_what_another_thread_does_is_not_counted() -> None:
    account = Account()
    thread = threading.Thread(target=account.counted(int))
    thread.start()
    thread.join()
    assert account.seconds == 0


def test_an_error_is_counted_and_goes_on() -> None:
    account = Account()
    with pytest.raises(ValueError, match="invalid literal"):
        account.counted(int)("one")
    assert account.seconds == 1


def test_logging_is_ours_in_the_block_only(tmp_path: Path) -> None:
    log = medialog_core.Run.log
    run = medialog_core.init(dir=tmp_path)
    before = Moment.now()
    run.log({"loss": 1.0})
    assert Moment.now().ours == before.ours
    with counting_ours():
        run.log({"loss": 1.0})
        run.finish()
    assert Moment.now().ours > before.ours
    assert medialog_core.Run.log is log
