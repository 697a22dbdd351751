"""HTML as what TensorBoard's text tab lets through: a few tags, no style, script or picture.

Its sanitiser shows a tag that it does not know as text. So tags become those it knows, or go, and
what went is said.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

from ....payload import Payload
from ....schema import HtmlMeta
from . import markdown

MAX_CHARACTERS = 100_000
"""So much of a page is shown, scripts and styles not counted; how much more there is it says."""
_WHERE = 'The store has the whole page: `sinks=("store", ...)`.'
_KEPT = frozenset(
    [
        "ul",
        "ol",
        "li",
        "p",
        "pre",
        "code",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "strong",
        "em",
        "table",
        "thead",
        "tbody",
        "td",
        "tr",
        "th",
    ]
)
_ALIKE = {"b": "strong", "i": "em", "tt": "code", "kbd": "code", "samp": "code", "dfn": "em"}
_VOID = ("br", "hr")
_BLOCKS = frozenset(
    [
        "div",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "nav",
        "aside",
        "form",
        "figure",
        "figcaption",
        "caption",
        "dl",
        "dt",
        "dd",
        "address",
        "fieldset",
        "details",
        "summary",
        "option",
    ]
)
_LEFT_OUT = {
    "script": "scripts", "style": "styles", "svg": "drawings", "canvas": "drawings", "math": "formulas",
    "iframe": "frames", "object": "frames", "video": "videos", "audio": "sounds", "img": "pictures",
}  # fmt: skip
_SILENT = frozenset(
    [
        "script",
        "style",
        "svg",
        "canvas",
        "math",
        "iframe",
        "object",
        "video",
        "audio",
        "title",
        "template",
        "noscript",
        "textarea",
    ]
)
_UNSEEN = re.compile(
    r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<![^>]*(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
"""Scripts, styles, comments and declarations, closed or not."""
_BEGUN = re.compile("<[a-zA-Z/?]")
_ENDED_BY = {
    "li": ("li", "p"),
    "td": ("td", "th", "p"),
    "th": ("td", "th", "p"),
    "tr": ("td", "th", "tr", "p"),
    **dict.fromkeys(
        ["p", "ul", "ol", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "table"], ("p",)
    ),
}
"""What a tag ends that was left open."""
_INLINE_ENDS = ("</a>", "</strong>", "</em>", "</code>")
_SPACE = re.compile(r"\s+")
_LINK = re.compile(r"(?:https?:|mailto:)", re.IGNORECASE)


def text(payload: Payload, meta: HtmlMeta) -> str:
    """Give the page's own text with the marks that TensorBoard knows, and what is not shown."""
    body, left_out = simplified(meta.read(payload.files[""].data))
    notes = [f"**Not shown here: {_listed(left_out)}.** {_WHERE}"] if left_out else []
    return markdown.captioned(payload, "\n\n".join([body, *notes]))


def simplified(page: str) -> tuple[str, Counter[str]]:
    """Give the page with no tag but those that TensorBoard knows, and how many of what went."""
    left_out: Counter[str] = Counter()

    def drop(match: re.Match[str]) -> str:
        if match[1]:
            left_out[_LEFT_OUT[match[1].lower()]] += 1
        return ""

    page = _UNSEEN.sub(drop, page)
    if len(page) > MAX_CHARACTERS:
        left_out["more characters"] = len(page) - MAX_CHARACTERS
    parser = _Parser(left_out)
    parser.feed(_whole_tags(page[:MAX_CHARACTERS]))
    parser.close()
    return parser.body(), left_out


def _whole_tags(page: str) -> str:
    """Drop a tag that is never closed, as browsers do: Python's parser takes ages to give it up."""
    end = page.rfind(">") + 1
    begun = _BEGUN.search(page, end)
    return page if begun is None else page[: begun.start()]


class _Parser(HTMLParser):
    """Writes the page again, each tag that it opens closed: Markdown gets lost otherwise."""

    def __init__(self, left_out: Counter[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._open: list[str] = []
        self._silent: list[str] = []
        self._left_out = left_out

    def body(self) -> str:
        """Give what was written, in one block that Markdown leaves alone."""
        self._close(len(self._open))
        return f"<blockquote>{''.join(self._parts)}</blockquote>"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LEFT_OUT and not self._silent:
            self._left_out[_LEFT_OUT[tag]] += 1
        if tag in _SILENT:
            self._silent.append(tag)
        elif not self._silent:
            self._start(_ALIKE.get(tag, tag), dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag in self._silent:
                del self._silent[self._silent.index(tag) :]
            return
        known = _ALIKE.get(tag, tag)
        if known in self._open:
            self._close(self._open[::-1].index(known) + 1)
        elif tag in _BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if "pre" in self._open:
            first = self._parts[-1] == "<pre>"
            self._parts.append(markdown.plain(data.removeprefix("\n") if first else data))
        else:
            self._say(_SPACE.sub(" ", data))

    def _start(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag in _KEPT or tag == "a":
            while self._open and self._open[-1] in _ENDED_BY.get(tag, ()):
                self._close(1)
            self._parts.append(f"<{tag}>" if tag != "a" else _anchor(attrs.get("href")))
            self._open.append(tag)
        elif tag in _VOID:
            self._parts.append(f"<{tag}>")
        elif tag == "img":
            self._say(f"[{attrs.get('alt') or 'picture'}]")
        elif tag in _BLOCKS:
            self._break()

    def _say(self, data: str) -> None:
        self._parts.append(data.translate(markdown.ESCAPES))

    def _close(self, tags: int) -> None:
        for _ in range(tags):
            self._parts.append(f"</{self._open.pop()}>")

    def _break(self) -> None:
        """Begin a line where a block begins or ends, unless one begins there anyway."""
        last = next((part for part in reversed(self._parts) if part.strip()), "<br>")
        if not last.startswith("<") or last in _INLINE_ENDS:
            self._parts.append("<br>")


def _anchor(href: str | None) -> str:
    if href is None or not _LINK.match(href.strip()):
        return "<a>"
    return f'<a href="{href.strip().translate(markdown.ESCAPES)}">'


def _listed(left_out: Counter[str]) -> str:
    return ", ".join(f"{name} ({count:,})" for name, count in left_out.items())
