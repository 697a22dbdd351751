"""Draw several media of `all_media` as one picture, from what the store holds.

python -m examples.all_media all_media_out
python -m examples.media_sheet all_media_out docs/media.png
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
import PIL.ImageOps

from examples import perspective
from medialog_core import RunReader, Table, open_project
from medialog_core.schema import Row
from medialog_core.sinks.tensorboard import summaries

WIDTH, HEIGHT = 316, 218
GAP, UNDER, COLUMNS = 14, 30, 4
COLOURS = 255
INK, FAINT = (32, 33, 36), (95, 99, 104)
BLUE, ORANGE = np.array((46, 134, 222)), np.array((230, 120, 30))
Picture = PIL.Image.Image


def draw(run: RunReader) -> Picture:
    """Give the sheet of a run of `all_media`, at its last step."""
    rows = -(-len(TILES) // COLUMNS)
    size = (GAP + COLUMNS * (WIDTH + GAP), GAP + rows * (HEIGHT + UNDER))
    sheet = PIL.Image.new("RGB", size, "white")
    pen = PIL.ImageDraw.Draw(sheet)
    for place, (title, key, drawn) in enumerate(TILES):
        x = GAP + place % COLUMNS * (WIDTH + GAP)
        y = GAP + place // COLUMNS * (HEIGHT + UNDER)
        sheet.paste(drawn(run, run.rows(key, run.steps(key)[-1])[0]), (x, y))
        pen.text((x, y + HEIGHT + 3), title, INK, PIL.ImageFont.load_default(14))
    return sheet.quantize(COLOURS, dither=PIL.Image.Dither.NONE)


def _shown(run: RunReader, row: Row) -> Picture:
    """What TensorBoard shows of it."""
    data = summaries.show(run.payload(row)).item
    return _placed(PIL.Image.open(io.BytesIO(data or b"")))


def _file(role: str) -> Callable[[RunReader, Row], Picture]:
    return lambda run, row: _placed(PIL.Image.open(io.BytesIO(_extra(run, row, role))))


def _extra(run: RunReader, row: Row, role: str) -> bytes:
    return run.read(next(extra.file for extra in row.extra if extra.role == role))


def _frames(run: RunReader, row: Row) -> Picture:
    frames = run.load(row).to_numpy()
    tile = PIL.Image.new("RGB", (WIDTH, HEIGHT), "white")
    width, height = (WIDTH - 4) // 2, (HEIGHT - 4) // 2
    for place in range(4):
        frame = PIL.Image.fromarray(frames[place * len(frames) // 4])
        at = (place % 2 * (width + 4), place // 2 * (height + 4))
        tile.paste(PIL.ImageOps.fit(frame, (width, height)), at)
    return tile


def _sound(run: RunReader, row: Row) -> Picture:
    tile = PIL.Image.new("RGB", (WIDTH, HEIGHT), "white")
    wave = run.load(row).to_numpy().mean(axis=1, dtype=float)
    wave /= np.abs(wave).max()
    pen, middle = PIL.ImageDraw.Draw(tile), HEIGHT // 6
    for x, part in enumerate(np.array_split(wave, WIDTH)):
        ends = middle - part.max() * middle, middle - part.min() * middle
        pen.line((x, ends[0], x, ends[1]), fill=tuple(BLUE.tolist()))
    with PIL.Image.open(io.BytesIO(_extra(run, row, "spectrogram"))) as grey:
        below = grey.convert("L").resize((WIDTH, HEIGHT - 2 * middle - 4))
    coloured = PIL.ImageOps.colorize(below, (15, 12, 40), (255, 240, 190), (200, 60, 90))
    tile.paste(coloured, (0, 2 * middle + 4))
    return tile


def _scene(run: RunReader, row: Row) -> Picture:
    return PIL.Image.fromarray(perspective.scene(run.load(row), (WIDTH, HEIGHT)))


def _histograms(run: RunReader, row: Row) -> Picture:
    """One below the other, a step each."""
    tile = PIL.Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = PIL.ImageDraw.Draw(tile)
    steps = run.steps(row.key)
    for place, step in enumerate(steps):
        value = run.load(run.rows(row.key, step)[0])
        counts, edges = value.counts, value.edges
        heights = np.append(counts / counts.max(), 0) * HEIGHT * 0.45
        base = HEIGHT * (0.5 + 0.48 * place / max(1, len(steps) - 1))
        line = [(x, base - y) for x, y in zip(edges * WIDTH, heights, strict=True)]
        share = place / max(1, len(steps) - 1)
        colour = tuple((BLUE * share + ORANGE * (1 - share)).astype(int).tolist())
        closed = [(line[0][0], base), *line, (line[-1][0], base)]
        pen.polygon(closed, fill=colour, outline="white")
        pen.line((0, base, WIDTH, base), fill=(220, 220, 220))
    return tile


def _table(run: RunReader, row: Row) -> Picture:
    tile = PIL.Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen, font = PIL.ImageDraw.Draw(tile), PIL.ImageFont.load_default(15)
    table: Table = run.table(row.key)
    lines = [table.columns, *(cells for _, cells in list(table.iterrows())[-5:])]
    for y, cells in enumerate(lines):
        top = y * HEIGHT // len(lines)
        pen.line((0, top, WIDTH, top), fill=(220, 220, 220))
        for x, cell in enumerate(cells):
            at = (x * WIDTH // len(cells) + 8, top + 3)
            if hasattr(cell, "to_pil"):
                tile.paste(cell.to_pil().resize((30, 30), PIL.Image.Resampling.NEAREST), at)
            else:
                pen.text((at[0], at[1] + 6), str(cell), FAINT if y == 0 else INK, font)
    return tile


def _placed(picture: Picture) -> Picture:
    whole = PIL.ImageOps.contain(picture.convert("RGB"), (WIDTH, HEIGHT))
    tile = PIL.Image.new("RGB", (WIDTH, HEIGHT), "white")
    tile.paste(whole, ((WIDTH - whole.width) // 2, (HEIGHT - whole.height) // 2))
    return tile


TILES = (
    ("Image: truth and prediction over it", "images/masks", _shown),
    ("Image: boxes, their names and scores", "images/boxes", _shown),
    ("Video: frames of an H.264 file", "videos/pan", _frames),
    ("Audio: waveform and spectrogram", "audio/bells", _sound),
    ("Object3D: points and a box", "shapes/garage", _scene),
    ("Object3D: a mesh from a PLY file", "shapes/knot", _scene),
    ("Molecule: from SMILES", "molecules/several", _file("drawing")),
    ("Object3D: points by class", "shapes/digits", _scene),
    ("Histogram: confidence by epoch", "histograms/confidence", _histograms),
    ("plot.roc_curve", "charts/roc", _shown),
    ("plot.confusion_matrix", "charts/confusion", _shown),
    ("Table: pictures in its cells", "tables/mistakes", _table),
)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Draw several media as one picture.")
    parser.add_argument("logged", type=Path, help="the folder that all_media wrote")
    parser.add_argument("to", type=Path)
    options = parser.parse_args()
    draw(open_project(options.logged).run("all media")).save(options.to, optimize=True)
