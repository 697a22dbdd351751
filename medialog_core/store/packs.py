"""The bytes of a run: tar packs, and a file of its own for what is large.

A blob has its place as soon as it is asked for; its bytes wait until `write`.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from ..payload import Blob, LinkedBlob, digest_of
from ..schema import File
from . import files, layout, tar
from .output import Output, Outputs
from .segments import IDLE_SECS

REMEMBERED = 16_384
"""How many blobs a writer knows again: about 7 MB."""
_SAFE_EXTENSION = re.compile(r"[a-z0-9]{1,10}(\.[a-z0-9]{1,10})?")


class Packs:
    """Where one writer puts blobs.

    Args:
        directory: The run directory.
        writer: The writer's name.
        relieve: Called before a blob is added; may call `write`, so that a table of ten thousand
            pictures does not wait whole in memory.
    """

    def __init__(self, directory: Path, writer: str, relieve: Callable[[], None]) -> None:
        self._directory, self._writer, self._relieve = directory, writer, relieve
        self._outputs = Outputs()
        self._pack: Output | None = None
        self._packs = self._members = self._own_files = 0
        self._seen: OrderedDict[bytes, File] = OrderedDict()
        self._last_use = time.time()

    @property
    def waiting_bytes(self) -> int:
        """How much is placed but not written."""
        return self._outputs.waiting_bytes

    def place(self, blob: Blob | LinkedBlob) -> File:
        """Give a blob its place; one that is known by its digest is not even encoded.

        Bytes that name others are known again once they are rendered.
        """
        self._leave_rested()
        if isinstance(blob, LinkedBlob):
            data = blob.render([self._place_link(link) for link in blob.links])
            digest = digest_of(data, "linked")
            return self._once(digest, blob, lambda: data)
        if blob.digest is None:
            return self._add(blob, blob.data)
        return self._once(blob.digest, blob, lambda: blob.data)

    def _once(self, digest: bytes, blob: Blob | LinkedBlob, get: Callable[[], bytes]) -> File:
        if digest not in self._seen:
            self._seen[digest] = self._add(blob, get())
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
        self._seen.move_to_end(digest)
        return self._seen[digest]

    def _place_link(self, link: Blob) -> File:
        file = self.place(link)
        link.let_go()
        return file

    def write(self) -> None:
        """Write what waits; raises `OSError`, then it still waits."""
        self._outputs.write()

    def sync(self) -> None:
        """Make what was written survive a loss of power."""
        self._outputs.sync()

    def finish(self) -> None:
        """End the pack; the next blob begins another."""
        if self._pack is not None:
            self._pack.add(tar.END)
            self._pack.finished = True
            self._pack = None

    def abandon(self) -> None:
        """Close every file as it is."""
        self._outputs.abandon()
        self._pack = None

    def _leave_rested(self) -> None:
        """After a long rest, begin anew: `medialog gc` may have moved what was written before."""
        now = time.time()
        if now - self._last_use > IDLE_SECS and not self.waiting_bytes:
            self.finish()
            self._seen.clear()
        self._last_use = now

    def _add(self, blob: Blob | LinkedBlob, data: bytes) -> File:
        self._relieve()
        extension = blob.extension if _SAFE_EXTENSION.fullmatch(blob.extension) else "bin"
        put = self._put_alone if len(data) >= layout.OWN_FILE_BYTES else self._put_in_pack
        name, offset = put(data, extension)
        checksum = files.checksum((data,))
        return File(f"{layout.MEDIA}/{name}", len(data), blob.content_type, checksum, offset)

    def _put_alone(self, data: bytes, extension: str) -> tuple[str, None]:
        name = f"{self._writer}-v{self._own_files:05d}.{extension}"
        self._own_files += 1
        output = self._outputs.begin(self._directory / layout.MEDIA / name)
        output.add(data)
        output.finished = True
        return name, None

    def _put_in_pack(self, data: bytes, extension: str) -> tuple[str, int]:
        pack = self._pack_with_room(tar.member_size(len(data)))
        member = f"{pack.path.stem}/{self._members:09d}.{extension}"
        self._members += 1
        offset = pack.end + tar.BLOCK
        header = tar.header(member, len(data), time.time())
        pack.add(header, data, tar.padding(len(data)))
        return pack.path.name, offset

    def _pack_with_room(self, size: int) -> Output:
        if self._pack is not None and self._pack.end + size + len(tar.END) > layout.PACK_BYTES:
            self.finish()
        if self._pack is None:
            name = f"{layout.stem(self._writer, self._packs)}.tar"
            self._pack = self._outputs.begin(self._directory / layout.MEDIA / name)
            self._packs += 1
        return self._pack
