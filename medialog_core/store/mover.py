"""Copies blobs into new packs, and the tables that name them anew."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Collection
from pathlib import Path

from ..payload import Blob
from ..schema import File
from . import layout, links
from .census import Census
from .links import Place
from .packs import Packs
from .seal import Progress
from .source import Source
from .writer import COMMIT_BYTES


class Mover:
    """Moves what is named in some packs, and what names it.

    New packs are written in a folder of their own and moved to `media/` when they are whole, as
    old as the newest that they replace.

    Args:
        directory: The run directory.
        census: What is named in it.
        packs: The packs to be emptied, as `uri`s.
        progress: Told about each blob.
    """

    def __init__(
        self,
        directory: Path,
        census: Census,
        packs: Collection[str],
        progress: Progress | None = None,
    ) -> None:
        self._directory, self._census, self._emptied = directory, census, frozenset(packs)
        self._progress = progress
        self._now: dict[Place, File] = {}
        self._staging = directory / layout.STAGED.replace("*", secrets.token_hex(4))
        self._packs = Packs(self._staging, layout.new_writer(0), self._relieve)
        self._source = Source(directory)

    def move(self) -> dict[Place, File]:
        """Copy what is to be moved, and give what is somewhere else now.

        Raises:
            OSError: It could not be read or written; the run is as it was.
        """
        try:
            with self._source:
                moved = self._copy()
            self._packs.finish()
            self._packs.write()
            self._publish()
        finally:
            self._packs.abandon()
            shutil.rmtree(self._staging, ignore_errors=True)
        return moved

    def _copy(self) -> dict[Place, File]:
        named = self._census.named
        places = sorted(named, key=lambda place: (place[0], place[1] or 0))
        for done, place in enumerate(places):
            if self._progress is not None:
                self._progress(f"moving what is named in {place[0]}", done, len(places))
            self._place(place)
        return {place: file for place, file in self._now.items() if file is not named[place]}

    def _place(self, place: Place) -> File:
        """Give where a file is from now on; what a table names is moved before it."""
        if place not in self._now:
            self._now[place] = self._moved(place, self._census.named[place])
        return self._now[place]

    def _moved(self, place: Place, file: File) -> File:
        linked = {link: self._place(link) for link in self._census.tables.get(place, ())}
        moved = {link: now for link, now in linked.items() if now is not self._census.named[link]}
        if not moved and file.uri not in self._emptied:
            return file
        data = b"".join(self._source.chunks(file))
        content = links.relinked(data, moved) if moved else data
        blob = Blob(lambda: content, file.content_type, self._source.extension(file))
        return self._packs.place(blob)

    def _relieve(self) -> None:
        if self._packs.waiting_bytes >= COMMIT_BYTES:
            self._packs.write()

    def _publish(self) -> None:
        old = [(self._directory / uri).stat().st_mtime_ns for uri in self._emptied]
        for path in sorted((self._staging / layout.MEDIA).glob("*")):
            os.utime(path, ns=(max(old), max(old)))
            path.replace(self._directory / layout.MEDIA / path.name)
        layout.sync_folder(self._directory / layout.MEDIA)
