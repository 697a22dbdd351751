"""Text for a terminal: tables, sizes, times, progress."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
import textwrap
import time
import unicodedata
from collections.abc import Sequence
from typing import Any

from ..store.rows import to_json

_UNITS = ("B", "kB", "MB", "GB", "TB")
_THOUSAND = 1000
_AGES = ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s"))
_BOLD, _PLAIN, _CLEAR_LINE = "\x1b[1m", "\x1b[0m", "\r\x1b[K"
_GAP = "  "
_WIDE = frozenset("WF")
_NARROW = 10
"""A column is not made narrower than so many."""
_Column = tuple[str, ...]
"""A column's name and its cells."""


def say(text: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{text}\n")


def say_wrapped(text: str, indent: str = "") -> None:
    """Write words; a terminal gets as many lines as they need, `indent` before each."""
    text = f"{indent}{_printable(text)}"
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns
        lines = textwrap.wrap(
            text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )
        text = "\n".join(lines)
    say(text)


def say_json(value: Any) -> None:
    """Write a value as JSON; numbers that are not finite are strings, as in the store."""
    say(json.dumps(json.loads(to_json(value)), indent=2, ensure_ascii=False))


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: frozenset[str] = frozenset(),
    *,
    spare: Sequence[str] = (),
    kept: frozenset[str] = frozenset(),
) -> str:
    """Lay out rows in columns.

    Args:
        header: The columns' names.
        rows: A text for each column. In a terminal the widest columns are shortened in their middle
            so that lines fit.
        right: The columns that stand at their right edge.
        spare: The columns that are left out before that, one by one.
        kept: The columns that are shortened only when all others are narrow.
    """
    cells = [[_printable(cell) for cell in row] for row in rows]
    columns = _needed(list(zip(header, *cells, strict=True)), spare)
    widths = _widths(columns, kept)
    aligned = [
        _GAP.join(
            _cell(text, width, at_right=column[0] in right)
            for text, width, column in zip(line, widths, columns, strict=True)
        )
        for line in zip(*columns, strict=True)
    ]
    lines = [line.rstrip() for line in aligned]
    return "\n".join([bold(lines[0]), *lines[1:]])


def bold(text: str) -> str:
    """Make text bold where that is understood."""
    plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ
    return text if plain else f"{_BOLD}{text}{_PLAIN}"


def size(nbytes: int) -> str:
    """Give a size with three digits: `512 B`, `1.23 MB`."""
    value, unit = float(nbytes), 0
    while value >= _THOUSAND - 0.5 and unit < len(_UNITS) - 1:
        value, unit = value / _THOUSAND, unit + 1
    return f"{nbytes} B" if unit == 0 else f"{number(value, 3)} {_UNITS[unit]}"


def ago(ts: float) -> str:
    """Give how long ago a Unix time was: `just now`, `5 min ago`."""
    secs = time.time() - ts
    for length, unit in _AGES:
        if secs >= length:
            return f"{secs / length:.0f} {unit} ago"
    return "just now"


def number(value: float, digits: int = 5) -> str:
    """Give a number with so many digits, without an exponent where it is short."""
    if not math.isfinite(value):
        return str(value)
    text = f"{value:.{digits}g}"
    return f"{value:.0f}" if "e" in text and abs(value) < 10**9 and value == int(value) else text


class Progress:
    """Says on stderr what is going on, once it takes longer than a moment.

    A terminal sees one line that changes, anything else a line every few seconds.
    """

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._every = 0.1 if self._terminal else 5.0
        self._next = time.monotonic() + self._every
        self._shown = False

    def __call__(self, what: str, done: int, total: int) -> None:
        """Take note of a step; `done` of `total` are behind."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._every
        self._shown = True
        text = f"{_printable(what)}  {done} of {total}"
        sys.stderr.write(f"{_CLEAR_LINE}{text}" if self._terminal else f"{text}\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._shown and self._terminal:
            sys.stderr.write(_CLEAR_LINE)


def _printable(text: str) -> str:
    """Keys are any text: spell out what would move the cursor."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _width(text: str) -> int:
    """Give the columns that a terminal takes for it."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in _WIDE else 1
        for c in text
    )


def _needed(columns: list[_Column], spare: Sequence[str]) -> list[_Column]:
    """In a terminal, leave out columns that are spare until lines fit."""
    left = list(spare)
    while left and _too_wide([max(map(_width, column)) for column in columns]):
        name = left.pop(0)
        columns = [column for column in columns if column[0] != name]
    return columns


def _widths(columns: Sequence[_Column], kept: frozenset[str]) -> list[int]:
    """In a terminal, take room from the widest columns until a line fits, or none is wide."""
    widths = [max(map(_width, column)) for column in columns]
    at_once = [i for i, column in enumerate(columns) if column[0] not in kept]
    for choice in (at_once, range(len(columns))):
        while _too_wide(widths) and (wide := [i for i in choice if widths[i] > _NARROW]):
            widths[max(wide, key=widths.__getitem__)] -= 1
    return widths


def _too_wide(widths: Sequence[int]) -> bool:
    if not sys.stdout.isatty():
        return False
    return sum(widths) + len(_GAP) * (len(widths) - 1) > shutil.get_terminal_size().columns


def _cell(text: str, width: int, *, at_right: bool) -> str:
    shown = text if _width(text) <= width else _shortened(text, width)
    space = " " * (width - _width(shown))
    return space + shown if at_right else shown + space


def _shortened(text: str, width: int) -> str:
    """Take out the middle: the ends of a key tell most."""
    room = width - 1
    behind = _fitting(text[::-1], room // 2)[::-1]
    return _fitting(text, room - _width(behind)) + "…" + behind


def _fitting(text: str, room: int) -> str:
    """Give the beginning that takes at most `room` columns."""
    end = used = 0
    while end < len(text) and used + _width(text[end]) <= room:
        used += _width(text[end])
        end += 1
    return text[:end]
