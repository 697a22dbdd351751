from __future__ import annotations

import tracemalloc

from medialog_core.media.shapes.remembered import Remembered


def doubled(most_bytes: int) -> Remembered[bytes]:
    return Remembered(lambda given: bytes(bytearray(given) * 2), lambda found: [found], most_bytes)


def test_the_same_is_made_once() -> None:
    double = doubled(100)
    assert [double(b"ab"), double(b"ab"), double(b"c")] == [b"abab", b"abab", b"cc"]
    assert double.made == 2


def test_what_was_asked_for_last_is_known_longest() -> None:
    double = doubled(30)
    for given in (b"aaaaa", b"bbbbb", b"aaaaa", b"ccccc", b"aaaaa"):
        double(given)
    assert double.made == 3
    double(b"bbbbb")
    assert double.made == 4


def test_it_holds_no_more_than_its_bytes() -> None:
    double = doubled(1_000_000)
    tracemalloc.start()
    try:
        for i in range(100):
            double(bytes([i]) * 100_000)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 1_100_000


def test_one_that_is_larger_is_given_all_the_same() -> None:
    double = doubled(3)
    assert double(b"abc") == b"abcabc"
    assert double(b"x") == b"xx"


def test_forgotten_it_is_made_again() -> None:
    double = doubled(100)
    double(b"a")
    double.forget()
    double(b"a")
    assert double.made == 1
