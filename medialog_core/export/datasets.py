"""Parquet: `<kind>-00000.parquet` and so on, rows with their bytes, as Hugging Face's datasets has it.

A file is a struct of `bytes` and `path`. The column of images is called `image` and declared as such:
`datasets.load_dataset("parquet", data_files="image-*.parquet")` decodes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

import msgspec

from ..schema import File, Row
from ..store import files, parquet
from . import facts, names, table
from .batch import Batch
from .names import Folders, as_file
from .part import Part
from .target import Target, is_there, to_json
from .work import Work


def write(work: Work) -> None:
    """Write file after file; those of an earlier export that are too many go."""
    datasets = _Datasets(work)
    folders = Folders({}, facts.ALL)
    for base, row in work.rows(work.keys()):
        made = work.parts(row, base, as_file)
        folder = folders.of(row.key)
        datasets.add(row, [replace(part, name=f"{folder}/{part.name}") for part in made])
    datasets.finish()


class _Datasets:
    """Collects rows by kind; where they are many bytes, the largest batch becomes a file."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._connection = parquet.connect("exporting to Parquet")
        self._batches: dict[str, Batch] = {}
        self._files: Counter[str] = Counter()
        self._sums = _Sums(work.target)

    def add(self, row: Row, made: list[Part]) -> None:
        self._batches.setdefault(row.kind, Batch(row.kind)).add(row, made)
        if sum(batch.nbytes for batch in self._batches.values()) >= self._work.shard_bytes:
            self._put(max(self._batches, key=lambda kind: self._batches[kind].nbytes))

    def finish(self) -> None:
        for kind in sorted(self._batches):
            self._put(kind)
        wanted = {_name(kind, n) for kind, count in self._files.items() for n in range(count)}
        for path in self._work.target.folder.glob("*-?????.parquet"):
            if path.name not in wanted:
                path.unlink()
        self._sums.forget_others(wanted)

    def _put(self, kind: str) -> None:
        batch, target = self._batches.pop(kind), self._work.target
        name = _name(kind, self._files[kind])
        self._files[kind] += 1
        if self._sums.has(name, batch):
            target.skipped += 1
            return
        temporary = target.temporary()
        table.write(self._connection, batch, self._contents(batch), temporary)
        target.adopt(temporary, name)
        self._sums.note(name, batch)

    def _contents(self, batch: Batch) -> Iterator[list[table.Content]]:
        for _, made in batch.rows:
            yield [(part, self._read(part)) for part in made]

    def _read(self, part: Part) -> bytes | None:
        if not isinstance(part.content, File):
            return part.content
        with self._work.noting(part.name):
            return b"".join(self._work.source.checked(part.content))
        return None


class _Sums:
    """`checksums.json`: of each Parquet file its checksum, and a hash of what went into it."""

    def __init__(self, target: Target) -> None:
        self._target, path = target, target.folder / facts.SUMS
        self._known: dict[str, dict[str, Any]] = (
            msgspec.json.decode(path.read_bytes()) if path.exists() else {}
        )

    def has(self, name: str, batch: Batch) -> bool:
        """Say whether a file is there, whole and right, and holds this batch."""
        known = self._known.get(name)
        if known is None or known["content"] != batch.fingerprint():
            return False
        file = File(name, known["size"], "", known["checksum"])
        return is_there(self._target.folder / name, file)

    def note(self, name: str, batch: Batch) -> None:
        """Note what a new file is."""
        path = self._target.folder / name
        size = path.stat().st_size
        with path.open("rb") as opened:
            said = files.checksum(files.pieces(opened, size))
        self._known[name] = {"size": size, "checksum": said, "content": batch.fingerprint()}
        self._target.note(facts.SUMS, to_json(self._known))

    def forget_others(self, names: Collection[str]) -> None:
        """Keep what is said of these files."""
        self._known = {name: known for name, known in self._known.items() if name in names}
        self._target.note(facts.SUMS, to_json(self._known))


def _name(kind: str, number: int) -> str:
    return f"{names.safe(kind)}-{number:05d}.parquet"
