"""The list of W&B's faults names tests that exist, and each fault once."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIST = ROOT / "tests/wandb_faults.md"
ROW = re.compile(r"^\| (?!id |-)([^|]+) \|.*\| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")
ONE_ID = re.compile(r"\d[\d.]*-[a-z]|[\w-]*#\d+")
OPENINGS = 12
"""Rows of the survey's section 7."""


@cache
def names_in(path: str) -> frozenset[str]:
    return frozenset(_names(ast.parse((ROOT / path).read_text()).body))


def _names(body: list[ast.stmt], prefix: str = "") -> list[str]:
    names = [prefix + node.name for node in body if isinstance(node, ast.FunctionDef)]
    for node in body:
        if isinstance(node, ast.ClassDef):
            names += _names(node.body, f"{prefix}{node.name}::")
    return names


def rows() -> list[tuple[str, str]]:
    return ROW.findall(LIST.read_text())


def test_every_fault_has_tests_that_exist() -> None:
    named = {row_id: TEST.findall(tests) for row_id, tests in rows()}
    assert [row_id for row_id, tests in named.items() if not tests] == []
    missing = {
        f"{path}::{name}"
        for tests in named.values()
        for path, name in tests
        if not (ROOT / path).is_file() or name not in names_in(path)
    }
    assert missing == set()


def test_every_test_that_is_named_is_seen() -> None:
    seen = sum(len(TEST.findall(tests)) for _, tests in rows())
    assert seen == LIST.read_text().count("`tests/") - 1  # the check itself is named, too


def test_no_fault_stands_there_twice() -> None:
    ids = [one for row_id, _ in rows() for one in ONE_ID.findall(row_id)]
    assert sorted(ids) == sorted(set(ids))
    assert len(ids) > 100


def test_every_opening_has_a_row() -> None:
    sections = {row_id.partition("-")[0] for row_id, _ in rows()}
    assert {f"7.{number}" for number in range(1, OPENINGS + 1)} <= sections
