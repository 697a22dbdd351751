"""Parquet: `<kind>-00000.parquet` and so on, rows with their bytes, as Hugging Face's datasets has it.

A file is a struct of `bytes` and `path`. The column of images is called `image` and declared as such:
`datasets.load_dataset("parquet", data_files="image-*.parquet")` decodes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from ..schema import File, Row
from ..store import parquet
from . import facts, names, table
from .batch import Batch
from .names import Folders, as_file
from .part import Part
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

    def _put(self, kind: str) -> None:
        batch, target = self._batches.pop(kind), self._work.target
        name = _name(kind, self._files[kind])
        self._files[kind] += 1
        path = target.folder / name
        if path.exists() and table.is_whole(self._connection, batch, path):
            target.skipped += 1
            return
        temporary = target.temporary()
        table.write(self._connection, batch, self._contents(batch), temporary)
        target.adopt(temporary, name)

    def _contents(self, batch: Batch) -> Iterator[list[table.Content]]:
        for _, made in batch.rows:
            yield [(part, self._read(part)) for part in made]

    def _read(self, part: Part) -> bytes | None:
        if not isinstance(part.content, File):
            return part.content
        with self._work.noting(part.name):
            return b"".join(self._work.source.checked(part.content))
        return None


def _name(kind: str, number: int) -> str:
    return f"{names.safe(kind)}-{number:05d}.parquet"
