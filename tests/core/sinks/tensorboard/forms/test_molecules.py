"""Molecules as the pictures that TensorBoard shows."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as PilImage
from rdkit import Chem
from tensorboard.context import RequestContext
from tensorboard.data.provider import RunTagFilter

from medialog_core import Molecule, codecs
from medialog_core.schema import MoleculeMeta
from medialog_core.sinks.tensorboard import TensorBoardSink
from medialog_core.sinks.tensorboard.forms import molecules

PDB = "ATOM      1  N   MET A   1      27.340  24.430   2.614  1.00  9.67           N\n"
ETHANOL = Molecule.from_smiles("CCO", "ethanol")
PROTEIN = Molecule(io.StringIO(PDB), file_type="pdb")


def lines(molecule: Molecule) -> list[str]:
    [payload] = codecs.encode([molecule])
    assert isinstance(payload.meta, MoleculeMeta)
    return list(molecules.text_lines(payload, payload.meta))


def picture(molecule: Molecule) -> Any:
    [payload] = codecs.encode([molecule])
    assert isinstance(payload.meta, MoleculeMeta)
    shown = molecules.render(payload, payload.meta)
    image = np.asarray(PilImage.open(io.BytesIO(shown.data)))
    assert image.shape[:2] == (shown.height, shown.width)
    return image


def test_the_drawing_stands_above_what_is_known() -> None:
    drawing = ETHANOL.drawing
    assert drawing is not None
    alone = np.asarray(PilImage.open(io.BytesIO(drawing)).convert("RGB"))
    image = picture(ETHANOL)
    assert np.array_equal(image[: alone.shape[0], : alone.shape[1]], alone)
    assert image[alone.shape[0] :].min() < 100, "letters below"


@pytest.mark.parametrize(
    ("molecule", "expected"),
    [
        (ETHANOL, ["ethanol", "C2H6O, 9 atoms, sdf file"]),
        (PROTEIN, ["1 atoms, pdb file"]),
        (Molecule.from_smiles("C1C#CC1"), ["C4H4, 4 atoms, sdf file", "no 3-D coordinates could be found"]),
        (
            Molecule(io.StringIO((Chem.MolToMolBlock(Chem.MolFromSmiles("C")) + "$$$$\n") * 3), file_type="sdf"),
            ["CH4, 1 atoms, sdf file", "the first of 3 molecules"],
        ),
    ],
)  # fmt: skip
def test_what_is_known_is_told(molecule: Molecule, expected: list[str]) -> None:
    assert lines(molecule) == expected


def test_one_that_cannot_be_drawn_is_its_facts() -> None:
    image = picture(PROTEIN)
    assert image.shape[0] < 100
    assert image.min() < 100


def test_a_mixed_list_is_one_tag_of_pictures(
    sink: TensorBoardSink, entries: Any, provider: Any, tmp_path: Path
) -> None:
    for entry in entries("mols", [PROTEIN, ETHANOL, PROTEIN], step=2):
        sink.write(entry)
    sink.flush()
    server, ctx = provider(tmp_path), RequestContext()
    [run] = server.read_blob_sequences(
        ctx, experiment_id="", plugin_name="images", downsample=10, run_tag_filter=RunTagFilter()
    ).values()
    [datum] = run["mols"]
    blobs = [server.read_blob(ctx, blob_key=value.blob_key) for value in datum.values[2:]]
    assert [PilImage.open(io.BytesIO(blob)).format for blob in blobs] == ["PNG"] * 3
