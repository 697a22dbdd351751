"""Metas of what is turned in the hand: 3-D objects and molecules."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from .metas import Conversion, Meta
from .numbers import Number

Point = tuple[float, float, float]
"""x, y, z."""
Colour = tuple[int, int, int]
"""Red, green, blue, 0..255."""


class BlockMeta(Struct, frozen=True):
    """A column of a file of points: `width` numbers of `type` for each, one point after the other.

    `offset` is in bytes from the file's beginning, a multiple of 4; all is little-endian.
    """

    name: Literal["xyz", "rgb", "category"]
    type: Literal["float32", "uint8", "uint16", "uint32"]
    width: int
    offset: int


class Box3D(Struct, omit_defaults=True, frozen=True):
    """A box among points.

    `corners` are eight; two of them are joined by an edge where their places, written with three
    binary digits, differ in one digit.
    """

    corners: tuple[Point, ...]
    color: Colour | None = None
    label: str | None = None
    score: Number | None = None


class Vector3D(Struct, omit_defaults=True, frozen=True):
    """An arrow among points."""

    start: Point
    end: Point
    color: Colour | None = None


class ShapesFile(Struct, omit_defaults=True, frozen=True):
    """Boxes and vectors where they are too many for a row: the extra file of role `shapes`."""

    boxes: tuple[Box3D, ...] = ()
    vectors: tuple[Vector3D, ...] = ()


class Object3DMeta(Meta, tag="object3d", kw_only=True):
    """Points, boxes and vectors, or the file of a mesh.

    Attributes:
        file_type: `points` for the blocks of `layout`, else the ending of the user's own file.
        points: How many points, of a mesh vertices; None for a file that is kept unread.
        faces: How many triangles of a mesh; None where that is not known.
        layout: The file's blocks.
        origin: What is to be added to each `xyz`, in float64; zero by default.
        bounds: Smallest and largest x, y, z of all points, `origin` included.
        dropped: How many points were left out: not finite, or beyond float32.
        conversion: How numbers became `rgb`.
        class_labels: Names of categories.
        boxes, vectors: Here up to 200 of both together, else in the extra file of role `shapes`.
        nboxes, nvectors: How many there are, wherever they are.
        references: Files that this one names and that are not kept: materials, textures.
    """

    file_type: str
    points: int | None = None
    faces: int | None = None
    layout: tuple[BlockMeta, ...] = ()
    origin: Point | None = None
    bounds: tuple[Point, Point] | None = None
    dropped: int = 0
    conversion: Conversion | None = None
    class_labels: dict[str, str] = msgspec.field(default_factory=dict)
    boxes: tuple[Box3D, ...] = ()
    vectors: tuple[Vector3D, ...] = ()
    nboxes: int = 0
    nvectors: int = 0
    references: tuple[str, ...] = ()


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
