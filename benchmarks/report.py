"""What is printed: for each workload the figures, the ratios, and goal against reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .contenders import FLOOR, OURS
from .goals import GOALS, Goal
from .runner import Outcome
from .stats import Spread, absolute, ratio
from .workloads import Workload
from .workloads.training import PLAIN

_COMPARED = ("caller_ms", "total_ms", "disk_kb", "import_s", "train_s", "train_cpu_s")
"""Measures whose ratios are shown."""
_TITLES: Mapping[str, str] = {
    "caller_ms": "caller CPU ms",
    "wall_ms": "wall ms",
    "copy_ms": "a copy's CPU ms",
    "finish_s": "finish s",
    "total_ms": "total CPU ms/{item}",
    "peak_mb": "peak - base MB",
    "disk_kb": "disk KB/step",
    "files": "files",
    "sealed_kb": "sealed KB/step",
    "mask_kb": "mask KB",
    "disk_x": "disk, PNGs once = 1",
    "sealed_x": "sealed, PNGs once = 1",
    "import_s": "import CPU s",
    "python_tenth_x": "Python, 10 % duty",
    "python_full_x": "Python, saturated",
    "torch_tenth_x": "torch, 10 % duty",
    "torch_full_x": "torch, saturated",
    "python_stall_ms": "Python, longest ms",
    "python_calm_ms": "alone",
    "torch_stall_ms": "torch, longest ms",
    "torch_calm_ms": "alone",
    "first_s": "first step s",
    "train_s": "training s",
    "train_wall_s": "wall s",
    "train_cpu_s": "CPU s",
    "ours_percent": "of it medialog %",
    "turns_x": "by turns, without = 1",
}
_FLOORS = (FLOOR, PLAIN)


def section(workload: Workload, outcomes: Sequence[Outcome], *, judged: bool = True) -> str:
    """Give all that is to be said of one workload; goals only where it is judged."""
    labels = list(dict.fromkeys(outcome.label for outcome in outcomes))
    present = {name for outcome in outcomes for name in outcome.measures}
    measures = [name for name in _TITLES if name in present]
    number = 1 + max((outcome.round for outcome in outcomes), default=-1)
    blocks = (
        [f"{workload.name}: {workload.title}; median [range] of {number} rounds"],
        _figures(workload, outcomes, labels, measures),
        _ratios(outcomes, labels, measures),
        _goals(workload, outcomes) if judged else [],
        _left_out(workload, outcomes),
    )
    return "\n\n".join("\n".join(block) for block in map(list, blocks) if block)


def _figures(
    workload: Workload, outcomes: Sequence[Outcome], labels: Sequence[str], measures: Sequence[str]
) -> list[str]:
    titles = [_TITLES[name].format(item=workload.item) for name in measures]
    cells = [
        [label, *(_cell(absolute(outcomes, label, name)) for name in measures)] for label in labels
    ]
    return _aligned([["", *titles], *cells])


def _ratios(
    outcomes: Sequence[Outcome], labels: Sequence[str], measures: Sequence[str]
) -> list[str]:
    """Set each of ours against the floor and against each peer."""
    compared = [name for name in _COMPARED if name in measures]
    cells = [
        [f"{label} / {other}", *(_cell(ratio(outcomes, label, other, name)) for name in compared)]
        for label in labels
        if label.partition(":")[0] in OURS
        for other in labels
        if other.partition(":")[0] not in OURS
    ]
    marked = [
        [f"{row[0]} (floor)" if row[0].endswith(_FLOORS) else row[0], *row[1:]] for row in cells
    ]
    titles = [_TITLES[name].split(" ms")[0] for name in compared]
    return _aligned([["ratio, within a round", *titles], *marked]) if cells else []


def _goals(workload: Workload, outcomes: Sequence[Outcome]) -> list[str]:
    mine = [goal for goal in GOALS if goal.workload == workload.name]
    cells = [_goal(workload, goal, goal.found(outcomes)) for goal in mine]
    return _aligned([["goal", "", "at most", "found", ""], *cells]) if mine else []


def _goal(workload: Workload, goal: Goal, found: Spread | None) -> list[str]:
    title = _TITLES[goal.measure].format(item=workload.item)
    limit = f"{_number(goal.limit)} x {goal.of}" if goal.of else _number(goal.limit)
    verdict = (
        "not measured" if found is None else "reached" if found.median <= goal.limit else "MISSED"
    )
    return [goal.label, title, limit, _cell(found), verdict]


def _left_out(workload: Workload, outcomes: Sequence[Outcome]) -> Iterator[str]:
    for label, missing in workload.labels().items():
        if missing:
            yield f"left out: {label} (not installed: {', '.join(missing)})"
    for outcome in outcomes:
        if outcome.error:
            yield f"failed: {outcome.label}, round {outcome.round + 1}: {outcome.error}"


def _cell(found: Spread | None) -> str:
    if found is None:
        return "-"
    lowest, median, highest = map(_number, (found.lowest, found.median, found.highest))
    return median if lowest == highest else f"{median} [{lowest}-{highest}]"


def _number(value: float) -> str:
    """Give three digits that count, and never an exponent."""
    if not value or value >= 100:
        return f"{value:,.0f}"
    text = f"{float(f'{value:.3g}'):.6f}".rstrip("0").rstrip(".")
    return text or "0"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
