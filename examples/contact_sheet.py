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
GAP = 6
LEFT = 70
TOP = 34
UNDER = 22
COLOURS = np.array(
    [[0, 0, 0], [40, 120, 255], [255, 140, 0], [0, 170, 90], [200, 40, 160]], np.uint8
)
TEXT, RIGHT, WRONG = (40, 40, 40), (0, 130, 60), (200, 30, 30)
MOST_STEPS = 4


def draw(reader: RunReader, key: str) -> PIL.Image.Image:
    """Give the sheet of `key`, with the samples in the same column at every step."""
    steps = _spread(reader.steps(key))
    rows = [[reader.load(row) for row in reader.rows(key, step)] for step in steps]
    columns = max(map(len, rows))
    height = max(_height(image) for row in rows for image in row)
    size = (LEFT + columns * (CELL + GAP), TOP + len(rows) * (height + UNDER))
    sheet = PIL.Image.new("RGB", size, "white")
    pen = PIL.ImageDraw.Draw(sheet)
    _heading(pen, f"{reader.project} / {reader.name}: {key}", rows[0][0])
    for y, (step, images) in enumerate(zip(steps, rows, strict=True)):
        top = TOP + y * (height + UNDER)
        pen.text((GAP, top + height // 2), f"step {step}", TEXT, PIL.ImageFont.load_default(12))
        for x, image in enumerate(images):
            sheet.paste(_cell(image), (LEFT + x * (CELL + GAP), top))
            _caption(pen, image, (LEFT + x * (CELL + GAP), top + height + 3))
    return sheet


def _spread(steps: list[int]) -> list[int]:
    chosen = np.linspace(0, len(steps) - 1, min(len(steps), MOST_STEPS)).round().astype(int)
    return [steps[i] for i in chosen]


def _heading(pen: PIL.ImageDraw.ImageDraw, title: str, image: Image) -> None:
    font = PIL.ImageFont.load_default(14)
    pen.text((GAP, 8), title, TEXT, font)
    x = LEFT + 3 * (CELL + GAP)
    for mask in list(image.masks.values())[:1]:
        for class_id, name in mask.class_labels.items():
            colour = COLOURS[min(int(class_id), len(COLOURS) - 1)]
            pen.rectangle(
                (x, 10, x + 12, 22), tuple(colour.tolist()) if int(class_id) else None, TEXT
            )
            pen.text((x + 18, 8), name, TEXT, font)
            x += 34 + round(font.getlength(name))


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
    label = image.notes.label
    colour = TEXT if label is None else RIGHT if label.truth == label.prediction else WRONG
    pen.text(at, (image.caption or "").replace("→", "->"), colour, PIL.ImageFont.load_default(12))


def _rgb(image: Image) -> np.ndarray:
    return np.asarray(image.to_pil().convert("RGB"))


def _overlaid(image: Image, mask_set: str) -> np.ndarray:
    ids = image.masks[mask_set].to_numpy()
    if ids is None:  # a set of class names without pixels
        return _rgb(image)
    ids = np.minimum(ids, len(COLOURS) - 1)
    blended = _rgb(image) // 2 + COLOURS[ids] // 2
    return np.where((ids == 0)[..., None], _rgb(image), blended)


def _scaled(picture: np.ndarray) -> PIL.Image.Image:
    return PIL.Image.fromarray(picture).resize((CELL, CELL), PIL.Image.Resampling.NEAREST)
