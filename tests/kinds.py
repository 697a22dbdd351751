"""A small value of every kind, by a number: quick to import, to encode and to compare.

Two numbers give two contents. All come back equal: those that have a lossy form have a lossless one.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np

import medialog_core as medialog

Make = Callable[[int], Any]
_ATOM = "HETATM    1  C1  UNL     1    {x:8.3f}   0.000   0.000  1.00  0.00           C  \nEND\n"


def numbers(i: int, *shape: int) -> Any:
    return np.random.default_rng(i).integers(0, 256, shape, np.uint8)


def image(i: int) -> medialog.Image:
    pixels = numbers(i, 24, 32, 3)
    masks = {"bright": {"mask_data": (pixels[..., 0] > 128).astype(int), "class_labels": {1: "y"}}}
    return medialog.Image(pixels, caption=f"picture {i}", masks=masks)


def video(i: int) -> medialog.Video:
    return medialog.Video(numbers(i, 3, 3, 16, 16), fps=4, lossless=True)


def audio(i: int) -> medialog.Audio:
    wave = np.sin(np.arange(800) * (i % 50 + 1) / 99) * (10_000 + i % 10_000)
    return medialog.Audio(wave.astype(np.int16), sample_rate=8_000)


def histogram(i: int) -> medialog.Histogram:
    return medialog.Histogram(numbers(i, 99))


def object3d(i: int) -> medialog.Object3D:
    box = medialog.box3d(
        center=[0, 0, i], size=[1, 2, 3], orientation=[1, 0, 0, 0], color=[1, 2, 3]
    )
    return medialog.Object3D.from_point_cloud(numbers(i, 40, 6), boxes=[box])


def molecule(i: int) -> medialog.Molecule:
    return medialog.Molecule(io.StringIO(_ATOM.format(x=i % 9_000 / 10)), file_type="pdb")


def text(i: int) -> medialog.Text:
    return medialog.Text(f"text {i} " * 2_000)


def html(i: int) -> medialog.Html:
    return medialog.Html(f"<p>page {i}</p>" * 100, caption=f"page {i}")


def figure(i: int) -> medialog.Plotly:
    trace = {"type": "scatter", "x": np.arange(200.0), "y": np.arange(200.0) * i}
    return medialog.Plotly({"data": [trace], "layout": {"title": {"text": f"figure {i}"}}})


def chart(i: int) -> medialog.Chart:
    return medialog.plot.line({"x": range(600), "y": np.arange(600.0) + i}, "x", "y", title=f"{i}")


def table(i: int) -> medialog.Table:
    rows = [[k, f"row {k} of {i}", image(i + k), [k, i / 7]] for k in range(3)]
    return medialog.Table(columns=["i", "name", "picture", "json"], data=rows)


def joined_table(i: int) -> medialog.JoinedTable:
    return medialog.JoinedTable(table(i), table(i + 1), "i")


def partitioned_table(i: int) -> medialog.PartitionedTable:
    return medialog.PartitionedTable([table(i), table(i + 1)])


KINDS: dict[str, Make] = {
    "image": image,
    "video": video,
    "audio": audio,
    "histogram": histogram,
    "object3d": object3d,
    "molecule": molecule,
    "text": text,
    "html": html,
    "plotly": figure,
    "chart": chart,
    "table": table,
    "joined_table": joined_table,
    "partitioned_table": partitioned_table,
}
TABLES = ("table", "joined_table", "partitioned_table")
