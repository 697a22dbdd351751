"""Names of files that people can read, made of any text, safe on Linux, macOS and Windows.

A text that had to be changed ends in `~` and eight hex digits of its hash, so that different texts
stay different. What only differs in case counts as equal: on many disks it is.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable

LENGTH = 60
"""How long one part of a path gets, in characters and, in UTF-8, in half its bytes."""
FOLDER_LENGTH = 120
_FORBIDDEN = frozenset('<>:"/\\|?*~')
_DEVICES = re.compile(
    r"(con|prn|aux|nul|com\d|lpt\d|com[¹²³]|lpt[¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE
)
_A_FILES = re.compile(r"(-?\d{8,}|summary)[._]", re.IGNORECASE)
"""How the names of exported files begin: no folder's may."""
_TAKEN_BY_ROW = re.compile(r"(\d+|rank\d+|v\d+|cells)([._]|$)", re.IGNORECASE)
"""What stands behind the step in a file's name: no role may look like it."""


def safe(text: str, room: int = LENGTH) -> str:
    """Give a text as a part of a path, itself where that is possible."""
    composed = unicodedata.normalize("NFC", text)
    allowed = "".join(c if c.isprintable() and c not in _FORBIDDEN else "_" for c in composed)
    shown = re.sub(r"^[. ]", "_", _cut(allowed, room)).rstrip(". ")
    if _DEVICES.fullmatch(shown):
        shown = f"_{shown}"
    return text if shown == text != "" else marked(shown or "_", text)


def role(text: str, room: int = LENGTH) -> str:
    """Give the role of a file as a part of its name: `mask:predictions` is `mask_predictions`."""
    made = safe(text.replace(":", "_", 1), room)
    return marked(f"_{made}", text) if _TAKEN_BY_ROW.match(made) else made


def marked(shown: str, text: str, digits: int = 8) -> str:
    """Give a name that tells `text` from all others by its hash."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{shown}~{digest[:digits]}"


def fold(name: str) -> str:
    """Give what is equal for names that a disk may take for the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


Style = Callable[[str, str, str, bool], str]
"""Gives a name from the row's, what follows it (or nothing), the ending, and whether it is a cell."""


def as_file(base: str, tail: str, ending: str, cell: bool) -> str:
    """Name a file: `000000012_mask_a.png`; cells lie in a folder, `000000012_cells/a_000001.png`."""
    between = "_cells/" if cell else "_" * bool(tail)
    return f"{base}{between}{tail}.{ending}"


def as_member(base: str, tail: str, ending: str, cell: bool) -> str:
    """Name a member of a shard: ASCII, and the first dot ends what all of one sample share."""
    plain = re.sub(r"[^A-Za-z0-9_~-]", "_", tail)
    if plain != tail or len(plain) > LENGTH:
        plain = marked(plain[: LENGTH - 10], tail)
    between = ".cell_" if cell else "." * bool(tail)
    return f"{base}{between}{plain}.{ending}"


class Names:
    """The names of the files of one row, each given once.

    Args:
        base: What all begin with.
        style: How they are put together.
    """

    def __init__(self, base: str, style: Style) -> None:
        self._base, self._style = base, style
        self._given: set[str] = set()

    def free(self, tail: str, ending: str) -> bool:
        """Say whether nothing has this name yet."""
        return fold(self._style(self._base, tail, ending, False)) not in self._given

    def give(self, tail: str, ending: str, *, cell: bool = False) -> str:
        """Give a name that nothing has yet."""
        name = self._style(self._base, tail, ending, cell)
        if fold(name) in self._given:
            other = marked(tail, f"{tail} {len(self._given)}")
            name = self._style(self._base, other, ending, cell)
        self._given.add(fold(name))
        return name


class Folders:
    """A folder for every key; those that were given stay as they are.

    Args:
        known: Key to folder, of an earlier export.
        reserved: Names at the top that no folder may have.

    Attributes:
        by_key: Key to folder, with `/` between its parts.
    """

    def __init__(self, known: dict[str, str], reserved: Iterable[str]) -> None:
        self.by_key = dict(known)
        self._reserved = frozenset(map(fold, reserved))
        self._taken = set(map(fold, known.values()))

    def of(self, key: str) -> str:
        """Give the folder of a key."""
        if key not in self.by_key:
            self.by_key[key] = self._free(key)
            self._taken.add(fold(self.by_key[key]))
        return self.by_key[key]

    def _free(self, key: str) -> str:
        plain = self._plain(key)
        if fold(plain) not in self._taken:
            return plain
        tries = (marked(plain, key, digits) for digits in (8, 16, 32, 64))
        return next(name for name in tries if fold(name) not in self._taken)

    def _plain(self, key: str) -> str:
        parts = [self._part(part) for part in key.split("/")]
        if fold(parts[0]) in self._reserved:
            parts[0] = marked(parts[0], key)
        whole = "/".join(parts)
        return whole if len(whole) <= FOLDER_LENGTH else _shortened(parts, key)

    def _part(self, text: str) -> str:
        made = safe(text)
        return marked(f"_{made}", text) if _A_FILES.match(made) else made


def _shortened(parts: list[str], key: str) -> str:
    """Give the first parts, as many as there is room for, and the last in short."""
    kept: list[str] = []
    for part in parts[:-1]:
        if sum(map(len, kept)) + len(kept) + len(part) > FOLDER_LENGTH - LENGTH:
            break
        kept.append(part)
    return "/".join([*kept, marked(_cut(parts[-1], 30).rstrip(". "), key)])


def _cut(text: str, room: int) -> str:
    """Give the beginning of a text that fits into `room` characters and twice as many bytes."""
    short = text[:room]
    while len(short.encode("utf-8", "surrogatepass")) > 2 * room:
        short = short[:-1]
    return short
