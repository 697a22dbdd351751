"""One bounded queue and one thread behind it; it knows no media.

What it guarantees:
- Items are consumed in the order they were put, each once.
- The queue holds at most `capacity_bytes`; one item that is larger goes in when the queue is empty.
- An item is committed within `period_secs` of being consumed, or the failure is handed to
  `on_error` and the commit is tried again a period later.
- `consume` and `commit` run in the thread only, so what they call needs no lock.
- An exception in either never ends the thread; should it die all the same, nobody waits for it.
- Whoever is interrupted in here by a signal may call `flush` and `close` in its handler: they wait
  with the lock given back, at whatever depth it is held.
- After a fork the child has an empty queue, new locks and no thread until it puts something.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Literal

OnFull = Literal["wait", "drop"]

GATHER_BYTES = 32 * 1024
GATHER_SECS = 0.2
"""Less than GATHER_BYTES waits so long for company: fewer wakes, fewer fights for the GIL."""
_LAST_STEPS_SECS = 1.0
"""A thread that has ended its work is gone by then; it has no part in what is left."""
IDLE_SECS = 15.0
"""A commit that finds nothing new happens this often; the run's heartbeat rides on it."""


class Worker:
    """Takes items from any thread and consumes them in its own.

    Args:
        consume: Called with each item.
        commit: Makes durable what was consumed; also called now and then when nothing was.
        on_error: Called in the thread with what `consume` or `commit` raised.
        capacity_bytes: Bound of the queue, by the costs given to `put`.
        on_full: `wait` blocks `put` until there is room; `drop` refuses the item.
        period_secs: The longest a consumed item stays uncommitted.
    """

    def __init__(
        self,
        consume: Callable[[Any], None],
        commit: Callable[[], None],
        on_error: Callable[[BaseException], None],
        *,
        capacity_bytes: int,
        on_full: OnFull = "wait",
        period_secs: float = 1.0,
    ) -> None:
        self._consume = consume
        self._commit = commit
        self._on_error = on_error
        self._capacity = capacity_bytes
        self._on_full = on_full
        self._period = period_secs
        self.reset()

    def reset(self) -> None:
        """Start empty; what a forked child does first."""
        self._changed = threading.Condition()
        self._queue: deque[tuple[Any, int]] = deque()
        self._thread: threading.Thread | None = None
        self._asleep = self._closing = self._ended = False
        self._put = self._consumed = self._committed = self._flush_to = self._failures = 0
        self._commit_at = 0.0
        self.queued_bytes = 0
        self.waited_secs = 0.0

    @property
    def queued_items(self) -> int:
        """How many items are not consumed yet."""
        return self._put - self._consumed

    @property
    def uncommitted_items(self) -> int:
        """How many items are not committed yet."""
        return self._put - self._committed

    @property
    def alive(self) -> bool:
        """Whether the thread was started and has not ended."""
        return self._thread is not None and not self._ended

    @property
    def closing(self) -> bool:
        """Whether further items are refused."""
        return self._closing

    def put(self, item: Any, nbytes: int, *, always: bool = False) -> bool:
        """Queue an item.

        Args:
            item: For `consume`.
            nbytes: Its cost.
            always: Take it although the queue is full.

        Returns:
            False where it was refused: the queue is full or closed, or no thread can be started.
        """
        with self._changed:
            always = always or self._is_mine()
            if not (always or self._has_room(nbytes)) and self._on_full == "wait":
                self._wait_for_room(nbytes)
            if self._closing or self._ended or not (always or self._has_room(nbytes)):
                return False
            if self._thread is None and not self._start():
                return False
            self._queue.append((item, nbytes))
            self._put += 1
            self.queued_bytes += nbytes
            if self._asleep or self.queued_bytes >= GATHER_BYTES:
                self._changed.notify_all()
        return True

    def flush(self, timeout_secs: float | None = None) -> bool:
        """Wait until all that was put is committed; False after the time or a failed commit."""
        with self._changed:
            target, failures = self._put, self._failures
            if self.alive and not self._is_mine():
                self._flush_to = max(self._flush_to, target)
                self._changed.notify_all()
                self._changed.wait_for(
                    lambda: self._committed >= target or self._failures > failures or self._ended,
                    timeout_secs,
                )
            return self._committed >= target

    def close(self, timeout_secs: float | None = None) -> int:
        """Refuse further items, consume and commit the rest; give how many items were left."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            if not self._is_mine():
                self._changed.wait_for(lambda: not self.alive, timeout_secs)
        if self._ended and self._thread is not None and not self._is_mine():
            self._thread.join(_LAST_STEPS_SECS)
        return self.uncommitted_items

    def _has_room(self, nbytes: int) -> bool:
        return self.queued_bytes + nbytes <= self._capacity or not self._queue

    def _wait_for_room(self, nbytes: int) -> None:
        began = time.monotonic()
        self._changed.wait_for(lambda: self._closing or self._ended or self._has_room(nbytes))
        self.waited_secs += time.monotonic() - began

    def _is_mine(self) -> bool:
        """Say whether the caller is the thread itself, which cannot wait for itself."""
        return threading.current_thread() is self._thread

    def _start(self) -> bool:
        thread = threading.Thread(target=self._run, name="medialog", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # the system has no more threads, or the interpreter ends
            self._tell(error)
            return False
        self._thread = thread
        return True

    def _run(self) -> None:
        try:
            self._loop()
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _loop(self) -> None:
        while True:
            self._rest()
            self._consume_all()
            if self._commit_is_due():
                self._commit_now()
            if self._closing and not self._queue:
                return

    def _tell(self, error: Exception) -> None:
        with contextlib.suppress(Exception):  # what it calls may be the user's: a logging filter
            self._on_error(error)

    def _rest(self) -> None:
        with self._changed:
            if not self._queue and not self._urgent():
                until_commit = self._commit_at - time.monotonic()
                self._asleep = True
                self._changed.wait(
                    max(0.0, until_commit) if self._consumed > self._committed else IDLE_SECS
                )
                self._asleep = False
            if self.queued_bytes < GATHER_BYTES and self._queue and not self._urgent():
                self._changed.wait(GATHER_SECS)

    def _urgent(self) -> bool:
        return self._closing or self._flush_to > self._committed

    def _consume_all(self) -> None:
        while self._queue:
            item, nbytes = self._queue[0]
            try:
                self._consume(item)
            except Exception as error:  # noqa: BLE001 - a broken encoder must not end the thread
                self._tell(error)
            del item
            with self._changed:
                self._queue.popleft()
                self._consumed += 1
                self.queued_bytes -= nbytes
                self._changed.notify_all()
            if time.monotonic() >= self._commit_at:
                self._commit_now()

    def _commit_is_due(self) -> bool:
        return self._urgent() or time.monotonic() >= self._commit_at

    def _commit_now(self) -> None:
        consumed = self._consumed
        try:
            self._commit()
        except Exception as error:  # noqa: BLE001 - a full disk must not end the thread
            self._tell(error)
            failed = True
        else:
            failed = False
        self._commit_at = time.monotonic() + self._period
        with self._changed:
            self._failures += failed
            if failed:
                self._flush_to = self._committed
            else:
                self._committed = consumed
            self._changed.notify_all()
