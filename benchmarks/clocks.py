"""What one process can measure of itself: CPU, time it could run, memory, bytes on the disk."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import NamedTuple

import psutil

KB, MB = 1e3, 1e6
_STATUS = Path("/proc/self/status")
_CLEAR_REFS = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"


class Disk(NamedTuple):
    """What lies in a folder."""

    nbytes: int
    files: int


def tree_cpu() -> float:
    """Give the CPU seconds of this process and of all its descendants, ended or alive."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system + _alive_cpu()


def own_time() -> float:
    """Give the seconds this thread ran or waited for something, the GIL above all.

    Not those in which it could have run and another process had its core: on Linux the scheduler
    counts them. Elsewhere this is the wall clock.
    """
    return time.perf_counter() - _runnable_but_waiting()


def resident() -> int:
    """Give the resident memory of this process in bytes."""
    return int(psutil.Process().memory_info().rss)


def reset_peak() -> None:
    """Let `peak` begin anew, where the system can."""
    if _CLEAR_REFS.exists():
        _CLEAR_REFS.write_text(_RESET_PEAK)


def peak() -> int:
    """Give the largest resident memory since `reset_peak`, in bytes."""
    if _STATUS.exists():
        return _status("VmHWM") * 1024
    import resource  # noqa: PLC0415 - not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def disk(directory: Path) -> Disk:
    """Count the files of a folder and their bytes."""
    sizes = [path.stat().st_size for path in directory.rglob("*") if path.is_file()]
    return Disk(sum(sizes), len(sizes))


def _alive_cpu() -> float:
    times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return float(sum(time.user + time.system for time in times))


def _runnable_but_waiting() -> float:
    path = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
    return int(path.read_text().split()[1]) / 1e9 if path.exists() else 0.0


def _status(field: str) -> int:
    lines = _STATUS.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))
