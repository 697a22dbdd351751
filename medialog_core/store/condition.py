"""How a run is doing, from the rows that its processes left of themselves."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from ..schema import StateRow
from . import repeats
from .rows import from_json

STALE_SECS = 120.0
"""A run that says `running` but gave no sign for so long is `stale`."""
_WRITER_LENGTH = 15


def status(rows: Sequence[StateRow], created: float) -> str:
    """Give what the rows of the area `status` say; of several ranks the lowest counts.

    Args:
        rows: In any order.
        created: When the run was made, Unix time in seconds.
    """
    main = [row for row in rows if row.rank == min(row.rank for row in rows)]
    states = [row for row in main if row.key == "state"]
    said = from_json(max(states, key=repeats.age).value) if states else "running"
    last_sign = max((row.ts for row in main), default=created)
    return "stale" if said == "running" and time.time() - last_sign > STALE_SECS else str(said)


def health(rows: Sequence[StateRow]) -> dict[str, Any]:
    """Add up the latest counters of each writer; of texts the last counts."""
    latest = {row.id[:_WRITER_LENGTH]: row.value for row in sorted(rows, key=repeats.age)}
    total: dict[str, Any] = {}
    for counts in map(from_json, latest.values()):
        for name, value in counts.items():
            before = total.get(name, 0)
            total[name] = before + value if isinstance(value, int | float) else value
    return total
