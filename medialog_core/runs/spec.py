"""What a run is, as one value that travels to children and back from the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..arrays import describe
from ..errors import InvalidInput, WrongType
from ..payload import Sink
from ..sinks.fanout import check_sinks
from ..store.writer import Durability
from .worker import OnFull

__all__ = ["QUEUE_BYTES", "Durability", "RunSpec"]

QUEUE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class RunSpec:
    """Where and what a run is.

    Attributes:
        directory: The run's directory, absolute.
        id, name, project: Its names; `id` is unique in the project.
        rank: This process's place in a distributed run.
        owner: Whether this process writes the run's status; children do not.
        disabled: Check arguments, start no thread, write nothing.
        sinks: Names (`store`, `tensorboard`) or objects that satisfy `payload.Sink`.
        strict: Raise a failed write at the next call instead of at `finish`.
        on_full: `wait` or `drop`, when `queue_bytes` of raw input wait for the encoder.
        durability: `fsync` syncs every commit; None every 30 s, and every commit on a network disk.
        config, tags, notes, group, job_type: As in W&B.
        created: Unix time in seconds of the run's beginning, the same when it is resumed.
    """

    directory: Path
    id: str
    name: str
    project: str = "default"
    rank: int = 0
    owner: bool = True
    disabled: bool = False
    sinks: tuple[str | Sink, ...] = ("store",)
    strict: bool = False
    on_full: OnFull = "wait"
    queue_bytes: int = QUEUE_BYTES
    durability: Durability | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    notes: str | None = None
    group: str | None = None
    job_type: str | None = None
    created: float = 0.0

    def __post_init__(self) -> None:
        one_of("on_full", self.on_full, ("wait", "drop"))
        one_of("durability", self.durability, (None, "fsync"))
        if self.queue_bytes <= 0:
            raise InvalidInput(
                f"queue_bytes: expected a positive number of bytes, got {self.queue_bytes!r}"
            )
        check_sinks(self.sinks)
        for name in ("id", "name", "project", "notes", "group", "job_type"):
            object.__setattr__(self, name, _plain(name, getattr(self, name)))
        object.__setattr__(self, "tags", tuple(_plain("tags", tag) for tag in self.tags))

    def for_child(self) -> RunSpec:
        """Give the spec of a handle in another process."""
        return replace(self, owner=False, config={})


def _plain(field_name: str, text: object) -> str | None:
    """Give a string of a subclass, e.g. NumPy's, as Python's own: files hold no other."""
    if text is not None and not isinstance(text, str):
        raise WrongType(f"{field_name}: expected a string, got {describe(text)}")
    return None if text is None else str.__str__(text)


def one_of(field_name: str, value: object, allowed: tuple[object, ...]) -> None:
    """Check that `value` is one of what a field may hold.

    Raises:
        InvalidInput: It is not.
    """
    if value not in allowed:
        raise InvalidInput(f"{field_name}: expected one of {allowed}, got {value!r}")
