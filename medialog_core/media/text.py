"""Text, plain or Markdown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from ..arrays import describe
from ..errors import InvalidInput, WrongType
from ..payload import Blob, Payload
from ..schema import TextMeta

INLINE_BYTES = 8 * 1024
"""Longer texts are a file of their own."""
Format = Literal["plain", "markdown"]
_FILES = {
    "plain": ("text/plain; charset=utf-8", "txt"),
    "markdown": ("text/markdown; charset=utf-8", "md"),
}


@dataclass(frozen=True)
class Text:
    """A text.

    Attributes:
        data: The text, of any length.
        format: `plain`, or `markdown` to be rendered where it is shown.
        caption: A short title.

    Raises:
        WrongType: `data` or `caption` is no string.
        InvalidInput: An unknown format, or a string that no file can hold (lone surrogates).
    """

    data: str
    format: Format = "plain"
    caption: str | None = None

    sample_id: ClassVar[None] = None

    def __post_init__(self) -> None:
        check_text(self.data, "Text: data")
        if self.caption is not None:
            check_text(self.caption, "Text: caption")
        if self.format not in get_args(Format):
            raise InvalidInput(f"Text: format: expected 'plain' or 'markdown', got {self.format!r}")

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        return 64 + len(self.data)


def check_text(value: object, field: str) -> str:
    """Give `value` if it is a string that UTF-8 can hold.

    Raises:
        WrongType: It is no string.
        InvalidInput: It has lone surrogates.
    """
    if not isinstance(value, str):
        raise WrongType(f"{field}: expected str, got {describe(value)}; pass str(...) of it")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise InvalidInput(
                f"{field}: has a lone surrogate {value[error.start]!r} at {error.start}, which no file can hold; "
                "pass text.encode('utf-8', 'replace').decode()"
            ) from None
    return value


def encode(texts: Sequence[Text]) -> Iterator[Payload]:
    """Give a payload for each text; what is longer than 8 KiB becomes a file."""
    for text in texts:
        data = text.data.encode()
        inline = len(data) <= INLINE_BYTES
        meta = TextMeta(text=text.data if inline else None, format=text.format)
        yield Payload(meta, () if inline else [_file(data, text.format)], text.caption)


def decode(payload: Payload) -> Text:
    """Give the text back."""
    meta = payload.meta
    assert isinstance(meta, TextMeta)  # noqa: S101 - the codec table looked the kind up
    data = meta.text if meta.text is not None else _bytes(payload).decode()
    return Text(data, meta.format, payload.caption)


def _file(data: bytes, format: Format) -> Blob:
    content_type, extension = _FILES[format]
    digest = hashlib.blake2b(data, digest_size=16, person=b"text")
    return Blob(lambda: data, content_type, extension, digest=digest.digest())


def _bytes(payload: Payload) -> bytes:
    [blob] = payload.blobs
    assert isinstance(blob, Blob)  # noqa: S101 - a reader makes no linked ones
    return blob.data
