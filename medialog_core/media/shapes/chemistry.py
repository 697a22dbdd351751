"""What rdkit does for molecules: reading, coordinates, a drawing. It is imported when it is asked for.

Molecules travel in rdkit's binary form: a snapshot, and what repeats are told by. Coordinates start
from a fixed seed, so that the same molecule always becomes the same file.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from ...arrays import describe
from ...checks import check_text
from ...errors import InvalidInput, MissingExtra, WrongType
from .remembered import Remembered

LARGEST_DRAWN = 200
"""So many heavy atoms a drawing in two dimensions has at most: more cannot be told apart."""
DRAWING_PX = (480, 360)
SEED = 0xF00D
_MOST_ATTEMPTS = 10
_ATOMS_TRIED = 1_200
"""So many atoms are placed at most over all attempts, of which one of 600 takes ten seconds."""
_PATIENCE_SECS = 30
_REMEMBERED_BYTES = 8 * 1024 * 1024
_NO_COORDINATES = "no 3-D coordinates could be found"
T = TypeVar("T")


class Written(NamedTuple):
    """A molecule as SDF, one record for each conformer, and what is told of it."""

    data: bytes
    records: int
    atoms: int
    dimensions: int
    encoding: str
    note: str | None


class Seen(NamedTuple):
    """A molecule's formula and SMILES, and a drawing as PNG; None where rdkit cannot tell."""

    formula: str | None = None
    smiles: str | None = None
    drawing: bytes | None = None


def is_mol(value: object) -> bool:
    """Say whether `value` is a molecule of rdkit's."""
    return all(hasattr(type(value), name) for name in ("ToBinary", "GetNumHeavyAtoms"))


def from_smiles(smiles: Any, *, sanitize: bool) -> bytes:
    """Read SMILES.

    Raises:
        WrongType: It is no string.
        InvalidInput: It is no SMILES or no text, has no atoms or, with `sanitize`, no possible chemistry.
        MissingExtra: rdkit is not installed.
    """
    field = "Molecule.from_smiles: data"
    if not isinstance(smiles, str):
        raise WrongType(f"{field}: expected SMILES, got {describe(smiles)}")
    smiles = check_text(smiles, field)
    chem = _rdkit("Molecule.from_smiles")
    mol = chem.MolFromSmiles(smiles, sanitize=False)
    if mol is None:
        raise InvalidInput(f"{field}: {smiles!r} is no SMILES; rdkit said why on stderr")
    if sanitize:
        problems = "; ".join(problem.Message() for problem in chem.DetectChemistryProblems(mol))
        mol = chem.MolFromSmiles(smiles) if not problems else None
        if mol is None:
            raise InvalidInput(
                f"{field}: {smiles!r}: {problems}; to keep it so pass sanitize=False"
            )
    return to_binary(mol, field)


def from_file(data: bytes, field: str) -> tuple[bytes, ...]:
    """Read the molecules of an SDF or MOL file.

    Raises:
        InvalidInput: rdkit cannot read one of them; the first such is named.
        MissingExtra: rdkit is not installed.
    """
    chem = _rdkit("Molecule.from_rdkit")
    mols = list(chem.ForwardSDMolSupplier(io.BytesIO(data), removeHs=False))
    for place, mol in enumerate(mols):
        if mol is None:
            raise InvalidInput(
                f"{field}: rdkit cannot read molecule {place} of {len(mols)}, it said why on stderr; "
                "Molecule(path) keeps the file as it is"
            )
    return tuple(to_binary(mol, field) for mol in mols)


def to_binary(mol: Any, field: str) -> bytes:
    """Take the snapshot of a molecule, its conformers and properties included.

    Raises:
        InvalidInput: It has no atoms.
    """
    if not mol.GetNumAtoms():
        raise InvalidInput(f"{field}: the molecule has no atoms")
    options = _rdkit("Molecule").PropertyPickleOptions
    return bytes(mol.ToBinary(int(options.AllProps | options.CoordsAsDouble)))


def _written(binary: bytes, iterations: int | None) -> Written:
    """Give a molecule as SDF, which keeps its bonds and properties.

    Coordinates that are 3-D already are kept. Others are found by ETKDG, with hydrogens, and
    optimised by MMFF94; where that fails, or is not wanted, the molecule keeps its 2-D ones, or gets
    some.

    Args:
        binary: As of `to_binary`.
        iterations: Of MMFF94 at most; None to look for no 3-D coordinates.
    """
    from rdkit.rdBase import BlockLogs  # noqa: PLC0415 - an extra; what fails is in the note

    with BlockLogs():
        mol, encoding, note = _placed(_mol(binary), iterations)
        records = [_record(mol, conformer.GetId()) for conformer in mol.GetConformers()]
    dimensions = 3 if _is_3d(mol) else 2
    data = "".join(records).encode()
    return Written(data, len(records), mol.GetNumAtoms(), dimensions, encoding, note)


def _seen(binary: bytes) -> Seen:
    """Tell what a molecule is, and draw it."""
    from rdkit.Chem.rdMolDescriptors import CalcMolFormula  # noqa: PLC0415
    from rdkit.rdBase import BlockLogs  # noqa: PLC0415

    chem = _rdkit("Molecule")
    with BlockLogs():
        mol = _mol(binary)
        bare = _or_none(lambda: chem.RemoveHs(mol)) or mol
        drawing = None
        if bare.GetNumHeavyAtoms() <= LARGEST_DRAWN:
            drawing = _or_none(lambda: _drawn(bare))
        formula, smiles = (
            _or_none(lambda: CalcMolFormula(mol)),
            _or_none(lambda: chem.MolToSmiles(bare)),
        )
        return Seen(formula, smiles or None, drawing)


written = Remembered(_written, lambda result: [result.data], _REMEMBERED_BYTES)
seen = Remembered(_seen, lambda result: [result.drawing], _REMEMBERED_BYTES)


def seen_in_file(data: bytes, format: str) -> Seen:
    """Tell what the first molecule of a MOL, SDF or MOL2 file is; nothing without rdkit."""
    try:
        chem = _rdkit("Molecule")
    except MissingExtra:
        return Seen()
    from rdkit.rdBase import BlockLogs  # noqa: PLC0415

    read = chem.MolFromMol2Block if format == "mol2" else chem.MolFromMolBlock
    text = data.decode(errors="replace") + "\n"  # without it the last line of a MOL2 is not read
    with BlockLogs():
        mol = _or_none(lambda: read(text, removeHs=False))
    return Seen() if mol is None else seen(to_binary(mol, "Molecule"))


def _rdkit(feature: str) -> Any:
    try:
        from rdkit import Chem  # noqa: PLC0415 - an extra, wanted here only
    except ImportError:
        raise MissingExtra(feature, "molecule") from None
    return Chem


def _mol(binary: bytes) -> Any:
    mol = _rdkit("Molecule").Mol(binary)
    mol.UpdatePropertyCache(strict=False)  # what was not sanitised lacks it
    return mol


def _placed(mol: Any, iterations: int | None) -> tuple[Any, str, str | None]:
    """Give a molecule with coordinates, how it came to them, and what did not succeed."""
    note = None
    if _is_3d(mol):
        return mol, "given", note
    if iterations is not None:
        embedded = _or_none(lambda: _embedded(mol))
        if embedded is not None:
            return embedded, *_optimised(embedded, iterations)
        note = _NO_COORDINATES
    if mol.GetNumConformers():
        return mol, "given", note
    _flatten(mol)
    return mol, "depicted", note


def _embedded(mol: Any) -> Any | None:
    from rdkit.Chem import rdDistGeom  # noqa: PLC0415

    chem = _rdkit("Molecule")
    full = chem.AddHs(mol)
    chem.FastFindRings(full)
    for random in (False, True):  # large and strained ones need the second, which is slower
        options = rdDistGeom.ETKDGv3()
        options.randomSeed, options.useRandomCoords = SEED, random
        options.maxIterations = max(1, min(_MOST_ATTEMPTS, _ATOMS_TRIED // full.GetNumAtoms()))
        options.timeout = _PATIENCE_SECS
        if rdDistGeom.EmbedMolecule(full, options) >= 0:
            return full
    return None


def _optimised(mol: Any, iterations: int) -> tuple[str, str | None]:
    from rdkit.Chem import rdForceFieldHelpers  # noqa: PLC0415

    if not _or_none(lambda: rdForceFieldHelpers.MMFFHasAllMoleculeParams(mol)):
        return "embedded", "not optimised: MMFF94 does not know all of its atoms"
    unfinished = rdForceFieldHelpers.MMFFOptimizeMolecule(mol, maxIters=iterations)
    note = f"MMFF94 did not converge in {iterations} iterations" if unfinished else None
    return "embedded, mmff94", note


def _flatten(mol: Any) -> None:
    from rdkit.Chem import rdDepictor  # noqa: PLC0415

    rdDepictor.Compute2DCoords(mol)


def _is_3d(mol: Any) -> bool:
    return any(conformer.Is3D() for conformer in mol.GetConformers())


def _record(mol: Any, conformer: int) -> str:
    def write(*, kekulize: bool) -> str:
        text = io.StringIO()
        writer = _rdkit("Molecule").SDWriter(text)
        writer.SetKekulize(kekulize)
        writer.write(mol, confId=conformer)
        writer.close()
        return text.getvalue()

    return _or_none(lambda: write(kekulize=True)) or write(kekulize=False)


def _drawn(mol: Any) -> bytes:
    from rdkit.Chem.Draw import rdMolDraw2D  # noqa: PLC0415

    if _is_3d(mol) or not mol.GetNumConformers():
        _flatten(mol)
    drawer = rdMolDraw2D.MolDraw2DCairo(*DRAWING_PX)
    drawer.drawOptions().includeMetadata = False
    kekulize = _or_none(lambda: rdMolDraw2D.PrepareMolForDrawing(mol)) is not None
    rdMolDraw2D.PrepareAndDrawMolecule(drawer, mol, kekulize=kekulize)
    return bytes(drawer.GetDrawingText())


def _or_none(attempt: Callable[[], T]) -> T | None:
    """Give what `attempt` gives, None where rdkit refuses the molecule."""
    try:
        return attempt()
    except (ValueError, RuntimeError):
        return None
