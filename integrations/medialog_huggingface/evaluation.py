"""One evaluation: the calls of the model that hold its first samples."""

from __future__ import annotations

from typing import Any

from .forward import Call


class Evaluation:
    """Keeps the last call of each of the first prediction steps.

    Args:
        count: How many samples are wanted.

    Attributes:
        calls: The calls kept, one a step from the first step on.
        loader: What it reads, once a step has told.
    """

    def __init__(self, count: int) -> None:
        self.calls: list[Call] = []
        self.loader: Any = None
        self._count = count
        self._steps = 0
        self._last: Call | None = None

    @property
    def wants(self) -> bool:
        """Whether the step that is under way may hold samples that are wanted."""
        return self._steps == len(self.calls) and self._samples < self._count

    def saw(self, call: Call | None) -> None:
        """Take a call of the step that is under way; a later one of the same step counts instead."""
        self._last = call if call is not None else self._last

    def is_of(self, loader: Any) -> bool:
        """Say whether a step of that loader may be one of this evaluation."""
        return self.loader is None or self.loader is loader

    def stepped(self, loader: Any) -> None:
        """End a prediction step of a loader."""
        self.loader = loader
        last, self._last = self._last, None
        if last is not None and self.wants:
            self.calls.append(last)
        self._steps += 1

    @property
    def _samples(self) -> int:
        return sum(call.size for call in self.calls)
