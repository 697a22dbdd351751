"""The command: runs the workloads that are asked for and prints what was found."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from .report import section
from .runner import Outcome, rounds
from .workloads import WORKLOADS


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _parser().parse_args(arguments)
    found: list[Outcome] = []
    for name in options.only:
        workload = WORKLOADS[name]
        shape = workload.tiny if options.tiny else workload.full
        if options.steps is not None:
            shape = replace(shape, steps=options.steps)
        outcomes = list(_watched(rounds(workload, shape, options.rounds, options.contenders)))
        found += outcomes
        print(section(workload, outcomes, judged=not options.tiny), "\n", flush=True)
    if options.json:
        content = json.dumps([asdict(outcome) for outcome in found], indent=1)
        options.json.write_text(content, encoding="utf-8")


def _watched(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Tell on stderr, where somebody looks, which process has ended."""
    for outcome in outcomes:
        if sys.stderr.isatty():
            where = f"{outcome.workload}, round {outcome.round + 1}: {outcome.label}"
            print(f"\r\033[K{where}", end="\r", file=sys.stderr, flush=True)
        yield outcome


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only",
        type=_names,
        default=list(WORKLOADS),
        metavar="NAME,...",
        help=", ".join(WORKLOADS),
    )
    parser.add_argument(
        "--contenders",
        type=lambda text: text.split(","),
        default=(),
        metavar="NAME,...",
        help="only these (all)",
    )
    parser.add_argument("--rounds", type=int, default=5, help="processes for each contender (5)")
    parser.add_argument("--steps", type=int, help="calls in a process; each workload has its own")
    parser.add_argument("--tiny", action="store_true", help="hardly any data: does it run?")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every measurement there")
    return parser


def _names(text: str) -> list[str]:
    names = text.split(",")
    unknown = sorted(set(names) - set(WORKLOADS))
    if unknown:
        raise argparse.ArgumentTypeError(
            f"{', '.join(unknown)}: no such workload; there are {', '.join(WORKLOADS)}"
        )
    return names


if __name__ == "__main__":
    main()
