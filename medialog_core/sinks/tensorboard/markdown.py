"""Text and tables as the Markdown that TensorBoard's text plugin renders."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from ...payload import Blob, Payload
from ...schema import File, TableMeta, TextMeta

MAX_CHARACTERS = 100_000
"""A page of TensorBoard shows no more of a text; the store has all of it."""
MAX_ROWS = 100
"""A page of TensorBoard shows no more rows of a table; the store has all of them."""

# Character references are what Markdown renders as they are, wherever they stand.
ESCAPES = {ord(c): f"&#{ord(c)};" for c in "\\`*_{}[]()<>#+-.!|~:&=\"'"}
_LEADING = re.compile(r"^[ \t]+|(?<= ) ", re.MULTILINE)
_PLACEHOLDER = File(uri="", size=0, content_type="", checksum="")


class _Columns(msgspec.Struct):
    """The part of a table's file that is shown; the cells stay JSON until one is shown."""

    data: dict[str, list[msgspec.Raw]]


def text(payload: Payload, meta: TextMeta) -> str:
    """Give a text, under its caption; a plain one so that it is shown as it was typed."""
    full = meta.text if meta.text is not None else _file(payload).decode()
    body, left = full[:MAX_CHARACTERS], len(full) - MAX_CHARACTERS
    if meta.format == "plain":
        body = plain(body)
    if left > 0:
        body += f'\n\n**{left:,} more characters are not shown here.** The store has them: `sinks=("store", ...)`.'
    return captioned(payload, body)


def data_table(payload: Payload, meta: TableMeta) -> str:
    """Give the first rows of a table, and below it how many are not shown."""
    columns = msgspec.json.decode(_file(payload), type=_Columns).data
    names = [column.name for column in meta.columns]
    shown = [[_cell(raw) for raw in columns[name][:MAX_ROWS]] for name in names]
    body = table(names, list(zip(*shown, strict=True)))
    left = meta.nrows - MAX_ROWS
    if left > 0:
        body += f'\n\n**{left:,} more rows are not shown here.** The store has them: `sinks=("store", ...)`.'
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


def _file(payload: Payload) -> bytes:
    blob = payload.blobs[0]
    if isinstance(blob, Blob):
        return blob.data
    return blob.render([_PLACEHOLDER] * len(blob.links))


def _cell(raw: msgspec.Raw) -> str:
    value = msgspec.json.decode(raw)
    if isinstance(value, dict) and "kind" in value:
        return _media_name(value)
    return _SHOWN.get(type(value), _as_json)(value)


def _media_name(cell: Mapping[str, Any]) -> str:
    meta = cell.get("meta", {})
    size = f" {meta['width']}×{meta['height']}" if "width" in meta and "height" in meta else ""
    caption = f" {cell['caption']!r}" if cell.get("caption") else ""
    return f"{cell['kind']}{size}{caption}"


def _as_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


_SHOWN: dict[type[Any], Callable[[Any], str]] = {
    str: str,
    type(None): lambda _: "",
    float: lambda x: f"{x:.6g}",
}
