"""HTML: a page or a piece of one, kept as it came; nothing is put into it, and nothing remote."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ...arrays import describe
from ...checks import check_text
from ...errors import WrongType
from ...payload import Blob, Payload
from ...schema import HtmlMeta
from .. import kept
from ..captioned import Captioned

ENDINGS = ("html", "htm", "xhtml")
UTF8 = "utf-8"
_UNSTATED = "windows-1252"
"""What a browser reads a page as that says nothing and is no UTF-8."""
_LONGEST_PATH = 4096
_MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
_DECLARED_WITHIN = 1024
_DECLARED = re.compile(rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)


class Html(Captioned):
    """A page of HTML, or a piece of one.

    Args:
        data: HTML as a string; the path of a file, whose bytes are kept (a string is a path where it
            ends with `.html` and has no tag in it, a `pathlib.Path` always is); an open file; bytes;
            or an object that a notebook shows as HTML (`_repr_html_`, e.g. a pandas Styler).
        inject: Whether a viewer opens its links in a new tab and gives it readable default styles.
            The bytes stay as they are either way, and nothing is loaded from anywhere.
        data_is_not_path: True takes a string as HTML, whatever it ends with.
        caption: A line of text.
        sample_id: Which sample of the data set it is.

    Raises:
        WrongType: None of these.
        InvalidInput: A file of another ending or without bytes; a string that no file can hold.
        FileNotFoundError: There is no file at the path.
        OSError: The file cannot be read.
    """

    __slots__ = ("_charset", "_data", "_inject")

    def __init__(
        self,
        data: Any,
        inject: bool = True,
        data_is_not_path: bool = False,
        *,
        caption: str | None = None,
        sample_id: str | int | None = None,
    ) -> None:
        self._data, self._charset = _content(data, literal=data_is_not_path)
        self._inject = bool(inject)
        super().__init__(caption, sample_id)

    @property
    def data(self) -> bytes:
        """The page's bytes."""
        return self._data

    @property
    def inject(self) -> bool:
        """Whether a viewer may add its own styles."""
        return self._inject

    @property
    def charset(self) -> str:
        """How the bytes are to be read: stated by the page, or else UTF-8 where they are that."""
        return self._charset or _charset(self._data)

    @property
    def html(self) -> str:
        """The page as text."""
        return HtmlMeta(charset=self.charset).read(self._data)

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        return 128 + len(self._data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Html) and self._parts() == other._parts()

    def __repr__(self) -> str:
        return f"Html({len(self._data):,} bytes)"

    __hash__ = None  # type: ignore[assignment]

    def _parts(self) -> tuple[Any, ...]:
        return self._data, self.charset, self._inject, self._caption, self._sample_id


def encode(pages: Sequence[Html]) -> Iterator[Payload]:
    """Give a payload for each page: its bytes, and how they are to be read."""
    return map(_payload, pages)


def decode(payload: Payload) -> Html:
    """Undo `encode`."""
    meta, data = payload.meta_as(HtmlMeta), payload.files[""].data
    page = Html(data, meta.inject, caption=payload.caption, sample_id=payload.sample_id)
    page._charset = meta.charset  # noqa: SLF001 - its own codec
    return page


def _payload(page: Html) -> Payload:
    charset = page.charset
    meta = HtmlMeta(charset=charset, inject=page.inject)
    return Payload(meta, [_blob(page.data, charset)], page.caption, page.sample_id)


def _blob(data: bytes, charset: str) -> Blob:
    return Blob.of(data, f"text/html; charset={charset}", "html")


def _content(data: Any, *, literal: bool) -> tuple[bytes, str | None]:
    """Give the bytes, and their charset where it is decided already."""
    if isinstance(data, str):
        return (_file(data), None) if not literal and _is_path(data) else _text(data)
    if isinstance(data, bytes | bytearray):
        return bytes(data), None
    if kept.is_file(data):
        return _file(data), None
    return _text(_shown(data))


def _text(data: Any) -> tuple[bytes, str]:
    return check_text(data, "Html: data").encode(), UTF8


def _is_path(data: str) -> bool:
    if len(data) > _LONGEST_PATH or not data.lower().endswith(".html"):
        return False
    return not {"<", "\n"}.intersection(data) or os.path.exists(data)  # noqa: PTH110 - a string that is no path at all is no error


def _file(data: Any) -> bytes:
    if isinstance(data, str | os.PathLike) and not Path(data).exists():
        raise FileNotFoundError(
            f"Html: data: no such file: {os.fspath(data)!r}; for a text that ends like a path pass data_is_not_path=True"
        )
    return kept.read(data, ENDINGS, "Html: data", unnamed="html").data


def _shown(data: Any) -> str:
    if hasattr(type(data), "to_plotly_json"):
        raise WrongType(
            "Html: data: got a Plotly figure, whose page loads a script from afar; log Plotly(figure)"
        )
    show = getattr(type(data), "_repr_html_", None)
    page = None if show is None else show(data)
    if not isinstance(page, str):
        raise WrongType(
            f"Html: data: expected HTML (str or bytes), a path, an open file or an object with _repr_html_, got {describe(data)}"
        )
    return page


def _charset(data: bytes) -> str:
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return charset
    declared = _DECLARED.search(data, 0, _DECLARED_WITHIN)
    if declared is not None:
        name = declared[1].decode().lower()
        return UTF8 if name.startswith("utf-16") else name  # it could not be read otherwise
    try:
        data.decode()
    except UnicodeDecodeError:
        return _UNSTATED
    return UTF8
