"""CSV that every reader takes."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any, TextIO


class Lines:
    """Writes lines of cells; a NUL in a text becomes U+FFFD.

    Many readers end at a NUL, and Python before 3.11 neither writes nor reads one.

    Args:
        text: Where to, opened without a translation of line ends.
    """

    def __init__(self, text: TextIO) -> None:
        self._writer = csv.writer(text)  # its CRLF, as RFC 4180 has it: so a lone CR is quoted, too

    def add(self, cells: Iterable[Any]) -> None:
        """Add a line; None is an empty cell."""
        self._writer.writerow([_readable(cell) for cell in cells])


def _readable(cell: Any) -> Any:
    return cell.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(cell, str) else cell
