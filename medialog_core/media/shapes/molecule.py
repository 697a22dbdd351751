"""Molecules: a file of the user's, kept as it is, or SDF made of SMILES and of rdkit's molecules."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from ...arrays import describe
from ...checks import whole
from ...errors import InvalidInput, WrongType
from ...payload import Payload
from ...schema import MoleculeMeta
from .. import kept
from ..captioned import Captioned
from . import chemistry, moleculefile
from .moleculeorigin import DRAWING, Made, OfFile, OfRdkit

_OVERHEAD_BYTES = 256
_ITERATIONS = 200
_READ_BY_RDKIT = ("mol", "sdf", "sd")


class Molecule(Captioned):
    """A molecule, or the several molecules of one file.

    Args:
        data_or_path: The path of a file that ends with pdb, pqr, mmcif, mcif, cif, sdf, sd, mol,
            gro, mol2 or mmtf, whose bytes are kept; a file open for reading; or a molecule of
            rdkit's, as for `from_rdkit`.
        caption: A line of text.
        file_type: The format of an open file that has no name with such an ending.
        sample_id: Which sample of the data set it is.

    Raises:
        WrongType: None of these.
        InvalidInput: Another format, or a file that is broken: what it lacks is named.
        OSError: The file cannot be read.
    """

    __slots__ = ("_source",)

    def __init__(
        self,
        data_or_path: Any,
        caption: str | None = None,
        *,
        file_type: str | None = None,
        sample_id: str | int | None = None,
    ) -> None:
        super().__init__(caption, sample_id)
        self._source: OfFile | OfRdkit | Made = _source(data_or_path, file_type)

    @classmethod
    def from_rdkit(
        cls,
        data_or_path: Any,
        caption: str | None = None,
        convert_to_3d_and_optimize: bool = True,
        mmff_optimize_molecule_max_iterations: int = _ITERATIONS,
        *,
        sample_id: str | int | None = None,
    ) -> Molecule:
        """Make one of a molecule of rdkit's, or of the `.mol` or `.sdf` file at a path.

        What becomes of it is SDF, which keeps bonds, properties and all conformers.

        Args:
            data_or_path: The molecule, as it is now, or the path: all molecules of the file.
            caption: A line of text.
            convert_to_3d_and_optimize: Look for 3-D coordinates where it has none: add hydrogens,
                embed (ETKDG, from a fixed seed), optimise (MMFF94). It is done in the background;
                where it fails, `meta.note` says so and the coordinates are 2-D.
            mmff_optimize_molecule_max_iterations: How long to optimise.
            sample_id: Which sample of the data set it is.

        Raises:
            WrongType: Neither.
            InvalidInput: No atoms, or what rdkit cannot read.
            MissingExtra: rdkit is not installed.
        """
        iterations = _iterations(convert_to_3d_and_optimize, mmff_optimize_molecule_max_iterations)
        return cls._of(OfRdkit(_binaries(data_or_path), iterations), caption, sample_id)

    @classmethod
    def from_smiles(
        cls,
        data: str,
        caption: str | None = None,
        sanitize: bool = True,
        convert_to_3d_and_optimize: bool = True,
        mmff_optimize_molecule_max_iterations: int = _ITERATIONS,
        *,
        sample_id: str | int | None = None,
    ) -> Molecule:
        """Make one of SMILES, which are read at once; the rest is done in the background.

        Args:
            data: The SMILES.
            caption: A line of text.
            sanitize: False takes what is no possible chemistry, too.
            convert_to_3d_and_optimize: As for `from_rdkit`.
            mmff_optimize_molecule_max_iterations: As for `from_rdkit`.
            sample_id: Which sample of the data set it is.

        Raises:
            WrongType: No string.
            InvalidInput: No SMILES, no atoms, or no possible chemistry.
            MissingExtra: rdkit is not installed.
        """
        iterations = _iterations(convert_to_3d_and_optimize, mmff_optimize_molecule_max_iterations)
        binary = chemistry.from_smiles(data, sanitize=sanitize)
        return cls._of(OfRdkit((binary,), iterations), caption, sample_id)

    @classmethod
    def _of(cls, source: OfRdkit | Made, caption: Any, sample_id: Any) -> Molecule:
        molecule = cls.__new__(cls)
        Captioned.__init__(molecule, caption, sample_id)
        molecule._source = source  # noqa: SLF001 - its own class
        return molecule

    @property
    def format(self) -> str:
        """The format of its file, e.g. "pdb"; what rdkit made is "sdf"."""
        return self.made().meta.format

    @property
    def data(self) -> bytes:
        """The bytes of its file; where there is none yet, it is made now."""
        return self.made().blobs[0].data

    @property
    def drawing(self) -> bytes | None:
        """A drawing of it (the first) in two dimensions, PNG; None where rdkit is missing or fails."""
        return next((blob.data for blob in self.made().blobs if blob.role == DRAWING), None)

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        return _OVERHEAD_BYTES + self._source.nbytes

    def made(self) -> Made:
        """Give what the disk holds of it."""
        return self._source.made()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Molecule) and self._parts() == other._parts()

    def __repr__(self) -> str:
        return f"Molecule({self.nbytes - _OVERHEAD_BYTES:,} bytes{self._captioned()})"

    __hash__ = None  # type: ignore[assignment]

    def _parts(self) -> tuple[Any, ...]:
        made = self.made()
        return made.blobs[0].data, made.meta.format, self._caption, self._sample_id


def encode(molecules: Sequence[Molecule]) -> Iterator[Payload]:
    """Give a payload for each molecule."""
    return map(_payload, molecules)


def decode(payload: Payload) -> Molecule:
    """Undo `encode`."""
    made = Made(payload.meta_as(MoleculeMeta), [*payload.files.values()])
    return Molecule._of(made, payload.caption, payload.sample_id)  # noqa: SLF001 - its own codec


def _payload(molecule: Molecule) -> Payload:
    meta, blobs = molecule.made()
    return Payload(meta, blobs, molecule.caption, molecule.sample_id)


def _source(data: Any, file_type: str | None) -> OfFile | OfRdkit:
    if chemistry.is_mol(data):
        return OfRdkit(_binaries(data), _ITERATIONS)
    field = "Molecule: data_or_path"
    try:
        file = kept.read(data, tuple(moleculefile.FORMS), field, file_type=file_type)
    except InvalidInput as error:
        hint = _hint(data) if "expected a file of" in str(error) else ""
        raise InvalidInput(f"{error}{hint}") from None
    moleculefile.check(file.data, file.extension, f"{field}: {file.name}")
    return OfFile(file)


def _hint(data: Any) -> str:
    """Say what else could be meant by what is no file of a known format."""
    name = data if isinstance(data, str | os.PathLike) else ""
    if str(name).endswith(".gz"):
        return "; pass Molecule(gzip.open(path), file_type=...)"
    if isinstance(name, str) and name and not os.path.splitext(name)[1]:  # noqa: PTH122 - it is no path
        return "; for SMILES use Molecule.from_smiles(...)"
    return ""


def _binaries(data: Any) -> tuple[bytes, ...]:
    field = "Molecule.from_rdkit: data_or_path"
    if chemistry.is_mol(data):
        return (chemistry.to_binary(data, field),)
    if not isinstance(data, str | os.PathLike):
        raise WrongType(
            f"{field}: expected a molecule of rdkit's or the path of a .mol or .sdf file, got {describe(data)}"
        )
    file = kept.read(data, _READ_BY_RDKIT, field)
    moleculefile.check(file.data, file.extension, f"{field}: {file.name}")
    return chemistry.from_file(file.data, f"{field}: {file.name}")


def _iterations(wanted: bool, most: Any) -> int | None:
    iterations = whole(most, "mmff_optimize_molecule_max_iterations", 0)
    return iterations if wanted else None
