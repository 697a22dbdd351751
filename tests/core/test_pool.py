import itertools
import os
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from medialog_core.pool import POOL, SLAB_BYTES, SMALL_BYTES, Pool

MIB = 1024 * 1024


def address(array: NDArray[Any]) -> int:
    return int(array.__array_interface__["data"][0])


def test_a_buffer_is_used_again_once_nothing_refers_to_it() -> None:
    pool = Pool()
    first = pool.take(MIB)
    where = address(first)
    del first
    assert address(pool.take(MIB)) == where


def test_a_buffer_in_use_is_never_given_out_twice() -> None:
    pool = Pool()
    held = [pool.take(MIB) for _ in range(5)]
    assert len({address(one) for one in held}) == 5


@pytest.mark.parametrize(
    "derive", [lambda b: b[10:20], lambda b: b.view(np.int16), lambda b: b.reshape(2, -1).T]
)
def test_any_view_keeps_its_buffer(derive: object) -> None:
    pool = Pool()
    assert callable(derive)
    view = derive(pool.take(MIB))
    base = address(pool.take(MIB))
    assert not base <= address(view) < base + MIB


def test_a_slightly_smaller_request_fits_the_same_buffer() -> None:
    pool = Pool()
    where = address(pool.take(MIB))
    smaller = pool.take(MIB - 1000)
    assert (address(smaller), len(smaller)) == (where, MIB - 1000)


def test_small_requests_are_not_pooled() -> None:
    pool = Pool()
    assert len(pool.take(SMALL_BYTES - 1)) == SMALL_BYTES - 1
    assert pool.held_bytes == 0


def test_above_the_cap_memory_is_plain() -> None:
    pool = Pool(cap_bytes=2 * MIB)
    held = [pool.take(MIB) for _ in range(4)]
    assert [len(one) for one in held] == [MIB] * 4
    assert pool.held_bytes == 2 * MIB


def test_idle_buffers_make_room_for_other_sizes() -> None:
    pool = Pool(cap_bytes=2 * MIB)
    del [pool.take(MIB), pool.take(MIB)][:]
    assert pool.held_bytes == 2 * MIB
    where = address(pool.take(2 * MIB))
    assert address(pool.take(2 * MIB)) == where
    assert pool.held_bytes == 2 * MIB


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3 * MIB), st.booleans()), max_size=12))
def test_it_never_holds_more_than_its_cap(requests: list[tuple[int, bool]]) -> None:
    pool = Pool(cap_bytes=4 * MIB)
    kept = []
    for nbytes, keep in requests:
        buffer = pool.take(nbytes)
        assert len(buffer) == nbytes
        assert pool.held_bytes <= 4 * MIB
        if keep:
            kept.append(buffer)


def test_threads_get_buffers_of_their_own() -> None:
    pool = Pool()
    wrong: list[int] = []

    def work(value: int) -> None:
        for _ in range(200):
            buffer = pool.take(SMALL_BYTES)
            buffer[:] = value
            if (buffer != value).any():
                wrong.append(value)

    threads = [threading.Thread(target=work, args=(value,)) for value in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_starts_with_an_empty_pool() -> None:
    held = POOL.take(MIB)
    with POOL._lock:
        child = os.fork()
        if not child:
            POOL.take(MIB)  # the parent's lock would never be released here
            os._exit(0 if POOL.held_bytes == MIB else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert len(held) == MIB


def test_requests_below_half_a_mebibyte_share_a_slab() -> None:
    pool = Pool()
    parts = [pool.take(150_000) for _ in range(16)]
    assert pool.held_bytes == SLAB_BYTES
    starts = sorted(map(address, parts))
    assert all(b - a >= 150_000 for a, b in itertools.pairwise(starts))


def test_a_slab_is_used_again_once_nothing_refers_to_any_part_of_it() -> None:
    pool = Pool()
    for _ in range(20):
        wave = [pool.take(150_000) for _ in range(60)]
        del wave
    assert pool.held_bytes <= 3 * SLAB_BYTES


def test_a_part_that_is_kept_keeps_its_content_while_others_come_and_go() -> None:
    pool = Pool()
    kept = pool.take(100_000)
    kept[:] = 7
    for _ in range(500):
        pool.take(100_000)[:] = 9
    assert (kept == 7).all()


def test_above_the_cap_a_shared_request_is_plain_memory() -> None:
    pool = Pool(cap_bytes=SLAB_BYTES)
    held = [pool.take(400_000) for _ in range(60)]
    assert pool.held_bytes == SLAB_BYTES
    assert len({address(one) for one in held}) == 60
