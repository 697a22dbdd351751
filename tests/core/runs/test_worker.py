"""The queue and the thread behind it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from medialog_core.runs.worker import Worker


class Trial:
    """A worker whose consumer can be held back, and what it did."""

    def __init__(self, **options: Any) -> None:
        self.consumed: list[Any] = []
        self.committed: list[int] = []
        self.errors: list[BaseException] = []
        self.gate = threading.Event()
        self.gate.set()
        self.on_commit: Callable[[], None] = lambda: None
        options.setdefault("capacity_bytes", 100)
        self.worker = Worker(self._consume, self._commit, self.errors.append, **options)

    def _consume(self, item: Any) -> None:
        self.gate.wait(10)
        if isinstance(item, Exception):
            raise item
        self.consumed.append(item)

    def _commit(self) -> None:
        self.on_commit()
        self.committed.append(len(self.consumed))


@pytest.fixture
def trial() -> Iterator[Trial]:
    made = Trial()
    yield made
    made.gate.set()
    assert made.worker.close(10) == 0


def test_items_are_consumed_once_and_in_order(trial: Trial) -> None:
    for i in range(1000):
        trial.worker.put(i, 1)
    assert trial.worker.flush(10)
    assert list(range(1000)) == trial.consumed


def test_flush_returns_when_all_is_committed(trial: Trial) -> None:
    trial.worker.put("a", 1)
    assert trial.worker.flush(10)
    assert trial.committed[-1] == 1
    assert trial.worker.uncommitted_items == 0


def test_a_small_item_is_committed_without_a_flush(trial: Trial) -> None:
    done = threading.Event()
    trial.on_commit = lambda: done.set() if trial.consumed else None
    trial.worker.put("a", 1)
    assert done.wait(10)


def test_put_waits_while_the_queue_is_full(trial: Trial) -> None:
    trial.gate.clear()
    trial.worker.put("a", 60)
    waiting = threading.Thread(target=trial.worker.put, args=("b", 60))
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    trial.gate.set()
    waiting.join(10)
    assert trial.worker.flush(10)
    assert trial.consumed == ["a", "b"]
    assert trial.worker.waited_secs > 0


def test_with_drop_a_full_queue_refuses(trial: Trial) -> None:
    trial = Trial(on_full="drop")
    trial.gate.clear()
    assert trial.worker.put("a", 60)
    assert not trial.worker.put("b", 60)
    trial.gate.set()
    assert trial.worker.close(10) == 0
    assert trial.consumed == ["a"]


def test_an_item_above_the_bound_goes_into_an_empty_queue(trial: Trial) -> None:
    assert trial.worker.put("big", 1000)
    assert trial.worker.flush(10)
    assert trial.consumed == ["big"]


def test_an_item_that_cannot_be_consumed_ends_nothing(trial: Trial) -> None:
    error = ValueError("broken")
    trial.worker.put(error, 1)
    trial.worker.put("next", 1)
    assert trial.worker.flush(10)
    assert trial.errors == [error]
    assert trial.consumed == ["next"]


def test_a_failed_commit_is_said_and_tried_again(trial: Trial) -> None:
    error = OSError("disk full")

    def fail() -> None:
        raise error

    trial.on_commit = fail
    trial.worker.put("a", 1)
    assert not trial.worker.flush(10)
    assert error in trial.errors
    trial.on_commit = lambda: None
    assert trial.worker.flush(10)


def test_flush_gives_up_after_its_time(trial: Trial) -> None:
    trial.gate.clear()
    trial.worker.put("a", 1)
    assert not trial.worker.flush(0.05)
    trial.gate.set()


def test_close_consumes_and_commits_the_rest() -> None:
    trial = Trial()
    for i in range(10):
        trial.worker.put(i, 1)
    assert trial.worker.close(10) == 0
    assert trial.committed[-1] == 10
    assert not trial.worker.put("late", 1)


def test_close_says_how_many_were_left() -> None:
    trial = Trial()
    trial.gate.clear()
    for i in range(3):
        trial.worker.put(i, 1)
    assert trial.worker.close(0.05) == 3
    trial.gate.set()
    assert trial.worker.close(10) == 0


def test_no_thread_is_started_before_the_first_item() -> None:
    trial = Trial()
    assert not trial.worker.alive
    assert trial.worker.flush()
    assert trial.worker.close() == 0


def test_a_forked_child_starts_empty_and_works(trial: Trial) -> None:
    trial.gate.clear()
    trial.worker.put("parent's", 1)
    child = os.fork()
    if child == 0:
        trial.worker.reset()
        trial.gate = threading.Event()
        trial.gate.set()
        trial.worker.put("child's", 1)
        os._exit(0 if trial.worker.flush(10) and trial.consumed == ["child's"] else 1)
    assert os.waitpid(child, 0)[1] == 0
    trial.gate.set()
    assert trial.worker.flush(10)
    assert trial.consumed == ["parent's"]


def refuse(error: BaseException) -> None:
    raise error


def test_nothing_waits_for_a_thread_whose_last_commit_failed(trial: Trial) -> None:
    trial.on_commit = lambda: refuse(OSError("disk full"))
    trial.worker.put("a", 1)
    assert trial.worker.close(10) == 1
    done = threading.Thread(target=trial.worker.flush, daemon=True)
    done.start()
    done.join(10)
    assert not done.is_alive()
    trial.on_commit = lambda: None
    trial.worker.reset()


def test_what_must_be_taken_is_taken_although_the_queue_is_full() -> None:
    trial = Trial(on_full="drop")
    trial.gate.clear()
    trial.worker.put("a", 100)
    assert not trial.worker.put("b", 1)
    assert trial.worker.put("c", 1, always=True)
    trial.gate.set()
    assert trial.worker.close(10) == 0
    assert trial.consumed == ["a", "c"]


def test_the_thread_itself_may_put_and_flush(trial: Trial) -> None:
    def from_inside() -> None:
        trial.on_commit = lambda: None
        assert trial.worker.put("inside", 200)
        assert not trial.worker.flush()

    trial.on_commit = from_inside
    trial.worker.put("a", 100)
    trial.worker.put("b", 100)
    assert trial.worker.flush(10)
    assert sorted(trial.consumed) == ["a", "b", "inside"]
    assert trial.errors == []


def test_who_is_told_of_an_error_may_fail_too() -> None:
    trial = Trial()
    trial.worker._on_error = refuse
    trial.worker.put(ValueError("broken"), 1)
    trial.worker.put("next", 1)
    assert trial.worker.flush(10)
    assert trial.worker.close(10) == 0
    assert trial.consumed == ["next"]


def test_a_thread_that_dies_all_the_same_lets_go_of_those_who_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    trial = Trial()
    trial.on_commit = sys.exit
    trial.worker.put("a", 100)
    assert not trial.worker.flush(10)
    assert not trial.worker.put("b", 100)
    assert trial.worker.close(10) == 1


def test_without_a_thread_to_be_had_an_item_is_refused(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", lambda _: refuse(RuntimeError("no threads")))
        assert not trial.worker.put("a", 1)
    assert [str(error) for error in trial.errors] == ["no threads"]
    assert trial.worker.put("b", 1)
    assert trial.worker.flush(10)
    assert trial.consumed == ["b"]


def test_closing_where_the_lock_is_held_already_waits_for_no_time_limit(trial: Trial) -> None:
    # A signal's handler closes while what it interrupted, `put`, holds the lock.
    trial.worker.put("a", 1)
    with trial.worker._changed:
        assert trial.worker.close(10) == 0
    assert trial.consumed == ["a"]
