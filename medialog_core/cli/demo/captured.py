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
_ALONE = 3
"""So many keys below one name have a line each."""


def say(run: RunReader) -> None:
    """Write a table of the media that were captured, and one of the numbers that were logged."""
    for header, lines in ((_MEDIA, _media(run)), (_NUMBERS, _numbers(run))):
        text.say("")
        text.say(text.table(header, list(lines), _RIGHT, kept=frozenset(header[:1])))


def _media(run: RunReader) -> Iterator[tuple[str, ...]]:
    for name, keys in _groups(run.keys()):
        rows = [row for key in keys for row in run.rows(key)]
        kinds = ", ".join(sorted({row.kind for row in rows}))
        steps = sorted({row.step for row in rows if row.step is not None})
        yield name, kinds, str(len(rows)), _listed(steps)


def _numbers(run: RunReader) -> Iterator[tuple[str, ...]]:
    for name, keys in _groups(run.scalar_keys()):
        found = [[point.value for point in run.scalars(key)] for key in keys]
        ends = (found[0][0], found[0][-1]) if len(keys) == 1 else ()
        shown = [text.number(value, 4) for value in ends] or ["", ""]
        yield name, str(sum(map(len, found))), *shown


def _groups(keys: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Put the keys of all parameters of a network together."""
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for key in keys:
        grouped[key.split("/")[0]].append(key)
    groups: list[tuple[str, list[str]]] = []
    for first, found in grouped.items():
        alone = len(found) <= _ALONE
        groups += (
            [(key, [key]) for key in found]
            if alone
            else [(f"{first}/...  {len(found)} of them", found)]
        )
    return groups


def _listed(steps: list[int]) -> str:
    shown = ", ".join(map(str, steps[:_SHOWN]))
    return shown if len(steps) <= _SHOWN else f"{shown}, ... {steps[-1]}"
