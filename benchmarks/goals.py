"""What is to be reached: limits on medians, absolute or as a multiple of another contender's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .runner import Outcome
from .stats import Spread, absolute, ratio
from .workloads.keras_training import KERAS
from .workloads.training import PLAIN

_TRAININGS = ("training", "huggingface", *(each.name for each in KERAS))
_CORE, _FAST = "medialog", "medialog[fast]"
_QUEUE_AND_20_MB = 64 * 1024 * 1024 / 1e6 + 20


@dataclass(frozen=True)
class Goal:
    """A limit.

    Attributes:
        limit: The most that is allowed; its unit is the ending of `measure`.
        of: The contender of which it is a multiple; empty where it is absolute.
    """

    workload: str
    label: str
    measure: str
    limit: float
    of: str = ""

    def found(self, outcomes: Sequence[Outcome]) -> Spread | None:
        """Give what was measured of it, None where nothing was."""
        if self.of:
            return ratio(outcomes, self.label, self.of, self.measure)
        return absolute(outcomes, self.label, self.measure)


GOALS: tuple[Goal, ...] = (
    Goal("images224", _CORE, "caller_ms", 1),
    Goal("images224", _CORE, "total_ms", 2.5),
    Goal("images224", _FAST, "total_ms", 1.2),
    Goal("images224", _CORE, "disk_kb", 1.1, of="pillow"),
    Goal("images224", _FAST, "disk_kb", 1.1, of="pillow"),
    Goal("images224", _CORE, "files", 6),
    Goal("photos224", _CORE, "caller_ms", 1),
    Goal("photos224", _CORE, "total_ms", 2.5),
    Goal("photos224", _FAST, "total_ms", 1.2),
    Goal("photos224", _CORE, "disk_kb", 1.1, of="pillow"),
    Goal("photos224", _FAST, "disk_kb", 1.1, of="pillow"),
    Goal("images64k", _CORE, "caller_ms", 1.5, of="copy"),
    Goal("images64k", _CORE, "total_ms", 0.3),
    Goal("images64k", _CORE, "disk_kb", 1.1, of="pillow"),
    Goal("overlay512", _CORE, "caller_ms", 6),
    Goal("overlay512", _CORE, "total_ms", 12),
    Goal("overlay512", _FAST, "total_ms", 6),
    Goal("overlay512", _CORE, "mask_kb", 12),
    Goal("overlay512", _FAST, "mask_kb", 12),
    Goal("hist", _CORE, "caller_ms", 75),
    Goal("hist", _CORE, "total_ms", 75),
    Goal("hist", _CORE, "disk_kb", 90),
    Goal("hist", _CORE, "sealed_kb", 40),
    Goal("hist", f"{_CORE}:exponents", "caller_ms", 75),
    Goal("hist", f"{_CORE}:exponents", "disk_kb", 90),
    Goal("hist", f"{_CORE}:sampled", "caller_ms", 20),
    Goal("hist", f"{_CORE}:sampled", "total_ms", 20),
    Goal("hist", f"{_CORE}:sampled", "disk_kb", 90),
    Goal("table", _CORE, "caller_ms", 50),
    Goal("table", _CORE, "total_ms", 0.4),
    Goal("table", _CORE, "files", 6),
    Goal("video", _CORE, "caller_ms", 5),
    Goal("video", _CORE, "total_ms", 150),
    Goal("video", _CORE, "disk_kb", 100),
    Goal("scalars", _CORE, "caller_ms", 0.03),
    Goal("scalars", _CORE, "total_ms", 0.006),
    Goal("repeat", _CORE, "caller_ms", 1),
    Goal("repeat", _CORE, "disk_x", 1.1),
    Goal("repeat", _CORE, "sealed_x", 1.1),
    Goal("import", _CORE, "import_s", 0.10),
    Goal("memory", _CORE, "peak_mb", _QUEUE_AND_20_MB),
    Goal("memory", _FAST, "peak_mb", _QUEUE_AND_20_MB),
    Goal("loop", _CORE, "python_tenth_x", 1.05),
    Goal("loop", _CORE, "torch_tenth_x", 1.05),
    Goal("loop", _CORE, "python_full_x", 1.4),
    Goal("loop", _CORE, "torch_full_x", 1.4),
    Goal("loop", _FAST, "python_tenth_x", 1.05),
    Goal("loop", _FAST, "torch_tenth_x", 1.05),
    Goal("loop", _FAST, "python_full_x", 1.4),
    Goal("loop", _FAST, "torch_full_x", 1.4),
    *(Goal(name, _CORE, "train_s", 1.02, of=PLAIN) for name in _TRAININGS),
    *(Goal(name, _CORE, "ours_percent", 2) for name in _TRAININGS),
    *(Goal(each.name, _CORE, "turns_x", 1.02) for each in KERAS),
)
