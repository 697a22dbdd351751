"""A molecule as the picture TensorBoard shows: its drawing, and below it what is known of it.

One that cannot be drawn in two dimensions (a protein) is its facts alone, as a picture too: the
elements of a list stand under one tag, which belongs to one plugin.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image

from ....drawing import sheet
from ....drawing.lettering import Lettering
from ....payload import Payload
from ....schema import MoleculeMeta
from .pictures import Picture, encoded

_DRAWING = "drawing"
_LETTERS_PX = 20
_WIDTH_PX = 360


def render(payload: Payload, meta: MoleculeMeta) -> Picture:
    """Give what TensorBoard shows of a molecule."""
    text = "\n".join(text_lines(payload, meta))
    panel = sheet.Panel(_drawing(payload))
    return encoded(sheet.arrange([panel], [], text, Lettering(_LETTERS_PX)))


def text_lines(payload: Payload, meta: MoleculeMeta) -> Iterator[str]:
    """Give what is written below a molecule: caption, what it is, what did not succeed."""
    if payload.caption:
        yield payload.caption
    atoms = "" if meta.atoms is None else f"{meta.atoms:,} atoms"
    yield ", ".join(part for part in (meta.formula, atoms, f"{meta.format} file") if part)
    if meta.molecules > 1:
        yield f"the first of {meta.molecules:,} molecules"
    if meta.note:
        yield meta.note


def _drawing(payload: Payload) -> Image.Image:
    file = payload.files.get(_DRAWING)
    if file is None:
        return Image.new("RGB", (_WIDTH_PX, 1), "white")
    return Image.open(io.BytesIO(file.data)).convert("RGB")
