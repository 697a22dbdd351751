"""What a file of each format must have, and what is counted in it."""

from __future__ import annotations

import msgspec
import pytest
from rdkit import Chem
from rdkit.Chem import AllChem

from medialog_core.errors import InvalidInput
from medialog_core.media.shapes.moleculefile import FORMS, Facts, check

_MOL = Chem.AddHs(Chem.MolFromSmiles("CCO"))
AllChem.EmbedMolecule(_MOL, randomSeed=1)
V2000 = Chem.MolToMolBlock(_MOL)
V3000 = Chem.MolToV3KMolBlock(_MOL)
ATOM = "ATOM      1  N   MET A   1      27.340  24.430   2.614  1.00  9.67           N\n"
PQR = "ATOM      1  N   MET A   1      27.340  24.430   2.614  0.1592 1.8240\n"
CIF = "data_x\nloop_\n_atom_site_label\n_atom_site_fract_x\nNa1 0.0\n"
MMCIF = "data_1ABC\nloop_\n_atom_site.group_PDB\n_atom_site.id\nATOM 1\nHETATM 2\n#\n"
MOL2 = "@<TRIPOS>MOLECULE\nbenzene\n 12 12 1\nSMALL\n\n@<TRIPOS>ATOM\n 1 C 0 0 0 C.ar\n"
GRO = "water\n    2\n" + "    1WAT     OW    1   0.126   1.624   1.679\n" * 2 + "   1.8 1.8 1.8\n"
MMTF = msgspec.msgpack.encode({"mmtfVersion": "1.0", "numAtoms": 7, "numModels": 2, "x": b"\0"})


@pytest.mark.parametrize(
    ("format", "data", "facts"),
    [
        ("pdb", ATOM * 3, Facts(1, 3, 3)),
        ("pdb", f"MODEL 1\n{ATOM * 2}ENDMDL\nMODEL 2\n{ATOM * 2}ENDMDL\n", Facts(2, 2, 3)),
        ("pqr", PQR, Facts(1, 1, 3)),
        ("cif", CIF, Facts(1, None, 3)),
        ("mcif", CIF, Facts(1, None, 3)),
        ("mmcif", MMCIF, Facts(1, 2, 3)),
        ("mol", V2000, Facts(1, 9, 3)),
        ("mol", V2000.replace("\n", "\r\n"), Facts(1, 9, 3)),
        ("sdf", V3000 + "$$$$\n", Facts(1, 9, 3)),
        ("sd", (V2000 + "> <a>\n1\n\n$$$$\n") * 5, Facts(5, 9, 3)),
        ("mol2", MOL2 * 2, Facts(2, 12, 3)),
        ("gro", GRO, Facts(1, 2, 3)),
        ("gro", GRO * 5 + "\n", Facts(5, 2, 3)),
        ("mmtf", MMTF, Facts(2, 7, 3)),
    ],
)  # fmt: skip
def test_a_whole_file_is_counted(format: str, data: str | bytes, facts: Facts) -> None:
    content = data if isinstance(data, bytes) else data.encode()
    check(content, format, "a file")
    assert FORMS[format].facts(content) == facts


@pytest.mark.parametrize(("mark", "dimensions"), [("2D", 2), ("3D", 3), ("  ", None)])
def test_a_mol_file_states_its_dimensions(mark: str, dimensions: int | None) -> None:
    data = V2000.replace("          3D", f"          {mark}").encode()
    assert FORMS["mol"].facts(data).dimensions == dimensions


@pytest.mark.parametrize(
    ("format", "data", "lack"),
    [
        ("pdb", "HEADER\nATOMS are missing\n", "it has no ATOM or HETATM record"),
        ("pdb", "<html>not found</html>", "it has no ATOM or HETATM record"),
        ("pqr", "REMARK\n", "it has no ATOM or HETATM record"),
        ("cif", "loop_\n_atom_site_label\n", "it has no data_ block"),
        ("mmcif", "data_x\n_cell.a 1\n", "it has no _atom_site loop"),
        ("sdf", "a\nb\n", "its fourth line is no counts line"),
        ("sdf", ATOM * 9, "its fourth line is no counts line"),
        ("sdf", V2000.replace("\n  9", "\n9 9"), "its fourth line is no counts line"),
        ("mol", V2000[:-20], "it is cut short, it has no 'M  END'"),
        ("sdf", f"{V2000}$$$$\n{V2000[:90]}", "its last molecule is cut short, it has no 'M  END'"),
        ("sdf", "\n\n\n  0  0  0  0  0  0            999 V2000\nM  END\n$$$$\n", "it has no atoms"),
        ("mol", "\n\n\n  0  0  0  0  0  0            999 V3000\nM  END\n", "it has no atoms"),
        ("mol2", "@<TRIPOS>MOLECULE\nx\n 1\n", "it has no @<TRIPOS>ATOM section"),
        ("gro", "title\nmany\n", "its second line is no number of atoms"),
        ("gro", "title", "its second line is no number of atoms"),
        ("gro", "title\n0\n1 1 1\n", "it has no atoms"),
        (
            "gro",
            GRO.replace("    2\n", "    3\n"),
            "it is cut short, 3 atoms and a box need 6 lines",
        ),
        ("mmtf", "PDB?", "it is no MessagePack with mmtfVersion and numAtoms"),
        (
            "mmtf",
            MMTF.replace(b"1.0", b"\xff.0"),
            "it is no MessagePack with mmtfVersion and numAtoms",
        ),
        ("mmtf", MMTF[:-3], "it is no MessagePack with mmtfVersion and numAtoms"),
        ("mmtf", msgspec.msgpack.encode({"mmtfVersion": "1.0", "numAtoms": 0}), "it has no atoms"),
    ],
)
def test_what_a_file_lacks_is_named(format: str, data: str | bytes, lack: str) -> None:
    content = data if isinstance(data, bytes) else data.encode()
    with pytest.raises(InvalidInput) as caught:
        check(content, format, "x.y")
    assert f"x.y is no whole {format} file: {lack}" in str(caught.value)


@pytest.mark.parametrize(("format", "data"), [("sdf", V2000 + "$$$$\n"), ("mol2", MOL2)])
def test_the_first_molecule_is_found_among_many(format: str, data: str) -> None:
    first = FORMS[format].first((data * 3).encode())
    assert FORMS[format].facts(first).molecules == 1
    assert data.startswith(first.decode().rstrip("\n"))
