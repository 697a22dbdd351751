"""How much time looking may take: capture's own seconds against those that pass.

The budget decides only whether to look. A look is granted when all earlier ones are paid for, so
an expensive look stretches the distance to the next one and the share holds in the long run.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

GRACE_SECS = 1.0
"""Looks at a validation, few and wanted at each one, may run ahead of their share by this much.

So far they are not held against the other looks, which small models would never see again.
"""


class Budget:
    """Counts the seconds that looks took, and grants or refuses the next.

    Args:
        share: Of all time, above 0; 1 grants every look.
        clock: Gives seconds.

    Attributes:
        refused: How many looks were put off.
    """

    def __init__(self, share: float, clock: Callable[[], float] = time.perf_counter) -> None:
        self._share = share
        self._clock = clock
        self._begun = clock()
        self._depth = 0
        self._granted: set[str] = set()
        self._ahead: set[str] = set()
        self._spent: defaultdict[str, float] = defaultdict(float)
        self._apart = 0.0
        self.refused = 0

    @contextmanager
    def spending(self, what: str = "") -> Iterator[None]:
        """Count the time of this block; where blocks are nested, once, for what the outer one is."""
        self._depth += 1
        start = self._clock()
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._spent[what] += self._clock() - start - self._apart
                self._apart = 0.0

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Leave this block out, within a look: what is compiled once, or is the training's own."""
        start = self._clock()
        try:
            yield
        finally:
            self._apart += self._clock() - start

    def grants(self, what: str, grace_secs: float = 0.0) -> bool:
        """Say whether to look at `what` now; the first look is always granted.

        Args:
            what: As `spending` is told.
            grace_secs: How far its looks may run ahead of the share.
        """
        if grace_secs:
            self._ahead.add(what)
        granted = what not in self._granted or self._is_paid(grace_secs)
        self._granted.add(what)
        self.refused += not granted
        return granted

    @property
    def spent_secs(self) -> float:
        """What all looks took."""
        return sum(self._spent.values())

    @property
    def overspent_secs(self) -> float:
        """Seconds beyond the share of all time so far; negative while some are left."""
        return self.spent_secs - self._share * (self._clock() - self._begun)

    def _is_paid(self, grace_secs: float) -> bool:
        over = self.overspent_secs
        if grace_secs:
            return over <= grace_secs
        ahead = sum(self._spent[what] for what in self._ahead)
        return over <= min(ahead, GRACE_SECS)


class Cadence:
    """Every n-th step: the first one, then the next that is n or more steps later."""

    def __init__(self, every: int) -> None:
        self.every = every
        self._last: int | None = None

    def due(self, step: int) -> bool:
        """Say whether a look is due at `step`; it stays due until `done` is called."""
        return self._last is None or step < self._last or step - self._last >= self.every

    def done(self, step: int) -> None:
        """Note a look."""
        self._last = step
