"""Says what a demo's run holds: a line for each key, one for all parameters of the network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ...store.reader import RunReader
from .. import text

_MEDIA = ("MEDIA", "KIND", "VALUES", "STEPS")
_NUMBERS = ("NUMBER", "POINTS", "FIRST", "LAST")
_RIGHT = frozenset(("VALUES", "POINTS", "FIRST", "LAST"))
_SHOWN = 6
_OF_PARAMETERS = ("gradients", "weights")
_TOLD = ("loss", "accuracy")


def say(run: RunReader) -> None:
    """Write a table of the media that were captured, and one of how losses and accuracies went."""
    text.say("")
    text.say(text.table(_MEDIA, list(_media(run)), _RIGHT, kept=frozenset(_MEDIA[:1])))
    told = [key for key in run.scalar_keys() if key.endswith(_TOLD)]
    others = [name for name, _ in _groups(set(run.scalar_keys()) - set(told))]
    text.say("")
    text.say(text.table(_NUMBERS, [_number(run, key) for key in told], _RIGHT))
    text.say_wrapped(f"and {', '.join(others)}")


def _media(run: RunReader) -> Iterator[tuple[str, ...]]:
    for name, keys in _groups(run.keys()):
        rows = [row for key in keys for row in run.rows(key)]
        kinds = ", ".join(sorted({row.kind for row in rows}))
        steps = sorted({row.step for row in rows if row.step is not None})
        yield name, kinds, str(len(rows)), _listed(steps)


def _number(run: RunReader, key: str) -> tuple[str, ...]:
    values = [point.value for point in run.scalars(key)]
    return key, str(len(values)), text.number(values[0], 4), text.number(values[-1], 4)


def _groups(keys: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Put what there is of each parameter of a network together."""
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for key in sorted(keys):
        first = key.split("/")[0]
        grouped[first if first.startswith(_OF_PARAMETERS) else key].append(key)
    return [
        (name if found == [name] else f"{name}/* ({len(found)})", found)
        for name, found in grouped.items()
    ]


def _listed(steps: list[int]) -> str:
    shown = ", ".join(map(str, steps[:_SHOWN]))
    return shown if len(steps) <= _SHOWN else f"{shown}, ... {steps[-1]}"
