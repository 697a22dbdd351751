"""Counting training batches over executions, epochs and fits."""

from __future__ import annotations


class Steps:
    """The step axis: how many batches a callback has seen trained.

    Args:
        first: Where to begin; a resumed run goes on.

    Attributes:
        now: The batch that is under way, counted from `first`.
        done: How many were trained.
        executions: How often the train function was called.
    """

    def __init__(self, first: int = 0) -> None:
        self._before = first
        self.now = self.done = first
        self.executions = 0

    def epoch(self) -> None:
        """Begin an epoch."""
        self._before = self.done

    def begin(self, batch: int) -> None:
        """Begin an execution at a batch of the epoch."""
        self.now = self._before + batch

    def ran(self, batch: int, count: int, total: int | None) -> None:
        """Note an execution.

        Args:
            batch: The batch of the epoch that it began at.
            count: How many batches an execution takes; the last one of an epoch may be shorter.
            total: How many batches the epoch has, where that is known.
        """
        end = batch + count
        self.done = self._before + (min(end, total) if total and batch < total else end)
        self.executions += 1
