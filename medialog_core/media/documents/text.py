"""Text, plain or Markdown."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from ...errors import InvalidInput
from ...payload import Blob, Payload
from ...schema import TextMeta
from ..captioned import check_text, line

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
        caption: A short title; a number is written out.
        sample_id: Which sample of the data set it is.

    Raises:
        WrongType: `data` or `caption` is no string.
        InvalidInput: An unknown format, or a string that no file can hold (lone surrogates).
    """

    data: str
    format: Format = "plain"
    caption: str | None = None
    sample_id: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", str.__str__(check_text(self.data, "Text: data")))
        for name in ("caption", "sample_id"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, line(getattr(self, name), f"Text: {name}"))
        if self.format not in get_args(Format):
            raise InvalidInput(f"Text: format: expected 'plain' or 'markdown', got {self.format!r}")

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        return sys.getsizeof(self.data)


def Markdown(data: str, caption: str | None = None, *, sample_id: str | None = None) -> Text:  # noqa: N802 - named as a type
    """Give a text that is rendered as Markdown where it is shown; arguments as for `Text`."""
    return Text(data, "markdown", caption, sample_id=sample_id)


def encode(texts: Sequence[Text]) -> Iterator[Payload]:
    """Give a payload for each text; what is longer than 8 KiB becomes a file."""
    return map(_payload, texts)


def decode(payload: Payload) -> Text:
    """Give the text back."""
    meta = payload.meta
    assert isinstance(meta, TextMeta)  # noqa: S101 - the codec table looked the kind up
    data = meta.text if meta.text is not None else _bytes(payload).decode()
    return Text(data, meta.format, payload.caption, sample_id=payload.sample_id)


def _payload(text: Text) -> Payload:
    data = text.data.encode()
    inline = len(data) <= INLINE_BYTES
    meta = TextMeta(text=text.data if inline else None, format=text.format)
    files = () if inline else [_file(data, text.format)]
    return Payload(meta, files, text.caption, text.sample_id)


def _file(data: bytes, format: Format) -> Blob:
    content_type, extension = _FILES[format]
    digest = hashlib.blake2b(data, digest_size=16, person=f"text {format}".encode())
    return Blob(lambda: data, content_type, extension, digest=digest.digest())


def _bytes(payload: Payload) -> bytes:
    [blob] = payload.blobs
    assert isinstance(blob, Blob)  # noqa: S101 - a reader makes no linked ones
    return blob.data
