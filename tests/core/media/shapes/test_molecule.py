from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem
from rdkit.Chem import AllChem, rdDistGeom

from medialog_core import Molecule, Table, codecs
from medialog_core.errors import InvalidInput, MissingExtra, WrongType
from medialog_core.media.shapes import chemistry
from medialog_core.payload import Blob, Payload
from medialog_core.schema import MoleculeMeta
from medialog_core.testing import CodecTests, through_bytes

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
FORMATS = "pdb, pqr, mmcif, mcif, cif, sdf, sd, mol, gro, mol2, mmtf"


def posed(smiles: str = ASPIRIN) -> Any:
    """Give a molecule with hydrogens and 3-D coordinates."""
    mol = Chem.AddHs(Chem.MolFromSmiles(smiles))
    AllChem.EmbedMolecule(mol, randomSeed=7)
    return mol


def flat(smiles: str = ASPIRIN) -> Any:
    mol = Chem.MolFromSmiles(smiles)
    AllChem.Compute2DCoords(mol)
    return mol


PDB = Chem.MolToPDBBlock(posed())
SDF = "".join(f"{Chem.MolToMolBlock(mol)}$$$$\n" for mol in (posed(), flat("CCO"), flat("C")))


def encoded(molecule: Molecule) -> tuple[Payload, MoleculeMeta]:
    [payload] = codecs.encode([molecule])
    assert isinstance(payload.meta, MoleculeMeta)
    return payload, payload.meta


def meta(molecule: Molecule) -> MoleculeMeta:
    return encoded(molecule)[1]


def text(content: str, format: str, **options: Any) -> Molecule:
    return Molecule(io.StringIO(content), file_type=format, **options)


def written(molecule: Molecule) -> list[Any]:
    """Give the molecules of what was written, as rdkit reads them."""
    return list(Chem.ForwardSDMolSupplier(io.BytesIO(molecule.data), removeHs=False))


class TestCodec(CodecTests):
    @pytest.fixture
    def values(self) -> Sequence[Molecule]:
        return [
            Molecule.from_smiles(ASPIRIN, caption="aspirin", sample_id=3),
            text(PDB, "pdb"),
            text(SDF, "sdf", caption="three"),
            Molecule.from_rdkit(posed("CCO")),
            Molecule.from_smiles("C1C#CC1"),
            Molecule.from_smiles("CCO", convert_to_3d_and_optimize=False),
            Molecule.from_smiles("C(F)(F)(F)(F)F", sanitize=False),
        ]


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_path", [str, Path], ids=["str", "Path"])
def test_a_path_of_either_kind_keeps_the_bytes(tmp_path: Path, as_path: Any) -> None:
    path = tmp_path / "aspirin.PDB"
    path.write_text(PDB)
    molecule = Molecule(as_path(path), "a caption")
    path.unlink()
    payload, found = encoded(molecule)
    assert (molecule.format, molecule.data, payload.caption) == ("pdb", PDB.encode(), "a caption")
    assert (found.encoding, found.atoms, found.dimensions) == ("file", 21, 3)


def test_an_open_file_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.pdb").write_text(PDB)
    with (tmp_path / "a.pdb").open() as file:
        assert Molecule(file).format == "pdb"
        assert file.read() == PDB, "its position stays"


@pytest.mark.parametrize("opened", [io.StringIO(PDB), io.BytesIO(PDB.encode())])
def test_a_buffer_is_told_by_file_type(opened: Any) -> None:
    assert Molecule(opened, file_type="pdb").data == PDB.encode()
    with pytest.raises(
        InvalidInput, match=rf"expected a file of {FORMATS}, got an open file .*file_type="
    ):
        Molecule(opened)


def test_a_compressed_file_is_refused_with_the_way_to_read_it(tmp_path: Path) -> None:
    path = tmp_path / "a.pdb.gz"
    path.write_bytes(gzip.compress(PDB.encode()))
    with pytest.raises(InvalidInput, match=r"pass Molecule\(gzip.open\(path\), file_type="):
        Molecule(path)
    with pytest.raises(
        InvalidInput, match=r"is compressed: pass Molecule\(gzip.open\(path\), file_t"
    ):
        Molecule(io.BytesIO(path.read_bytes()), file_type="pdb")
    with gzip.open(path) as file:
        assert Molecule(file, file_type="pdb").data == PDB.encode()


@pytest.mark.parametrize("file_type", [None, "pdb"])
def test_the_text_of_a_file_is_refused_in_short_with_the_fix(file_type: str | None) -> None:
    with pytest.raises(
        InvalidInput, match=r"got str 'HETATM.*; pass a text as io.StringIO"
    ) as caught:
        Molecule(PDB * 100, file_type=file_type)
    assert len(str(caught.value)) < 300


def test_bytes_are_refused_with_the_fix() -> None:
    with pytest.raises(WrongType, match=r"got bytes b'HETATM.*; pass bytes as io.BytesIO\(data\)"):
        Molecule(PDB.encode(), file_type="pdb")


def test_smiles_are_no_path() -> None:
    with pytest.raises(InvalidInput, match=r"got 'CCO'; for SMILES use Molecule.from_smiles"):
        Molecule("CCO")


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere.pdb"):
        Molecule("nowhere.pdb")
    with pytest.raises(InvalidInput, match=r"expected a file on this machine"):
        Molecule("https://files.rcsb.org/download/4hhb.pdb")


@pytest.mark.parametrize("value", [3, None, ["CCO"]])
def test_another_type_is_refused(value: Any) -> None:
    with pytest.raises(WrongType, match=r"Molecule: data_or_path: expected a path or an open file"):
        Molecule(value)


def test_a_broken_file_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.sdf"
    path.write_text(SDF[:-200])
    with pytest.raises(
        InvalidInput,
        match=r"a.sdf is no whole sdf file: its last molecule is cut short, it has no 'M  END'",
    ):
        Molecule(path)


def test_all_molecules_of_an_sdf_are_counted_and_the_first_is_told_and_drawn() -> None:
    found = meta(text(SDF, "sdf"))
    assert (found.molecules, found.atoms, found.formula) == (3, 21, "C9H8O4")
    assert found.smiles == ASPIRIN
    assert text(SDF, "sdf").drawing == Molecule.from_smiles(ASPIRIN).drawing


WATER_MOL2 = (
    "@<TRIPOS>MOLECULE\nwater\n3 2\nSMALL\nNO_CHARGES\n\n@<TRIPOS>ATOM\n1 O 0 0 0 O.3\n"
    "2 H 1 0 0 H\n3 H 0 1 0 H\n@<TRIPOS>BOND\n1 1 2 1\n2 1 3 1"
)


@pytest.mark.parametrize(
    "data",
    [
        WATER_MOL2 + "\n",
        WATER_MOL2,
        f"{WATER_MOL2}\n{WATER_MOL2}\n",
        f"# Name: a\n\n{WATER_MOL2}\n# Name: b\n\n{WATER_MOL2}\n",
    ],
    ids=["one", "without a last line break", "two", "under comments"],
)
def test_the_first_molecule_of_a_mol2_is_told_and_drawn(data: str) -> None:
    molecule = Molecule(io.BytesIO(data.encode()), file_type="mol2")
    found = meta(molecule)
    assert (found.atoms, found.smiles) == (3, "O")
    assert molecule.drawing is not None


def test_a_file_without_bonds_is_not_drawn() -> None:
    molecule = text(PDB, "pdb")
    assert molecule.drawing is None
    assert (meta(molecule).formula, meta(molecule).smiles) == (None, None)


def test_without_rdkit_a_file_is_kept_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rdkit", None)
    payload, found = encoded(text(SDF, "sdf"))
    assert (found.molecules, found.atoms, found.formula) == (3, 21, None)
    assert [blob.role for blob in payload.blobs] == [""]


# --- of SMILES and of rdkit ------------------------------------------------------------------------


def test_smiles_become_coordinates_that_are_the_same_every_time() -> None:
    first = Molecule.from_smiles(ASPIRIN)
    data, found = first.data, meta(first)
    chemistry.written.forget()
    assert Molecule.from_smiles(ASPIRIN).data == data
    assert (found.encoding, found.dimensions, found.note) == ("embedded, mmff94", 3, None)
    assert (found.format, found.formula, found.smiles) == ("sdf", "C9H8O4", ASPIRIN)
    [mol] = written(first)
    assert mol.GetConformer().Is3D()
    assert found.atoms == mol.GetNumAtoms() == 21


def test_bonds_keep_their_orders() -> None:
    [mol] = written(Molecule.from_smiles("C=CC#N"))
    orders = sorted(bond.GetBondTypeAsDouble() for bond in Chem.RemoveHs(mol).GetBonds())
    assert orders == [1.0, 2.0, 3.0]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.sampled_from(["C", "N", "O", "C(=O)", "C(F)", "[C@H](Cl)", "c1ccccc1"]), min_size=1)
)
def test_any_chain_comes_back_as_itself(parts: list[str]) -> None:
    mol = Chem.MolFromSmiles("C" + "".join(parts))
    [back] = written(Molecule.from_rdkit(mol, convert_to_3d_and_optimize=False))
    assert Chem.MolToSmiles(back) == Chem.MolToSmiles(mol)


def test_a_molecule_is_as_it_was_when_it_was_given() -> None:
    mol = Chem.RWMol(Chem.MolFromSmiles("CCO"))
    molecule = Molecule.from_rdkit(mol)
    mol.GetAtomWithIdx(0).SetAtomicNum(7)
    mol.RemoveAtom(2)
    assert meta(molecule).smiles == "CCO"


def test_a_pose_is_kept_and_not_made_anew() -> None:
    mol = posed()
    molecule = Molecule.from_rdkit(mol)
    [back] = written(molecule)
    before, after = (m.GetConformer().GetPositions() for m in (mol, back))
    assert abs(before - after).max() < 1e-4
    assert meta(molecule).encoding == "given"


def test_every_conformer_and_property_is_kept() -> None:
    mol = posed("CCCCO")
    AllChem.EmbedMultipleConfs(mol, 4, randomSeed=1)
    mol.SetProp("affinity", "-7.25")
    mol.SetProp("_Name", "ligand")
    molecule = Molecule.from_rdkit(mol)
    back = written(molecule)
    assert meta(molecule).molecules == len(back) == 4
    assert {m.GetProp("affinity") for m in back} == {"-7.25"}
    assert {m.GetProp("_Name") for m in back} == {"ligand"}


def test_without_conversion_2d_coordinates_stay_or_are_made() -> None:
    given = Molecule.from_rdkit(flat(), convert_to_3d_and_optimize=False)
    made = Molecule.from_smiles(ASPIRIN, convert_to_3d_and_optimize=False)
    assert [meta(m).encoding for m in (given, made)] == ["given", "depicted"]
    assert [meta(m).dimensions for m in (given, made)] == [2, 2]
    assert [meta(m).atoms for m in (given, made)] == [13, 13], "no hydrogens are added"


def test_what_cannot_be_embedded_is_depicted_and_says_so() -> None:
    molecule = Molecule.from_smiles("C1C#CC1")
    found = meta(molecule)
    assert (found.encoding, found.dimensions) == ("depicted", 2)
    assert found.note == "no 3-D coordinates could be found"
    assert written(molecule)[0] is not None


@pytest.mark.parametrize(("carbons", "attempts"), [(9, 10), (100, 3), (300, 1), (700, 1)])
def test_the_larger_a_molecule_the_fewer_attempts_to_place_it(
    carbons: int, attempts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def fail(_: Any, options: Any) -> int:
        tried.append(options.maxIterations)
        return -1

    monkeypatch.setattr(rdDistGeom, "EmbedMolecule", fail)
    assert meta(Molecule.from_smiles("C" * carbons)).encoding == "depicted"
    assert tried == [attempts] * 2


@pytest.mark.parametrize(
    ("smiles", "most", "encoding", "note"),
    [
        (
            "[Pt](Cl)(Cl)(N)N",
            200,
            "embedded",
            "not optimised: MMFF94 does not know all of its atoms",
        ),
        (ASPIRIN, 1, "embedded, mmff94", "MMFF94 did not converge in 1 iterations"),
    ],
)
def test_what_was_not_optimised_says_so(smiles: str, most: int, encoding: str, note: str) -> None:
    found = meta(Molecule.from_smiles(smiles, mmff_optimize_molecule_max_iterations=most))
    assert (found.encoding, found.note) == (encoding, note)


def test_one_that_the_first_way_cannot_embed_is_embedded_by_the_second() -> None:
    chain = "NCC(=O)" * 18 + "O"  # at such lengths all of the first attempts fail
    found = meta(Molecule.from_smiles(chain, mmff_optimize_molecule_max_iterations=0))
    assert (found.dimensions, found.encoding) == (3, "embedded, mmff94")


def test_a_large_one_is_not_drawn() -> None:
    molecule = Molecule.from_smiles("C" * 201, convert_to_3d_and_optimize=False)
    assert meta(molecule).atoms == 201
    assert molecule.drawing is None


def test_nothing_is_embedded_before_it_is_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(chemistry, "written", never)
    Molecule.from_smiles(ASPIRIN)
    Molecule.from_rdkit(posed())


def test_a_repeat_costs_no_second_embedding() -> None:
    chemistry.written.forget()
    digests = []
    for _ in range(3):
        payload, _meta = encoded(Molecule.from_smiles(ASPIRIN))
        digests.append([blob.digest for blob in payload.blobs if isinstance(blob, Blob)])
    assert chemistry.written.made == 1
    assert digests[0] == digests[1] == digests[2]


@pytest.mark.parametrize(
    ("smiles", "error", "message"),
    [
        ("CC(", InvalidInput, r"'CC\(' is no SMILES"),
        ("", InvalidInput, r"the molecule has no atoms"),
        ("C(F)(F)(F)(F)F", InvalidInput, r"Explicit valence for atom # 0 C, 5, .* sanitize=False"),
        ("c1ccccc1(C)C", InvalidInput, r"kekulize .* sanitize=False"),
        (5, WrongType, r"Molecule.from_smiles: data: expected SMILES, got int 5"),
        (
            "C\ud800",
            InvalidInput,
            r"Molecule.from_smiles: data: has a lone surrogate '\\ud800' at 1",
        ),
    ],
)
def test_bad_smiles_are_refused_at_once(smiles: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Molecule.from_smiles(smiles)


@pytest.mark.parametrize("most", [-1, "many", 1.5])
def test_iterations_are_a_whole_number(most: Any) -> None:
    with pytest.raises((InvalidInput, WrongType), match="mmff_optimize_molecule_max_iterations"):
        Molecule.from_smiles("CCO", mmff_optimize_molecule_max_iterations=most)


@pytest.mark.parametrize(("ending", "molecules"), [("mol", 1), ("sdf", 3), ("sd", 3)])
def test_from_rdkit_takes_all_molecules_of_a_file(
    tmp_path: Path, ending: str, molecules: int
) -> None:
    path = tmp_path / f"a.{ending}"
    path.write_text(SDF if molecules == 3 else Chem.MolToMolBlock(flat()))
    molecule = Molecule.from_rdkit(path)
    back = written(molecule)
    assert meta(molecule).molecules == len(back) == molecules
    assert all(mol.GetConformer().Is3D() for mol in back)


def test_from_rdkit_names_the_molecule_that_it_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "a.sdf"
    path.write_text(SDF.replace("O   0", "Xx  0", 1))
    with pytest.raises(
        InvalidInput, match=r"rdkit cannot read molecule 0 of 3, .* Molecule\(path\)"
    ):
        Molecule.from_rdkit(path)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("a.pdb", InvalidInput, "expected a file of mol, sdf, sd, got 'a.pdb'"),
        (
            7,
            WrongType,
            "expected a molecule of rdkit's or the path of a .mol or .sdf file, got int 7",
        ),
        (Chem.Mol(), InvalidInput, "the molecule has no atoms"),
    ],
)
def test_from_rdkit_refuses_the_rest(value: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=f"Molecule.from_rdkit: data_or_path: {message}"):
        Molecule.from_rdkit(value)


def test_without_rdkit_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rdkit", None)
    with pytest.raises(
        MissingExtra, match=r"Molecule.from_smiles .* pip install 'medialog\[molecule\]'"
    ):
        Molecule.from_smiles("CCO")


def test_the_constructor_takes_a_molecule_of_rdkits_too() -> None:
    assert Molecule(Chem.MolFromSmiles("CCO")) == Molecule.from_smiles("CCO")


# --- as a value -----------------------------------------------------------------------------------


def test_a_list_keeps_each_caption_though_the_first_has_none() -> None:
    molecules = [Molecule.from_smiles(s, c) for s, c in (("C", None), ("CC", "two"), ("CCC", None))]
    assert [payload.caption for payload in codecs.encode(molecules)] == [None, "two", None]


def test_molecules_differ_by_content_caption_and_sample() -> None:
    ethanol = Molecule.from_smiles("CCO")
    assert ethanol == Molecule.from_smiles("CCO")
    assert ethanol != Molecule.from_smiles("CCC")
    assert ethanol != Molecule.from_smiles("CCO", caption="x")
    assert ethanol != Molecule.from_smiles("CCO", sample_id="x")
    assert ethanol != "CCO"
    with pytest.raises(TypeError, match="unhashable"):
        hash(ethanol)


def test_in_the_cells_of_a_table_it_stays_a_molecule() -> None:
    table = Table(columns=["file", "smiles", "raw"])
    table.add_data(
        text(PDB, "pdb"), Molecule.from_smiles("CCO", "ethanol"), Chem.MolFromSmiles("C")
    )
    table.add_data(None, None, Chem.MolFromSmiles("C"))
    [payload] = codecs.encode([table])
    back = codecs.decode(through_bytes(payload))
    assert back == table
    assert [type(cell) for cell in back.data[0]] == [Molecule] * 3
    assert back.data[0][1].drawing == Molecule.from_smiles("CCO").drawing


def test_a_list_of_molecules_is_a_cell() -> None:
    table = Table(columns=["m"], data=[[[Chem.MolFromSmiles("C"), Chem.MolFromSmiles("CC")]]])
    [payload] = codecs.encode([table])
    [[cell]] = codecs.decode(through_bytes(payload)).data
    assert cell == [Molecule.from_smiles("C"), Molecule.from_smiles("CC")]


def test_its_repr_is_short() -> None:
    assert repr(text(PDB, "pdb", caption="x")) == f"Molecule({len(PDB):,} bytes, caption='x')"
