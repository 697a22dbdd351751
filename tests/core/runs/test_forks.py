from __future__ import annotations

import threading

import pytest

from medialog_core import forks
from medialog_core.runs.forks import FirstOfKind


def waits(first: FirstOfKind) -> threading.Thread:
    """Begin a thread that does what a fork does."""

    def fork() -> None:
        first.wait()
        first.go_on()

    thread = threading.Thread(target=fork, daemon=True)
    thread.start()
    return thread


def test_a_fork_waits_for_the_first_of_a_kind() -> None:
    first = FirstOfKind()
    with first.of(int):
        thread = waits(first)
        thread.join(0.05)
        assert thread.is_alive()
    thread.join(10)
    assert not thread.is_alive()


def test_it_does_not_wait_for_the_second() -> None:
    first = FirstOfKind()
    with first.of(int):
        pass
    with first.of(int):
        thread = waits(first)
        thread.join(10)
        assert not thread.is_alive()


def test_it_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "PATIENCE_SECS", 0.01)
    first = FirstOfKind()
    with first.of(int):
        thread = waits(first)
        thread.join(10)
        assert not thread.is_alive()
    with first.of(str):
        pass


def test_what_could_not_be_encoded_keeps_no_fork_out() -> None:
    first = FirstOfKind()
    with pytest.raises(ZeroDivisionError), first.of(int):
        raise ZeroDivisionError
    thread = waits(first)
    thread.join(10)
    assert not thread.is_alive()


def test_the_thread_itself_may_fork() -> None:
    first = FirstOfKind()
    with first.of(int):
        first.wait()
        first.go_on()
