"""Draw a run's predictions as one picture: a row for each step, a column for each sample.

Masks are laid over the picture, truth in the upper half of a cell and prediction in the lower;
classifications show their caption, green where the prediction is right.
"""

from __future__ import annotations

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

from medialog_core import Image, RunReader

CELL = 128
MARGIN = 22
COLOURS = np.array(
    [[0, 0, 0], [40, 120, 255], [255, 140, 0], [0, 170, 90], [200, 40, 160]], np.uint8
)
TEXT, RIGHT, WRONG = (40, 40, 40), (0, 130, 60), (200, 30, 30)


def draw(reader: RunReader, key: str) -> PIL.Image.Image:
    """Give the sheet of `key`, with the samples in the same column at every step."""
    steps = reader.steps(key)
    rows = [[reader.load(row) for row in reader.rows(key, step)] for step in steps]
    columns = max(map(len, rows))
    height = max(_height(image) for row in rows for image in row)
    sheet = PIL.Image.new(
        "RGB", (70 + columns * (CELL + 6), len(rows) * (height + MARGIN + 6)), "white"
    )
    pen = PIL.ImageDraw.Draw(sheet)
    for y, (step, images) in enumerate(zip(steps, rows, strict=True)):
        top = y * (height + MARGIN + 6)
        pen.text((6, top + height // 2), f"step {step}", TEXT, PIL.ImageFont.load_default(12))
        for x, image in enumerate(images):
            sheet.paste(_cell(image), (70 + x * (CELL + 6), top))
            _caption(pen, image, (70 + x * (CELL + 6), top + height + 3))
    return sheet


def _height(image: Image) -> int:
    return 2 * CELL if image.masks else CELL


def _cell(image: Image) -> PIL.Image.Image:
    if not image.masks:
        return _scaled(_rgb(image))
    truth, prediction = (
        _scaled(_overlaid(image, name)) for name in ("ground_truth", "predictions")
    )
    cell = PIL.Image.new("RGB", (CELL, 2 * CELL))
    cell.paste(truth, (0, 0))
    cell.paste(prediction, (0, CELL))
    pen = PIL.ImageDraw.Draw(cell)
    for top, name in ((0, "truth"), (CELL, "prediction")):
        pen.text(
            (4, top + 2),
            name,
            "white",
            PIL.ImageFont.load_default(12),
            stroke_width=2,
            stroke_fill="black",
        )
    return cell


def _caption(pen: PIL.ImageDraw.ImageDraw, image: Image, at: tuple[int, int]) -> None:
    label = image.label
    colour = TEXT if label is None else RIGHT if label.truth == label.prediction else WRONG
    pen.text(at, image.caption or "", colour, PIL.ImageFont.load_default(12))


def _rgb(image: Image) -> np.ndarray:
    return np.asarray(image.to_pil().convert("RGB"))


def _overlaid(image: Image, mask_set: str) -> np.ndarray:
    ids = np.minimum(image.masks[mask_set].to_numpy(), len(COLOURS) - 1)
    blended = _rgb(image) // 2 + COLOURS[ids] // 2
    return np.where((ids == 0)[..., None], _rgb(image), blended)


def _scaled(picture: np.ndarray) -> PIL.Image.Image:
    return PIL.Image.fromarray(picture).resize((CELL, CELL), PIL.Image.Resampling.NEAREST)
