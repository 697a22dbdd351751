"""Files of molecules: what each format must have, and what is told of it without a chemist's library.

A check reads no more than it must: it runs where the user logs. What a file holds is counted later.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from ...errors import InvalidInput

_GZIP = b"\x1f\x8b"
_ATOM = re.compile(rb"^(?:ATOM|HETATM)[ \t\d]", re.MULTILINE)
_MODEL = re.compile(rb"^MODEL\b", re.MULTILINE)
_END = re.compile(rb"^M  END", re.MULTILINE)
_COUNTS = re.compile(rb"(?:  \d| \d\d|\d{3}){2}")
_COUNTS_V3000 = re.compile(rb"^M  V30 COUNTS +(\d+)", re.MULTILINE)
_TRIPOS_ATOM = b"@<TRIPOS>ATOM"
_TRIPOS = b"@<TRIPOS>MOLECULE"
_TRIPOS_MOLECULE = re.compile(rb"^@<TRIPOS>MOLECULE[^\n]*\n[^\n]*\n *(\d+)", re.MULTILINE)
_HEADER_LINES = 4
_GRO_LINES = 3
"""Each frame has a title, the number of its atoms, and a box below them."""


class Facts(NamedTuple):
    """How many molecules (or models), how many atoms the first one lists, and 2 or 3 dimensions."""

    molecules: int = 1
    atoms: int | None = None
    dimensions: int | None = 3


class Form(NamedTuple):
    """A format.

    Attributes:
        content_type: Its media type.
        missing: Gives what a file lacks that it must have, or "".
        facts: Gives what is told of a file that lacks nothing.
        bonds: Whether it states the bonds, so that it can be drawn in two dimensions.
        start: What its first molecule begins with, wherever that is; "" for the file's beginning.
        end: What ends its first molecule.
    """

    content_type: str
    missing: Callable[[bytes], str]
    facts: Callable[[bytes], Facts]
    bonds: bool = False
    start: bytes = b""
    end: bytes = b"$$$$"

    def first(self, data: bytes) -> bytes:
        """Give the first of the molecules of a file."""
        start = max(data.find(self.start), 0)
        place = data.find(self.end, start + 1)
        return data[start:] if place < 0 else data[start:place]


class _Mmtf(msgspec.Struct, rename="camel"):
    mmtf_version: str
    num_atoms: int
    num_models: int = 1


def check(data: bytes, format: str, name: str) -> None:
    """Refuse a file that is broken, cut short or of another format.

    Raises:
        InvalidInput: What it lacks.
    """
    if data.startswith(_GZIP):
        raise InvalidInput(
            f"{name} is compressed: pass Molecule(gzip.open(path), file_type={format!r})"
        )
    lack = FORMS[format].missing(data)
    if lack:
        raise InvalidInput(f"{name} is no whole {format} file: {lack}")


def _pdb_lacks(data: bytes) -> str:
    return "" if _ATOM.search(data) else "it has no ATOM or HETATM record"


def _pdb(data: bytes) -> Facts:
    first, _, _others = data.partition(b"\nENDMDL")
    return Facts(len(_MODEL.findall(data)) or 1, len(_ATOM.findall(first)))


def _cif_lacks(data: bytes) -> str:
    if b"data_" not in data:
        return "it has no data_ block"
    found = b"_atom_site" in data or b"_chem_comp_atom" in data
    return "" if found else "it has no _atom_site loop"


def _cif(data: bytes) -> Facts:
    return Facts(atoms=len(_ATOM.findall(data)) or None)


def _sdf_lacks(data: bytes) -> str:
    lines = data.split(b"\n", _HEADER_LINES)
    if len(lines) < _HEADER_LINES or not _COUNTS.match(lines[_HEADER_LINES - 1]):
        return "its fourth line is no counts line"
    if not _END.search(data):
        return "it is cut short, it has no 'M  END'"
    last = data.rpartition(b"$$$$")[2]
    if last.strip() and not _END.search(last):
        return "its last molecule is cut short, it has no 'M  END'"
    return "" if _sdf(data).atoms else "it has no atoms"


def _sdf(data: bytes) -> Facts:
    _, program, _, counts, rest = data.split(b"\n", _HEADER_LINES)
    atoms = int(counts[:3])
    if b"V3000" in counts:
        stated = _COUNTS_V3000.search(rest)
        atoms = int(stated[1]) if stated else 0
    dimensions = {b"2D": 2, b"3D": 3}.get(program[20:22])
    return Facts(len(_END.findall(data)), atoms, dimensions)


def _gro_lacks(data: bytes) -> str:
    lines = data.split(b"\n", 2)
    if len(lines) <= 2 or not lines[1].strip().isdigit():  # noqa: PLR2004
        return "its second line is no number of atoms"
    atoms, needed = int(lines[1]), int(lines[1]) + _GRO_LINES
    if not atoms:
        return "it has no atoms"
    whole = _lines(data) >= needed
    return "" if whole else f"it is cut short, {atoms} atoms and a box need {needed} lines"


def _gro(data: bytes) -> Facts:
    atoms = int(data.split(b"\n", 2)[1])
    return Facts(_lines(data) // (atoms + _GRO_LINES), atoms)


def _lines(data: bytes) -> int:
    return data.rstrip().count(b"\n") + 1


def _mol2_lacks(data: bytes) -> str:
    return "" if _TRIPOS_ATOM in data else "it has no @<TRIPOS>ATOM section"


def _mol2(data: bytes) -> Facts:
    atoms = _TRIPOS_MOLECULE.findall(data.replace(b"\r", b""))
    return Facts(len(atoms) or 1, int(atoms[0]) if atoms else None)


def _mmtf_lacks(data: bytes) -> str:
    try:
        return "" if _read_mmtf(data).num_atoms else "it has no atoms"
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return f"it is no MessagePack with mmtfVersion and numAtoms ({error})"


def _mmtf(data: bytes) -> Facts:
    head = _read_mmtf(data)
    return Facts(head.num_models, head.num_atoms)


def _read_mmtf(data: bytes) -> Any:
    return msgspec.msgpack.decode(data, type=_Mmtf)


_SDF = Form("chemical/x-mdl-sdfile", _sdf_lacks, _sdf, bonds=True)
_CIF = Form("chemical/x-cif", _cif_lacks, _cif)
FORMS = {
    "pdb": Form("chemical/x-pdb", _pdb_lacks, _pdb),
    "pqr": Form("chemical/x-pqr", _pdb_lacks, _pdb),
    "mmcif": Form("chemical/x-mmcif", _cif_lacks, _cif),
    "mcif": _CIF,
    "cif": _CIF,
    "sdf": _SDF,
    "sd": _SDF,
    "mol": Form("chemical/x-mdl-molfile", _sdf_lacks, _sdf, bonds=True),
    "gro": Form("chemical/x-gro", _gro_lacks, _gro),
    "mol2": Form(
        "chemical/x-mol2", _mol2_lacks, _mol2, bonds=True, start=_TRIPOS, end=b"\n" + _TRIPOS
    ),
    "mmtf": Form("application/x-mmtf", _mmtf_lacks, _mmtf),
}
"""Each format by its ending."""
