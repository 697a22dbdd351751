"""Text in pictures: a font that has the characters, wrapped lines, and how large they are.

Pillow's own font has the characters of ASCII and few more. Where a text needs others, the common
font of the system that has most of them is taken; what is missing there too is shown by its nearest
spelling, or as "?".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from PIL import ImageDraw, ImageFont

from .palette import Colour

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont | ImageFont.TransposedFont

_SYSTEM_FONTS = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "Arial Unicode.ttf",
    "PingFang.ttc",
    "arial.ttf",
    "msyh.ttc",
)
_ANY_SIZE = 14
_BREAKS = {"Cc", "Zl", "Zp"}
"""Categories of control characters and line breaks, which are drawn as a space."""
_UNKNOWN = "?"
_NOT_A_CHARACTER = "\ufffe"
_SPELLINGS = {
    "\N{RIGHTWARDS ARROW}": "->",
    "\N{LEFTWARDS ARROW}": "<-",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{MICRO SIGN}": "u",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{LESS-THAN OR EQUAL TO}": "<=",
    "\N{GREATER-THAN OR EQUAL TO}": ">=",
}


def is_readable(text: str) -> bool:
    """Say whether fonts here have the characters of a text, or their like: not one is "?"."""
    _, spelling = _font_for(text, _ANY_SIZE)
    return spelling.count(_UNKNOWN) == text.count(_UNKNOWN)


class Lettering:
    """Letters of one size, and the lines made of them.

    Args:
        size: Height of the font in pixels.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.line_height = round(size * 1.35)

    def wrapped(self, text: str, width: int) -> list[str]:
        """Break `text` into lines of at most `width` pixels, inside words where there is no space."""
        return [line for paragraph in text.splitlines() for line in self._lines(paragraph, width)]

    def width(self, text: str) -> int:
        """Give how wide a line of `text` is, in pixels."""
        font, spelling = _font_for(text, self.size)
        return round(font.getlength(spelling) + 0.5)

    def smaller(self) -> Lettering:
        """Give letters that stand inside a picture."""
        return Lettering(max(12, round(self.size * 0.75)))

    def draw(self, draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, fill: Colour) -> None:
        """Draw a line with its upper left corner at `at`."""
        font, spelling = _font_for(text, self.size)
        x, y = at
        draw.text((x, y + self.line_height // 2), spelling, fill=fill, font=font, anchor="lm")

    def _lines(self, paragraph: str, width: int) -> Iterator[str]:
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if self.width(longer) <= width:
                line = longer
                continue
            if line:
                yield line
            *whole, line = self._pieces(word, width)
            yield from whole
        yield line

    def _pieces(self, word: str, width: int) -> Sequence[str]:
        pieces = [""]
        for character in word:
            if pieces[-1] and self.width(pieces[-1] + character) > width:
                pieces.append("")
            pieces[-1] += character
        return pieces


@lru_cache(maxsize=1024)
def _font_for(text: str, size: int) -> tuple[Font, str]:
    """Give the font that has most of `text`, and what of it that can draw."""
    own = ImageFont.load_default(size)
    if not text.isprintable():  # Pillow refuses line breaks in the middle of other scripts
        text = "".join(" " if unicodedata.category(c) in _BREAKS else c for c in text)
    if text.isascii():
        return own, text
    font = max(
        (own, *_system_fonts(size)),
        key=lambda font: sum(_has(font, character) for character in text),
    )
    return font, "".join(c if _has(font, c) else _spelled(font, c) for c in text)


@lru_cache(maxsize=16)
def _system_fonts(size: int) -> tuple[Font, ...]:
    fonts: list[Font] = []
    for name in _SYSTEM_FONTS:
        try:
            fonts.append(ImageFont.truetype(name, size))
        except OSError:  # noqa: PERF203 - not on this machine
            continue
    return tuple(fonts)


def _has(font: Font, character: str) -> bool:
    return character.isascii() or bytes(font.getmask(character)) != bytes(
        font.getmask(_NOT_A_CHARACTER)
    )


def _spelled(font: Font, character: str) -> str:
    plain = unicodedata.normalize("NFKD", _SPELLINGS.get(character, character))
    kept = [c for c in plain if not unicodedata.combining(c)]
    drawn = "".join(c if _has(font, c) else _UNKNOWN for c in kept)
    return drawn if drawn.strip(_UNKNOWN) else _UNKNOWN
