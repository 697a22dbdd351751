"""`medialog show`: what is in a run."""

from __future__ import annotations

import argparse
import difflib
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from ..schema import File, Row
from ..store.reader import RunReader
from . import text
from .folding import MEDIA, SCALARS, Facts, folded, without_tensors
from .runs import add_json, open_named

_NUMBERS = frozenset(
    (
        "STEP",
        "STEPS",
        "RANK",
        "IDX",
        "ROWS",
        "SIZE",
        "LAST",
        "MIN",
        "MAX",
        "POINTS",
        "VALUE",
        "EPOCH",
    )
)


_SPARE = {"RANK": "0", "IDX": "0", "EPOCH": "-"}
"""Columns that a narrow terminal does without where they say only this."""


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    command = commands.add_parser("show", help="show a run, one of its keys, or one step")
    command.add_argument("run", help="a run's folder, name or id")
    command.add_argument("--key", help="only what was logged under this key")
    command.add_argument("--step", type=int, help="only this step")
    command.add_argument(
        "--all", action="store_true", help="a line for each tensor's gradients and weights, too"
    )
    add_json(command)
    command.set_defaults(run_command=_run)


def _run(args: argparse.Namespace) -> int:
    run = open_named(args.run)
    whole = args.key is None and args.step is None
    if args.json:
        text.say_json(_overview(run) if whole else _selected(run, args.key, args.step))
    elif whole:
        _say_overview(run, each_tensor=args.all)
    else:
        _say_selected(run, args.key, args.step)
    return 0


def _overview(run: RunReader) -> dict[str, Any]:
    return {
        **msgspec.to_builtins(run.described),
        "path": str(run.path),
        "status": run.status,
        "health": run.health,
        "config": run.config,
        "summary": run.number_summary,
        "media": _media(run),
        "scalars": [_scalar(run, key) for key in run.scalar_keys()],
    }


def _media(run: RunReader) -> list[dict[str, Any]]:
    by_key: defaultdict[str, list[Row]] = defaultdict(list)
    for row in run.rows():
        by_key[row.key].append(row)
    return [
        {
            "key": key,
            "kind": ", ".join(sorted({row.kind for row in rows})),
            "steps": len({row.step for row in rows if row.step is not None}),
            "rows": len(rows),
            "last_step": max((row.step for row in rows if row.step is not None), default=None),
            "bytes": _stored(rows),
        }
        for key, rows in sorted(by_key.items())
    ]


def _scalar(run: RunReader, key: str) -> dict[str, Any]:
    values = [point.value for point in run.scalars(key)]
    finite = [value for value in values if math.isfinite(value)] or [math.nan]
    return {
        "key": key,
        "points": len(values),
        "last": values[-1],
        "min": min(finite),
        "max": max(finite),
    }


def _selected(run: RunReader, key: str | None, step: int | None) -> dict[str, Any]:
    keys = run.scalar_keys() if key is None else [key]
    points = {
        name: [p._asdict() for p in run.scalars(name) if step in (None, p.step)] for name in keys
    }
    return {
        "media": [msgspec.to_builtins(row) for row in run.rows(key, step)],
        "scalars": {name: found for name, found in points.items() if found},
    }


def _say_overview(run: RunReader, *, each_tensor: bool) -> None:
    facts = _overview(run)
    said = facts if each_tensor else _in_short(facts)
    text.say(f"{text.bold(facts['name'])}  {facts['status']}, created {text.ago(facts['created'])}")
    text.say(f"{facts['project']}/{facts['run']}  {facts['path']}")
    for name in ("tags", "notes", "group", "job_type"):
        if facts.get(name):
            given = facts[name]
            text.say(f"{name}: {', '.join(given) if name == 'tags' else given}")
    for name in ("config", "summary", "health"):
        _say_pairs(name, dict(_dotted(said[name])))
    _say_table("MEDIA KIND STEPS ROWS LAST SIZE", list(map(_media_line, said["media"])))
    _say_table("SCALAR POINTS LAST MIN MAX", list(map(_scalar_line, said["scalars"])))
    if said != facts:
        text.say("")
        text.say("of tensors: --all lists each, --key shows one")


def _in_short(facts: dict[str, Any]) -> dict[str, Any]:
    """Leave the tensors of a network, where they are many, to `--all`."""
    media, scalars = folded(facts["media"], MEDIA), folded(facts["scalars"], SCALARS)
    if len(scalars) == len(facts["scalars"]):
        return {**facts, "media": media}
    summary = without_tensors(facts["summary"])
    return {**facts, "media": media, "scalars": scalars, "summary": summary}


def _say_selected(run: RunReader, key: str | None, step: int | None) -> None:
    found = _selected(run, key, step)
    rows = [_row_line(row) for row in run.rows(key, step)]
    points = [
        (name, str(p["step"]), str(p["rank"]), _or_dash(p["epoch"]), text.number(p["value"]))
        for name, points in found["scalars"].items()
        for p in points
    ]
    _say_table("MEDIA STEP RANK IDX KIND PIXELS SIZE CAPTION", rows)
    _say_table("SCALAR STEP RANK EPOCH VALUE", points)
    if not rows and not points:
        text.say(f"nothing was logged there{_hint(run, key)}")


def _hint(run: RunReader, key: str | None) -> str:
    """Name keys that are spelt alike; of one that is there the step was meant."""
    known = {*run.keys(), *run.scalar_keys()}
    alike = [] if key in known else difflib.get_close_matches(key or "", known)
    return f"; keys that are alike: {', '.join(alike)}" if alike else ""


def _media_line(fact: Facts) -> tuple[str, ...]:
    last = _or_dash(fact["last_step"])
    return (
        fact["key"],
        fact["kind"],
        str(fact["steps"]),
        str(fact["rows"]),
        last,
        text.size(fact["bytes"]),
    )


def _scalar_line(fact: Facts) -> tuple[str, ...]:
    numbers = (_or_dash(fact[name]) for name in ("last", "min", "max"))
    return fact["key"], str(fact["points"]), *numbers


def _row_line(row: Row) -> tuple[str, ...]:
    pixels = f"{row.width}×{row.height}" if row.width is not None else ""
    place = _or_dash(row.step), str(row.rank), str(row.idx)
    return row.key, *place, row.kind, pixels, text.size(_bytes(row)), row.caption or ""


def _bytes(row: Row) -> int:
    """Give the size of its files; a histogram has none but its meta."""
    return sum(file.size for file in _files(row)) or len(row.meta)


def _stored(rows: Sequence[Row]) -> int:
    """Give the size of their files, of which several rows may have the same."""
    sizes = {(file.uri, file.offset): file.size for row in rows for file in _files(row)}
    return sum(sizes.values()) + sum(len(row.meta) for row in rows if not _files(row))


def _files(row: Row) -> list[File]:
    return [file for file in (row.file, *(one.file for one in row.extra)) if file is not None]


def _or_dash(value: float | None) -> str:
    return "-" if value is None else text.number(value)


def _dotted(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Give what is nested a line each: `optimizer.name`, `loss.min`."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _say_pairs(name: str, pairs: dict[str, Any]) -> None:
    """Say what has a value; of the settings that a framework leaves at None only how many there are."""
    if pairs:
        shown = [
            (key, text.number(value) if isinstance(value, float) else str(value))
            for key, value in pairs.items()
            if value is not None
        ]
        text.say("")
        header = (name.upper(), "")
        text.say(text.table(header, sorted(shown), kept=frozenset(header[:1])))
        if len(shown) < len(pairs):
            text.say(f"and {len(pairs) - len(shown)} that are None (--json names them)")


def _say_table(header: str, rows: Sequence[tuple[str, ...]]) -> None:
    if rows:
        names = header.split()
        said = {name: {row[place] for row in rows} for place, name in enumerate(names)}
        spare = [name for name, nothing in _SPARE.items() if said.get(name) == {nothing}]
        text.say("")
        text.say(text.table(names, rows, _NUMBERS, spare=spare, kept=frozenset(names[:1])))
