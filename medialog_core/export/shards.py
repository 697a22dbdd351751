"""WebDataset: tar shards in which the files of a sample share what stands before the first dot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import StoreError
from ..schema import File
from ..store import tar
from . import facts
from .names import as_member
from .part import Part
from .target import is_next
from .work import Work

_PATTERN = "shard-*.tar"
_MEMBER_BYTES = 8 * 1024**3


@dataclass(frozen=True)
class _Member:
    part: Part
    ts: float

    @property
    def header(self) -> bytes:
        return tar.header(self.part.name, self.part.size, max(0.0, self.ts))


def write(work: Work) -> None:
    """Write shard after shard, then the index; shards of an earlier export that grew go."""
    made = 0
    with facts.index(work.target) as index:
        for made, members in enumerate(_shards(work, index), 1):
            _put(work, _name(made - 1), members)
    wanted = {_name(number) for number in range(made)}
    for path in work.target.folder.glob(_PATTERN):
        if path.name not in wanted:
            path.unlink()


def _shards(work: Work, index: facts.Index) -> Iterator[list[_Member]]:
    """Give the members of each shard; a sample is never divided."""
    shard: list[_Member] = []
    size = number = 0
    for nth, (_, row) in enumerate(work.rows(work.keys())):
        made = work.parts(row, f"{nth:09d}", as_member, always_json=True)
        sample = [_Member(part, row.ts) for part in made]
        more = sum(tar.member_size(part.size) for part in made)
        if shard and size + more + len(tar.END) > work.shard_bytes:
            yield shard
            shard, size, number = [], 0, number + 1
        index.add(row, facts.paths(f"{_name(number)}/", made))
        shard += sample
        size += more
    if shard:
        yield shard


def _put(work: Work, name: str, members: list[_Member]) -> None:
    path = work.target.folder / name
    if path.exists() and _is_whole(path, members):
        work.target.skipped += 1
        return
    with work.target.whole(name) as opened:
        for member in members:
            begin = opened.tell()
            failed = len(work.report.failed)
            with work.noting(f"{name}/{member.part.name}"):
                _write(work, opened, member)
            if len(work.report.failed) > failed:
                opened.seek(begin)
                opened.truncate()
        opened.write(tar.END)


def _write(work: Work, opened: BinaryIO, member: _Member) -> None:
    content = member.part.content
    if member.part.size >= _MEMBER_BYTES:
        raise StoreError(f"{member.part.size} bytes are more than a tar member holds (8 GiB)")
    opened.write(member.header)
    pieces: Iterable[bytes] = (
        work.source.checked(content) if isinstance(content, File) else (content,)
    )
    opened.writelines(pieces)
    opened.write(tar.padding(member.part.size))


def _is_whole(path: Path, members: list[_Member]) -> bool:
    """Say whether a shard holds these members, byte for byte, and nothing else."""
    with path.open("rb") as opened:
        return (
            all(_is_next(opened, member) for member in members)
            and opened.read(len(tar.END) + 1) == tar.END
        )


def _is_next(opened: BinaryIO, member: _Member) -> bool:
    around = member.header, tar.padding(member.part.size)
    return (
        is_next(opened, around[0])
        and is_next(opened, member.part.content)
        and is_next(opened, around[1])
    )


def _name(number: int) -> str:
    return f"shard-{number:06d}.tar"
