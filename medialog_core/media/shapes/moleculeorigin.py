"""Where a molecule comes from, and what each origin becomes on the disk.

All of `made` runs in the background; what rdkit made of a molecule is remembered for its repeats.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ...payload import Blob
from ...schema import MoleculeMeta
from ..kept import Kept
from . import chemistry, moleculefile

DRAWING = "drawing"
"""The role of the drawing in two dimensions."""
_MADE = "sdf"
_MOST_ATOMS_READ = 1000
"""Of more atoms rdkit would draw nothing, and reading them takes long."""


class Made(NamedTuple):
    """A molecule as the disk holds it: its file first, then its drawing where there is one."""

    meta: MoleculeMeta
    blobs: Sequence[Blob]

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds."""
        return sum(len(blob.data) for blob in self.blobs)

    def made(self) -> Made:
        """Give itself, for a row of its own."""
        return self._replace(meta=msgspec.structs.replace(self.meta, of=None))


class OfFile(NamedTuple):
    """A file of the user's."""

    file: Kept

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds."""
        return len(self.file.data)

    def made(self) -> Made:
        """Keep the bytes, count what is in them, draw the first where its bonds are stated."""
        data, extension = self.file.data, self.file.extension
        form = moleculefile.FORMS[extension]
        facts, seen = form.facts(data), chemistry.Seen()
        if form.bonds and (facts.atoms or 0) <= _MOST_ATOMS_READ:
            seen = chemistry.seen_in_file(form.first(data), extension)
        meta = MoleculeMeta(
            format=extension,
            molecules=facts.molecules,
            atoms=facts.atoms,
            dimensions=facts.dimensions,
            formula=seen.formula,
            smiles=seen.smiles,
        )
        return Made(meta, [self.file.blob(form.content_type), *_drawing(seen.drawing)])


class OfRdkit(NamedTuple):
    """Molecules of rdkit's, and whether and how long to look for 3-D coordinates."""

    binaries: tuple[bytes, ...]
    iterations: int | None

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds."""
        return sum(map(len, self.binaries))

    def made(self) -> Made:
        """Find coordinates, write SDF, draw the first."""
        written = [chemistry.written(binary, self.iterations) for binary in self.binaries]
        first, seen = written[0], chemistry.seen(self.binaries[0])
        meta = MoleculeMeta(
            format=_MADE,
            molecules=sum(one.records for one in written),
            atoms=first.atoms,
            dimensions=first.dimensions,
            formula=seen.formula,
            smiles=seen.smiles,
            encoding=first.encoding,
            note=first.note,
        )
        content_type = moleculefile.FORMS[_MADE].content_type
        file = Blob.of(b"".join(one.data for one in written), content_type, _MADE)
        return Made(meta, [file, *_drawing(seen.drawing)])


def _drawing(png: bytes | None) -> list[Blob]:
    return [] if png is None else [Blob.of(png, "image/png", "png", DRAWING)]
