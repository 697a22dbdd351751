"""One value of each media type, as a user would make it: the table of what `types` measures."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import medialog_core as medialog

from .data import FPS, Floats, Pixels, panning, photo_like

_RATE = 44_100
_PERIOD = 97
"""Seeds come again after so many, long after a run has ended."""


@dataclass(frozen=True)
class Sample:
    """One type of media.

    Attributes:
        make: Gives what a user has, another for each seed.
        wrap: Makes a media value of it; what is timed.
        needs: Packages without which it is left out.
        copied: What a copy of the same content is; by default NumPy's or Python's own.
    """

    make: Callable[[int], Any]
    wrap: Callable[[Any], Any]
    needs: tuple[str, ...] = ()
    copied: Callable[[Any], Any] = copy.deepcopy


@functools.cache
def _clip(frames: int, side: int) -> Pixels:
    return panning(frames, side, seed=0)


def _frames(frames: int, side: int, seed: int) -> Pixels:
    return _clip(frames, side) + np.uint8(seed % _PERIOD)


@functools.cache
def _noise(*shape: int) -> Floats:
    return np.random.default_rng(0).random(shape, np.float32)


def _wave(seed: int) -> Floats:
    turns = np.linspace(0, 440 * 10, 10 * _RATE, dtype=np.float32)
    return np.sin(turns) * np.float32(0.5) + _noise(10 * _RATE) * np.float32(0.01 + seed / 1e5)


def _points(seed: int) -> Floats:
    return _noise(300_000, 6) * np.float32(200 + seed)


def _page(seed: int) -> str:
    return f"<h1>{seed}</h1>" + "<p>a paragraph of a report</p>\n" * 34_000


def _plotly(seed: int) -> Any:
    from plotly import graph_objects  # noqa: PLC0415 - only who has it is asked

    y = np.cumsum(_noise(100_000) - 0.5) + seed
    return graph_objects.Figure(graph_objects.Scattergl(x=np.arange(100_000), y=y))


def _matplotlib(seed: int) -> Any:
    from matplotlib.figure import Figure  # noqa: PLC0415 - only who has it is asked

    figure = Figure()
    figure.subplots().plot(_noise(1_000) + seed)
    return figure


def _drawn(figure: Any) -> bytes:
    """Give the pixels of a figure: no copy of it is to be had for less."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415

    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return bytes(canvas.buffer_rgba())


def _scores(seed: int) -> tuple[Any, Floats]:
    scores = _noise(1_000_000) + np.float32(seed)
    return (_noise(1_000_000, 1)[:, 0] + scores - seed > 1).astype(np.int64), scores


def _line(seed: int) -> dict[str, Any]:
    return {"x": np.arange(1_000_000), "y": np.cumsum(_noise(1_000_000) - 0.5) + seed}


_COLUMNS = ["id", "name", "score", "right", "picture", "vector"]


def _rows(count: int, seed: int) -> list[list[Any]]:
    picture = medialog.Image(photo_like(1, 16, seed)[0])
    numbers = _noise(count, 3)
    return [
        [i, f"row {i} of {seed}", float(numbers[i, 0]), i % 2 == 0, None, numbers[i].tolist()]
        if i % 100
        else [i, f"row {i} of {seed}", 0.5, True, picture, [0.0]]
        for i in range(count)
    ]


def _table(rows: list[list[Any]]) -> medialog.Table:
    return medialog.Table(columns=_COLUMNS, data=rows)


def _copied_rows(rows: list[list[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _joined(pair: tuple[list[list[Any]], list[list[Any]]]) -> medialog.JoinedTable:
    first, second = map(_table, pair)
    return medialog.JoinedTable(first, second, "id")


def _curve(given: tuple[Any, Floats]) -> medialog.Chart:
    return medialog.plot.roc_curve(*given)


SAMPLES: dict[str, Sample] = {
    "image224": Sample(lambda seed: _frames(2, 224, seed)[0], medialog.Image),
    "video64x128": Sample(
        lambda seed: _frames(64, 128, seed), lambda frames: medialog.Video(frames, fps=FPS)
    ),
    "video32x512": Sample(
        lambda seed: _frames(32, 512, seed), lambda frames: medialog.Video(frames, fps=FPS)
    ),
    "audio10s": Sample(_wave, lambda wave: medialog.Audio(wave, _RATE)),
    "object3d300k": Sample(_points, medialog.Object3D),
    "histogram1M": Sample(lambda seed: _noise(1_000_000) + np.float32(seed), medialog.Histogram),
    "html1MB": Sample(_page, medialog.Html, copied=lambda page: page.encode()),
    "plotly100k": Sample(_plotly, medialog.Plotly, needs=("plotly",)),
    "matplotlib": Sample(_matplotlib, medialog.Image, needs=("matplotlib",), copied=_drawn),
    "molecule": Sample(
        lambda seed: "C" * (seed % _PERIOD % 12 + 1) + "N1C=NC2=C1C(=O)N(C(=O)N2C)C",
        medialog.Molecule.from_smiles,
        needs=("rdkit",),
    ),
    "roc_curve1M": Sample(_scores, _curve),
    "line1M": Sample(_line, lambda columns: medialog.plot.line(columns, "x", "y")),
    "table10k": Sample(lambda seed: _rows(10_000, seed), _table, copied=_copied_rows),
    "joined2x5k": Sample(
        lambda seed: (_rows(5_000, seed), _rows(5_000, seed + 1)),
        _joined,
        copied=lambda pair: list(map(_copied_rows, pair)),
    ),
}
