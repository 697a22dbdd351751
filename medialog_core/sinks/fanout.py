"""Which sinks a run writes to, and how one record reaches all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..arrays import describe
from ..errors import InvalidInput, WrongType
from ..payload import Record, Sink
from ..store.writer import Durability, StoreWriter

if TYPE_CHECKING:
    from .tensorboard import TensorBoardSink

NAMES = ("store", "tensorboard")
"""What `sinks=` may name."""


def open_sinks(
    names: Sequence[str | Sink],
    directory: Path,
    run: str,
    rank: int,
    *,
    durability: Durability | None = None,
) -> Fanout:
    """Make what a run writes to: the one place where sinks are composed.

    Args:
        names: From `NAMES`, each at most once; a `Sink` is taken as it is.
        directory: The run directory.
        run: The run's id.
        rank: Which process of a distributed run writes.
        durability: When the store makes what it wrote safe from a power failure.

    Raises:
        InvalidInput: There is no name, an unknown one, or one twice.
        WrongType: `names` is a string, or holds something that is no sink.
        MissingExtra: A sink's package is not installed.
    """
    check_sinks(names)
    sinks: list[Sink] = []
    for name in names:
        if name == "store":
            sinks.append(StoreWriter(directory, run, rank, durability=durability))
        elif name == "tensorboard":
            sinks.append(tensorboard_sink()(directory, run, rank))
        elif not isinstance(name, str):
            sinks.append(name)
    return Fanout(sinks)


def tensorboard_sink() -> type[TensorBoardSink]:
    """Give the class, whose import is slow.

    Raises:
        MissingExtra: TensorBoard is not installed.
    """
    from .tensorboard import TensorBoardSink  # noqa: PLC0415 - an extra

    return TensorBoardSink


class Fanout:
    """Hands each record to every sink, whatever happens in one of them.

    What a sink raises is raised once all were served: the first error, with the others at the end
    of its chain of causes.
    """

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self.sinks = tuple(sinks)

    @property
    def lost(self) -> int:
        """How many records were given up, over all sinks."""
        return sum(getattr(sink, "lost", 0) for sink in self.sinks)

    def write(self, record: Record) -> None:
        """Give `record` to every sink."""
        self._each(lambda sink: sink.write(record))

    def flush(self) -> None:
        """Commit in every sink."""
        self._each(lambda sink: sink.flush())

    def close(self) -> None:
        """Close every sink."""
        self._each(lambda sink: sink.close())

    def _each(self, act: Callable[[Sink], None]) -> None:
        errors: list[Exception] = []
        for sink in self.sinks:
            try:
                act(sink)
            except Exception as error:  # noqa: BLE001, PERF203 - a bug in one must not keep the rest from their record
                errors.append(error)
        if errors:
            raise _chained(errors)


def _chained(errors: Sequence[Exception]) -> Exception:
    """Give the first error, the others behind its causes; those that share a cause are left out."""
    chain = _causes(errors[0])
    for error in errors[1:]:
        causes = _causes(error)
        if not any(known is cause for known in chain for cause in causes):
            chain[-1].__cause__ = error
            chain += causes
    return errors[0]


def _causes(error: BaseException | None) -> list[BaseException]:
    """Give an error and its causes, each once."""
    causes: list[BaseException] = []
    while error is not None and not any(known is error for known in causes):
        causes.append(error)
        error = error.__cause__
    return causes


def check_sinks(names: Sequence[str | Sink]) -> None:
    """Check what `sinks=` is given, before anything is opened.

    Raises:
        InvalidInput: There is no name, an unknown one, or one twice.
        WrongType: `names` is a string, or holds something that is no sink.
    """
    if isinstance(names, str):
        raise WrongType(f"sinks: expected a sequence such as ({names!r},), got {describe(names)}")
    if not names:
        raise InvalidInput(
            f"sinks: expected at least one of {NAMES}, got none; mode='disabled' writes nothing"
        )
    for i, name in enumerate(names):
        if isinstance(name, str):
            _check_name(name, names[:i])
        elif not all(
            callable(getattr(name, method, None)) for method in ("write", "flush", "close")
        ):
            raise WrongType(
                f"sinks: expected names from {NAMES} or objects with write, flush and close, got {describe(name)}"
            )


def _check_name(name: str, before: Sequence[str | Sink]) -> None:
    if name not in NAMES:
        raise InvalidInput(f"sinks: unknown {name!r}; known are {NAMES}")
    if name in before:
        raise InvalidInput(f"sinks: {name!r} is named twice")
