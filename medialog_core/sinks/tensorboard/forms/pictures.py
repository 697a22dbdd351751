"""An image as the picture TensorBoard shows: its overlays drawn in, legend and caption below.

- Without overlay, caption, label and scores: the user's own PNG or JPEG bytes as they are; any
  other format becomes PNG.
- Otherwise one panel for each set, side by side: truth, prediction, then the others. Pixels are
  kept, and enlarged by a whole factor where the image is so small that no text could be read.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .... import png
from ....drawing import overlays, sheet
from ....drawing.lettering import Lettering
from ....errors import InvalidInput
from ....payload import Blob, Payload
from ....schema import ImageMeta, Label, from_number

LEGIBLE_PX = 256
"""Smaller pictures that bear text are enlarged towards this."""
SMALLEST_PX = 14
LETTERS_ACROSS = 25
"""A sheet's letters are this part of it: readable in TensorBoard's cards, some 350 pixels wide."""
TITLES = {"ground_truth": "truth", "predictions": "prediction"}
"""What captures call their sets, in the order of the panels."""
_SHOWN_AS_IT_IS = {"image/png", "image/jpeg"}
_WRITTEN_AS_IT_IS = {"L", "RGB", "RGBA", "I;16"}
_MASK = "mask:"


@dataclass(frozen=True)
class Picture:
    """An encoded image (PNG, JPEG or GIF) of `width` by `height` pixels."""

    width: int
    height: int
    data: bytes


def render(payload: Payload, meta: ImageMeta) -> Picture:
    """Give what TensorBoard shows of an image.

    Raises:
        InvalidInput: Its bytes, or a mask's, are no image.
    """
    blobs = payload.files
    text = "\n".join(text_lines(payload, meta))
    own = blobs[""]
    try:
        if text or meta.masks or meta.boxes:
            return encoded(_Drawing(blobs, meta).render(text))
        if own.content_type not in _SHOWN_AS_IT_IS:
            return encoded(_opened(own.data))
    except OSError as error:  # Pillow's; a sink's `write` raises none
        raise InvalidInput(
            f"image: its bytes ({own.content_type}) cannot be drawn: {error}"
        ) from error
    return Picture(meta.width, meta.height, own.data)


class _Drawing:
    """The panels of one image, and the classes that occur in them."""

    def __init__(self, blobs: Mapping[str, Blob], meta: ImageMeta) -> None:
        self._blobs, self._meta = blobs, meta
        self._scale = max(1, round(LEGIBLE_PX / max(meta.width, meta.height)))
        base = _rgb(blobs[""].data)
        size = (base.width * self._scale, base.height * self._scale)
        self._base = base.resize(size, Image.Resampling.NEAREST)
        self._names = _sets(meta)
        columns = min(sheet.COLUMNS, len(self._names) or 1)
        self._letters = Lettering(
            max(SMALLEST_PX, round(max(columns * size[0], size[1]) / LETTERS_ACROSS))
        )
        self._legend: dict[sheet.Class, None] = {}
        self._unnamed = 0

    def render(self, text: str) -> Image.Image:
        """Give the whole picture, with `text` as its caption."""
        panels = [self._panel(name) for name in self._names] or [sheet.Panel(self._base)]
        if self._unnamed:
            boxes = "1 box" if self._unnamed == 1 else f"{self._unnamed:,} boxes"
            text = "\n".join(filter(None, (text, f"no room for the names of {boxes}")))
        return sheet.arrange(panels, self._classes(), text, self._letters)

    def _panel(self, name: str) -> sheet.Panel:
        picture = self._base.copy()
        if _MASK + name in self._blobs:  # a set that was logged empty has no file
            labels = {**self._meta.classes, **self._meta.masks[name].class_labels}
            self._note(
                overlays.draw_mask(picture, _ids(self._blobs[_MASK + name].data), labels), labels
            )
        if name in self._meta.boxes:
            boxes = self._meta.boxes[name]
            labels = {**self._meta.classes, **boxes.class_labels}
            pen = overlays.Pen(labels, self._scale, self._letters.smaller())
            drawn = pen.draw(picture, boxes.box_data)
            self._unnamed += drawn.unnamed
            self._note(drawn.class_ids, labels)
        return sheet.Panel(picture, TITLES.get(name, name))

    def _classes(self) -> list[sheet.Class]:
        """Give the classes that the legend has room for, by id, then the others."""
        largest_first = list(self._legend)
        room = sheet.MAX_CLASSES
        return sorted(largest_first[:room]) + largest_first[room:]

    def _note(self, drawn: Iterable[int], class_labels: Mapping[str, str]) -> None:
        self._legend.update(((i, overlays.class_name(i, class_labels)), None) for i in drawn)


def _sets(meta: ImageMeta) -> list[str]:
    names = dict.fromkeys([*meta.masks, *meta.boxes])
    return [name for name in TITLES if name in names] + [
        name for name in names if name not in TITLES
    ]


def text_lines(payload: Payload, meta: ImageMeta) -> Iterator[str]:
    """Give what is written below an image: caption, or else label, and the sample's scores."""
    if payload.caption:
        yield payload.caption
    elif meta.label is not None:
        yield label_line(meta.label)
    if meta.scores:
        yield "   ".join(f"{name} {from_number(score):.4g}" for name, score in meta.scores.items())


def label_line(label: Label) -> str:
    """Give `truth -> prediction (score)`, or what of it there is."""
    names = " -> ".join(name for name in (label.truth, label.prediction) if name is not None)
    return names if label.score is None else f"{names} ({from_number(label.score):.2f})"


def _opened(data: bytes) -> Image.Image:
    """Open a picture; grey that Pillow would clip to 8 bits as 16 bits, floats by the store's rule."""
    image = Image.open(io.BytesIO(data))
    if image.mode.startswith("I"):
        return Image.fromarray(np.clip(np.asarray(image), 0, 65_535).astype(np.uint16))
    return Image.fromarray(_stretched(np.asarray(image))) if image.mode == "F" else image


def _stretched(grey: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Give floats within [0, 1] or [-1, 1] as 0..255, all others clipped; NaN and infinities as 0."""
    finite = np.isfinite(grey)
    kept = np.where(finite, grey, 0.0)
    lo, hi = float(kept.min()), float(kept.max())
    if lo >= -1 and hi <= 1:
        kept = (kept - min(np.floor(lo), 0)) * (255 if lo >= 0 else 127.5)
    pixels: NDArray[np.uint8] = np.where(finite, np.clip(kept + 0.5, 0, 255), 0).astype(np.uint8)
    return pixels


def _rgb(data: bytes) -> Image.Image:
    image = _opened(data)
    if image.mode == "I;16":
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _ids(data: bytes) -> NDArray[np.uint16]:
    return np.asarray(Image.open(io.BytesIO(data))).astype(np.uint16)


def encoded(image: Image.Image) -> Picture:
    """Give a Pillow image as PNG."""
    alike = "RGBA" if image.has_transparency_data else "RGB"
    shown = image if image.mode in _WRITTEN_AS_IT_IS else image.convert(alike)
    return Picture(image.width, image.height, png.encode(np.asarray(shown)))
