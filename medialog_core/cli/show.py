"""`medialog show`: what is in a run."""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec

from ..schema import Row
from ..store.reader import RunReader
from . import text
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


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    command = commands.add_parser("show", help="show a run, one of its keys, or one step")
    command.add_argument("run", help="a run's folder, name or id")
    command.add_argument("--key", help="only what was logged under this key")
    command.add_argument("--step", type=int, help="only this step")
    add_json(command)
    command.set_defaults(run_command=_run)


def _run(args: argparse.Namespace) -> int:
    run = open_named(args.run)
    whole = args.key is None and args.step is None
    if args.json:
        text.say_json(_overview(run) if whole else _selected(run, args.key, args.step))
    elif whole:
        _say_overview(run)
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
            "bytes": sum(map(_bytes, rows)),
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


def _say_overview(run: RunReader) -> None:
    facts = _overview(run)
    text.say(f"{text.bold(facts['name'])}  {facts['status']}, created {text.ago(facts['created'])}")
    text.say(f"{facts['project']}/{facts['run']}  {facts['path']}")
    for name in ("tags", "notes", "group", "job_type"):
        if facts.get(name):
            said = facts[name]
            text.say(f"{name}: {', '.join(said) if name == 'tags' else said}")
    for name in ("config", "summary", "health"):
        _say_pairs(name, _dotted(facts[name]) if name == "summary" else facts[name])
    _say_table("MEDIA KIND STEPS ROWS LAST SIZE", [_media_line(fact) for fact in facts["media"]])
    _say_table("SCALAR POINTS LAST MIN MAX", [_scalar_line(fact) for fact in facts["scalars"]])


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
        text.say("nothing was logged there")


def _media_line(fact: dict[str, Any]) -> tuple[str, ...]:
    last = _or_dash(fact["last_step"])
    return (
        fact["key"],
        fact["kind"],
        str(fact["steps"]),
        str(fact["rows"]),
        last,
        text.size(fact["bytes"]),
    )


def _scalar_line(fact: dict[str, Any]) -> tuple[str, ...]:
    numbers = (text.number(fact[name]) for name in ("last", "min", "max"))
    return fact["key"], str(fact["points"]), *numbers


def _row_line(row: Row) -> tuple[str, ...]:
    pixels = f"{row.width}×{row.height}" if row.width is not None else ""
    place = _or_dash(row.step), str(row.rank), str(row.idx)
    return row.key, *place, row.kind, pixels, text.size(_bytes(row)), row.caption or ""


def _bytes(row: Row) -> int:
    """Give the size of its files; a histogram has none but its meta."""
    files = (row.file, *(extra.file for extra in row.extra))
    return sum(file.size for file in files if file is not None) or len(row.meta)


def _or_dash(value: float | None) -> str:
    return "-" if value is None else text.number(value)


def _dotted(summary: dict[str, Any]) -> dict[str, Any]:
    """Give the statistics of a metric a line each: `loss.min`."""
    lines: dict[str, Any] = {}
    for key, value in summary.items():
        several = (
            {f"{key}.{word}": number for word, number in value.items()}
            if isinstance(value, dict)
            else {}
        )
        lines |= several or {key: value}
    return lines


def _say_pairs(name: str, pairs: dict[str, Any]) -> None:
    if pairs:
        shown = [
            (key, text.number(value) if isinstance(value, float) else str(value))
            for key, value in pairs.items()
        ]
        text.say("")
        text.say(text.table((name.upper(), ""), sorted(shown)))


def _say_table(header: str, rows: Sequence[tuple[str, ...]]) -> None:
    if rows:
        text.say("")
        text.say(text.table(header.split(), rows, _NUMBERS))
