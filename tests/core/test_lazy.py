from __future__ import annotations

import os
import signal
import threading

import pytest

from medialog_core.lazy import cached_property
from medialog_core.payload import Blob


class Thing:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    @cached_property
    def answer(self) -> int:
        """What is computed."""
        self.asked += 1
        return 42


def test_it_is_computed_once_and_then_an_attribute() -> None:
    thing = Thing()
    assert (thing.answer, thing.answer, thing.asked) == (42, 42, 1)
    assert vars(thing)["answer"] == 42
    assert Thing().asked == 0


def test_of_the_class_it_is_itself_with_its_docstring() -> None:
    assert isinstance(Thing.answer, cached_property)
    assert Thing.answer.__doc__ == "What is computed."


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_that_is_forked_while_one_is_computed_computes_others() -> None:
    began, may_end = threading.Event(), threading.Event()

    def slowly() -> bytes:
        began.set()
        may_end.wait()
        return b"slow"

    slow = Blob(slowly, "a/b", "bin")
    thread = threading.Thread(target=lambda: slow.data)
    thread.start()
    began.wait()
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        os._exit(Blob(lambda: b"x", "a/b", "bin").data != b"x")
    _, status = os.waitpid(child, 0)
    may_end.set()
    thread.join()
    assert (status, slow.data) == (0, b"slow")
