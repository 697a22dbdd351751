"""What becomes of one media value: its own file, its further ones, and JSON that says the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ..schema import Row
from ..store import links
from ..store.source import Source
from . import cells, names
from .names import Names
from .part import Part, needs_json

_TEXT_ENDINGS = {"plain": "txt", "markdown": "md"}


def parts(row: Row, given: Names, source: Source, *, always_json: bool = False) -> list[Part]:
    """Give all files of a row.

    Args:
        row: The row.
        given: Gives the names.
        source: The run's bytes.
        always_json: Whether JSON is beside every value, not only where there is more to say.

    Raises:
        StoreError: A table cannot be read.
    """
    meta = msgspec.json.decode(row.meta)
    made = [*_text(row, meta, given), *_files(row, given, source)]
    if always_json or needs_json(row.kind, meta):
        tail = "" if given.free("", "json") else "meta"
        made.append(Part("json", given.give(tail, "json"), _json(row, made), "application/json"))
    return made


def _text(row: Row, meta: dict[str, Any], given: Names) -> Iterator[Part]:
    """A short text has no file of its own."""
    text = meta.get("text")
    if row.kind == "text" and row.file is None and isinstance(text, str):
        ending = _TEXT_ENDINGS.get(meta.get("format", "plain"), "txt")
        yield Part("", given.give("", ending), text.encode(), f"text/{meta.get('format', 'plain')}")


def _files(row: Row, given: Names, source: Source) -> Iterator[Part]:
    for role, file in links.of_row(row):
        tail = names.role(role) if role else ""
        name = given.give(tail, source.extension(file))
        yield Part(role, name, file, file.content_type)
        if file.content_type == links.TABLE:
            yield from cells.table(file, tail, given, source)


def _json(row: Row, made: list[Part]) -> bytes:
    """Give all that a row says, and what its files are called."""
    said = {
        "key": row.key,
        "step": row.step,
        "epoch": row.epoch,
        "rank": row.rank,
        "idx": row.idx,
        "ts": row.ts,
        "kind": row.kind,
        "caption": row.caption,
        "sample_id": row.sample_id,
        "files": {part.role: part.name for part in made},
        "meta": msgspec.Raw(row.meta.encode()),
    }
    return msgspec.json.encode({name: value for name, value in said.items() if value is not None})
