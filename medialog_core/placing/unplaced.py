"""What a run is before it is known where it lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..payload import Sink
from ..runs.arguments import chosen_mode, chosen_strict, sinks_of, tags_of
from ..runs.spec import QUEUE_BYTES, Durability, RunSpec
from ..runs.worker import OnFull


def unplaced(
    project: str,
    *,
    sinks: Sequence[str | Sink] = ("store",),
    config: Mapping[str, Any] | None = None,
    tags: Sequence[str] | None = None,
    notes: str | None = None,
    group: str | None = None,
    job_type: str | None = None,
    strict: bool | None = None,
    on_full: OnFull = "wait",
    queue_bytes: int | None = None,
    durability: Durability | None = None,
) -> RunSpec:
    """Check what a wrapper is given for its run, and give it without directory, id and name.

    Args:
        project: What the run belongs to.
        sinks: `store`, `tensorboard`, both, or objects that satisfy `payload.Sink`.
        config: Kept with the run.
        tags: Kept with the run.
        notes: Kept with the run.
        group: Kept with the run.
        job_type: Kept with the run.
        strict: Raise a failed write at the next call; `$MEDIALOG_STRICT` where absent.
        on_full: When the queue is full: `wait`, or `drop`, counted in `run.health`.
        queue_bytes: Bound of raw input that waits for the encoder, 64 MiB by default.
        durability: `fsync` syncs every commit.

    Raises:
        InvalidInput: An argument has a value that it cannot have.
        WrongType: An argument is of the wrong type.
    """
    return RunSpec(
        directory=Path(),
        id="",
        name="",
        project=project,
        disabled=chosen_mode(None) == "disabled",
        sinks=sinks_of(sinks),
        strict=chosen_strict(strict),
        on_full=on_full,
        queue_bytes=QUEUE_BYTES if queue_bytes is None else queue_bytes,
        durability=durability,
        config=config or {},
        tags=tags_of(tags),
        notes=notes,
        group=group,
        job_type=job_type,
    )
