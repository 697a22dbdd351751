"""What reaches the run from which rank: numbers from rank 0, media from every rank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medialog_core.placing import ranks
from medialog_core.placing.lazy_run import LazyRun
from medialog_core.runs.sorting import sort


def send(
    run: LazyRun,
    values: Mapping[str, Any],
    step: int | None,
    *,
    commit: bool | None = None,
    epoch: float | None = None,
) -> None:
    """Log to this rank's run; what it can't know yet on a rank above 0 is counted.

    Args:
        run: Where to.
        values: What `Run.log` takes; the numbers of ranks above 0 are left out.
        step: Training step.
        commit: As `Run.log` has it.
        epoch: Written beside the step.

    Raises:
        WrongType, InvalidInput: As `Run.log` does.
    """
    opened = run.reach()
    if opened is None:
        return
    if ranks.rank() > 0:
        values = _media(values)
    if values:
        opened.log(values, step, commit, epoch=epoch)


def _media(values: Mapping[str, Any]) -> dict[str, Any]:
    _, media, _ = sort(values)
    return {key: list(items) if listed else items[0] for key, items, listed in media}
