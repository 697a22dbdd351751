"""One file of an export, and when a value needs JSON beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ..schema import File
from ..store import files

_SAY_IT_ALL = frozenset(("image", "text"))
_ANNOTATIONS = frozenset(("masks", "boxes", "label", "scores", "classes", "grouping"))


@dataclass(frozen=True)
class Part:
    """A file to be written.

    Attributes:
        role: Empty for the value's own file, else what it is to it.
        name: Its name.
        content: Where its bytes are, or the bytes themselves.
        content_type: Its media type.
    """

    role: str
    name: str
    content: File | bytes
    content_type: str

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return self.content.size if isinstance(self.content, File) else len(self.content)

    @property
    def checksum(self) -> str:
        """Its checksum, as in a `File`."""
        if isinstance(self.content, File):
            return self.content.checksum
        return files.checksum((self.content,))


def needs_json(kind: str, fields: Collection[str]) -> bool:
    """Say whether a value's `meta` tells more than its file; `fields` are those that it has."""
    return kind not in _SAY_IT_ALL or not _ANNOTATIONS.isdisjoint(fields)
