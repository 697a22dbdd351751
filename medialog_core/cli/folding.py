"""Many tensors of one model as one line: a network has hundreds of parameters."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

AREAS = ("gradients", "weights")
"""What capture and `watch` log a key of for each parameter, with norms beside it."""

MANY = 8

Facts = Mapping[str, Any]
Join = Callable[[Iterable[Any]], Any]


def _no_value(_: Iterable[Any]) -> None:
    return None


def _kinds(kinds: Iterable[str]) -> str:
    return ", ".join(sorted(set(kinds)))


def _last(steps: Iterable[int | None]) -> int | None:
    return max((step for step in steps if step is not None), default=None)


def _smallest(values: Iterable[float]) -> float:
    return min((value for value in values if not math.isnan(value)), default=math.nan)


def _largest(values: Iterable[float]) -> float:
    return max((value for value in values if not math.isnan(value)), default=math.nan)


MEDIA: Mapping[str, Join] = {
    "kind": _kinds,
    "steps": max,
    "rows": sum,
    "last_step": _last,
    "bytes": sum,
}
SCALARS: Mapping[str, Join] = {"points": sum, "last": _no_value, "min": _smallest, "max": _largest}


def folded(facts: Sequence[Facts], joins: Mapping[str, Join]) -> list[Facts]:
    """Give one line for all tensors of an area where they are many, and the other keys as they are.

    Args:
        facts: What is said of each key, its `key` among it.
        joins: How the other things that are said become those of many keys.
    """
    by_area: defaultdict[str, list[Facts]] = defaultdict(list)
    for fact in facts:
        by_area[_area(fact["key"])].append(fact)
    return [
        line
        for area, members in by_area.items()
        for line in (members if len(members) <= MANY else [_joined(area, members, joins)])
    ]


def without_tensors(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is said of single tensors."""
    return {key: value for key, value in values.items() if _area(key) == key}


def _area(key: str) -> str:
    """Give `gradients/*` for its tensors; of any other key itself."""
    area, tensor, _ = key.partition("/")
    return f"{area}/*" if tensor and area.removesuffix("_norm") in AREAS else key


def _joined(area: str, members: Sequence[Facts], joins: Mapping[str, Join]) -> Facts:
    said = {name: join(member[name] for member in members) for name, join in joins.items()}
    return {"key": f"{area} ({len(members)} keys)", **said}
