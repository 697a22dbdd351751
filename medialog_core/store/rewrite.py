"""Gives the rows of a run new places for what they name, and leaves some out."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..errors import StoreError
from ..schema import File
from . import catalog, layout, parquet
from .catalog import Catalog
from .links import Place
from .seal import Progress, Sealer, publish, temporary


def rewrite_rows(
    directory: Path,
    moved: Mapping[Place, File],
    dropped: Collection[str],
    progress: Progress | None = None,
) -> None:
    """Write all rows of media into one sealed file.

    Args:
        directory: The run directory.
        moved: Where files are now, by where they were.
        dropped: The ids of rows to be left out.
        progress: Told about each step.

    Raises:
        MissingExtra: DuckDB is not installed.
        StoreError: The rows could not be rewritten, or somebody wrote meanwhile; nothing is lost.
    """
    begun_ns = time.time_ns()
    sealer = Sealer(directory, "rewriting the rows of a run", progress)
    found = sealer.look(layout.ITEMS)
    sealer.tell("rewriting rows", 0, 1)
    _write(sealer, found, moved, dropped, begun_ns)
    after = sealer.look(layout.ITEMS)
    if grown := [sealer.name(path) for path in after.live if path in found.live]:
        raise StoreError(f"{grown[0]}: was written meanwhile; nothing is lost, run it again")


def remove_replaced(directory: Path) -> None:
    """Remove the rows of media that a compacted file holds, wherever else they are.

    Raises:
        MissingExtra: There is a compacted file, and DuckDB is not installed.
    """
    folder = directory / layout.ITEMS
    if not any(folder.glob(f"{catalog.COMPACTED}*{catalog.SEALED}")):
        return
    found = Sealer(directory, "collecting what is dead").look(layout.ITEMS)
    twins = {path.stem for path in found.sealed}
    for path in (*found.superseded, *(path for path in found.covered if path.stem not in twins)):
        path.unlink(missing_ok=True)
    layout.sync_folder(folder)


def _write(
    sealer: Sealer,
    found: Catalog,
    moved: Mapping[Place, File],
    dropped: Collection[str],
    begun_ns: int,
) -> None:
    name = f"{catalog.COMPACTED}{secrets.token_hex(6)}{catalog.SEALED}"
    target = sealer.directory / layout.ITEMS / name
    stems = sorted(found.stems | {path.stem for path in found.live})
    with contextlib.ExitStack() as stack:
        lines = [path for path in found.live if b"\n" in path.read_bytes()]
        path = stack.enter_context(temporary(target))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        changes = parquet.Changes(folder / "moved", folder / "dropped", stems)
        _put(changes.moved, [_change(place, file) for place, file in moved.items()])
        _put(changes.dropped, [{"id": row} for row in dropped])
        try:
            added = [stack.enter_context(sealer.in_parquet(segment)) for segment in lines]
            sources = [*found.sealed, *added]
            rows = parquet.rewrite(sealer.connection, sources, layout.ITEMS, path, changes)
            expected = parquet.count(sealer.connection, sources) - len(dropped)
        except Exception as error:
            raise StoreError(f"{target.parent}: cannot be rewritten: {error}") from error
        if rows != expected:
            raise StoreError(
                f"{target.parent}: rewriting {expected} rows gave {rows}; nothing was changed"
            )
        publish(path, target, begun_ns)
        layout.sync_folder(target.parent)


def _change(place: Place, file: File) -> dict[str, Any]:
    uri, offset = place
    return {"uri": uri, "place": -1 if offset is None else offset, "now": file}


def _put(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_bytes(msgspec.json.Encoder().encode_lines(lines))
