"""Metas of what is turned in the hand: 3-D objects and molecules."""

from __future__ import annotations

from .metas import Meta


class Object3DMeta(Meta, tag="object3d", kw_only=True):
    """Points, boxes and vectors, or the file of a mesh."""


class MoleculeMeta(Meta, tag="molecule", kw_only=True):
    """The file of a molecule, or of several.

    Attributes:
        format: The file's format by its ending, e.g. `pdb`, `sdf`.
        molecules: How many molecules, models or conformers the file holds.
        atoms: Of the first one, those that the file lists; of an mmCIF file, of all.
        formula, smiles: Of the first one, where the bonds are known and rdkit read them.
        dimensions: 3, or 2 of a drawing's coordinates; absent where the file does not tell.
        encoding: How the file came to be: `file` (the user's own), `given` (written with the
            coordinates that were given), `embedded` (coordinates found by ETKDG), `embedded, mmff94`
            (and optimised), `depicted` (2-D coordinates).
        note: What did not succeed on the way.
    """

    format: str
    molecules: int = 1
    atoms: int | None = None
    formula: str | None = None
    smiles: str | None = None
    dimensions: int | None = None
    encoding: str = "file"
    note: str | None = None
