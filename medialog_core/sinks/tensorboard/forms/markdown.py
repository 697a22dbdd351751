"""Text as the Markdown that TensorBoard's text plugin renders."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ....payload import Blob, LinkedBlob, Payload
from ....schema import File, TextMeta

MAX_CHARACTERS = 100_000
"""A page of TensorBoard shows no more of a text; the store has all of it."""

# Character references are what Markdown renders as they are, wherever they stand.
ESCAPES = {ord(c): f"&#{ord(c)};" for c in "\\`*_{}[]()<>#+-.!|~:&=\"'"}
_LEADING = re.compile(r"^[ \t]+|(?<= ) ", re.MULTILINE)
_PLACEHOLDER = File(uri="", size=0, content_type="", checksum="")


def text(payload: Payload, meta: TextMeta) -> str:
    """Give a text, under its caption; a plain one so that it is shown as it was typed."""
    full = meta.text if meta.text is not None else file_of(payload.blobs[0]).decode()
    body, left = full[:MAX_CHARACTERS], len(full) - MAX_CHARACTERS
    if meta.format == "plain":
        body = plain(body)
    if left > 0:
        body += f'\n\n**{left:,} more characters are not shown here.** The store has them: `sinks=("store", ...)`.'
    return captioned(payload, body)


def unknown(payload: Payload) -> str:
    """Say what kind of value is there that TensorBoard has no form for."""
    files = ", ".join(blob.content_type for blob in payload.blobs)
    body = f"A value of kind **{plain(payload.meta.kind)}**{f' ({plain(files)})' if files else ''}."
    return captioned(
        payload, f'{body} TensorBoard has no form for it. The store has it: `sinks=("store", ...)`.'
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Give a table of plain cells."""
    lines = [head, *rows]
    escaped = ["| " + " | ".join(_one_line(cell) for cell in line) + " |" for line in lines]
    return "\n".join([escaped[0], "|" + " --- |" * len(head), *escaped[1:]])


def plain(text: str) -> str:
    """Give Markdown that shows `text` as it is, line breaks and indents included."""
    indented = _LEADING.sub(
        lambda match: "&nbsp;" * len(match[0].expandtabs(4)), text.translate(ESCAPES)
    )
    return indented.replace("\r\n", "\n").replace("\n", "<br>")


def _one_line(cell: str) -> str:
    return cell.translate(ESCAPES).replace("\r\n", "\n").replace("\n", "<br>") or "&nbsp;"


def captioned(payload: Payload, body: str) -> str:
    """Give a body under the payload's caption."""
    return f"**{plain(payload.caption)}**\n\n{body}" if payload.caption else body


def file_of(blob: Blob | LinkedBlob) -> bytes:
    """Give the bytes of a blob; of one that names others, without their places."""
    if isinstance(blob, Blob):
        return blob.data
    return blob.render([_PLACEHOLDER] * len(blob.links))
