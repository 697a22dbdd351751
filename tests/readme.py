"""README.md's examples, by the heading they stand under."""

from __future__ import annotations

import re
from pathlib import Path

_TEXT = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def examples(*headings: str) -> list[str]:
    """Give the Python under some headings, in the order of the text.

    Raises:
        AssertionError: A heading has no example, or isn't there.
    """
    found = {}
    for section in _TEXT.split("\n## ")[1:]:
        heading, _, body = section.partition("\n")
        found[heading] = re.findall(r"```python\n(.*?)```", body, re.DOTALL)
    assert all(found.get(heading) for heading in headings), list(found)
    return [code for heading, codes in found.items() if heading in headings for code in codes]
