"""What `all_media` logs: photographs, pans over them, bells, a motorcycle in 3-D, a knot.

All of it comes with scikit-image or is computed here; nothing is downloaded.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import plotly.graph_objects
import skimage
from numpy.typing import NDArray

Array = NDArray[Any]

RATE = 22_050
"""Samples a second of the sounds."""
MOLECULES = {
    "caffeine": "CN1C=NC2=C1C(=O)N(C(=O)N2C)C",
    "aspirin": "CC(=O)OC1=CC=CC=C1C(=O)O",
    "vanillin": "COC1=C(C=CC(=C1)C=O)O",
    "glucose": "OC[C@H]1OC(O)[C@H](O)[C@@H](O)[C@@H]1O",
}
PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Report</title>
<style>body {{ font: 16px sans-serif; margin: 2em }} td {{ padding: 2px 1em }}
.bar {{ background: #2e86de; height: 12px }}</style></head>
<body><h1>Report of epoch {epoch}</h1><p>Accuracy by digit, <em>worst</em> first:</p>
<table>{rows}</table></body></html>"""


def photographs() -> dict[str, Array]:
    """Give photographs by name, H×W×3 or H×W, uint8."""
    names = ("astronaut", "coffee", "chelsea", "rocket", "camera", "coins")
    return {name: getattr(skimage.data, name)() for name in names}


def coins(step: int) -> tuple[Array, dict[str, Array]]:
    """Give a picture of coins, and where they are: by watershed, and by a threshold that learns."""
    picture = skimage.data.coins()
    edges = skimage.filters.sobel(picture)
    markers = np.where(picture > 150, 2, np.where(picture < 30, 1, 0))
    truth = skimage.segmentation.watershed(edges, markers) == 2
    guess = skimage.filters.gaussian(picture, 2, preserve_range=True) > 160 - 10 * min(step, 5)
    return picture, {"ground_truth": truth.astype(np.uint8), "predictions": guess.astype(np.uint8)}


def iou(masks: dict[str, Array]) -> float:
    """Give what two masks have in common, 0..1."""
    truth, guess = (masks[name] == 1 for name in ("ground_truth", "predictions"))
    return float((truth & guess).sum() / (truth | guess).sum())


def boxes(masks: dict[str, Array]) -> dict[str, Any]:
    """Give boxes around what the masks mark, with how round it is as their score."""
    found = {name: skimage.measure.label(mask) for name, mask in masks.items()}
    return {
        name: {"box_data": list(_boxes(labels)), "class_labels": {1: "coin"}}
        for name, labels in found.items()
    }


def _boxes(labels: Array) -> Iterator[dict[str, Any]]:
    for region in skimage.measure.regionprops(labels):
        if region.area > 200:
            top, left, bottom, right = region.bbox
            position = {"minX": left, "maxX": right, "minY": top, "maxY": bottom}
            scores = {"solidity": float(region.solidity)}
            yield {"position": position, "domain": "pixel", "class_id": 1, "scores": scores}


def pan(picture: Array, frames: int, size: tuple[int, int], turn: float = 0.0) -> Array:
    """Give a view that goes over a photograph and back, T×H×W×C."""
    height, width = size
    room = np.array(picture.shape[:2]) - (height, width)
    angles = turn + np.linspace(0, 2 * np.pi, frames, endpoint=False)
    corners = (room * (0.5 + 0.5 * np.stack((np.sin(angles), np.cos(angles)), axis=1))).astype(int)
    return np.stack([picture[y : y + height, x : x + width] for y, x in corners])


def bells(notes: list[float], secs: float) -> Array:
    """Give bells struck one after another, N×2 floats: each from another side."""
    time = np.arange(round(secs * RATE)) / RATE
    sound = np.zeros((len(time), 2))
    for place, note in enumerate(notes):
        since = time - place * secs / len(notes) * 0.8
        struck = sum(
            np.exp(-since * 3 * partial) * np.sin(2 * np.pi * note * partial * since) / partial
            for partial in (0.5, 1, 1.19, 1.5, 2, 2.74)
        )
        side = (place + 0.5) / len(notes)
        sound += np.where(since >= 0, struck, 0)[:, None] * (1 - side, side)
    loud: Array = (0.7 * sound / np.abs(sound).max()).astype(np.float32)
    return loud


def garage(every: int) -> Array:
    """Give a motorcycle in a garage as x, y, z in metres and colour, N×6, from two photographs."""
    left, _, disparity = skimage.data.stereo_motorcycle()
    rows, columns = np.nonzero(np.isfinite(disparity))
    rows, columns = rows[::every], columns[::every]
    depth = 0.193001 * 994.978 / (disparity[rows, columns] + 31.086)
    x, y = ((columns - 311.193) * depth / 994.978, (254.877 - rows) * depth / 994.978)
    points: Array = np.column_stack((x, y, -depth, left[rows, columns]))
    return points


def knot(detail: int) -> io.BytesIO:
    """Give a knotted tube as a PLY file with colours."""
    t = np.linspace(0, 2 * np.pi, detail, endpoint=False)[:, None]
    around = np.linspace(0, 2 * np.pi, detail // 8, endpoint=False)

    def line(t: Array) -> Array:
        r = 2 + np.cos(3 * t)
        return np.stack((r * np.cos(2 * t), r * np.sin(2 * t), np.sin(3 * t)), axis=-1)

    along = line(t + 1e-3) - line(t - 1e-3)
    side = np.cross(along, (0, 0, 1))
    side /= np.linalg.norm(side, axis=-1, keepdims=True)
    up = np.cross(along, side)
    up /= np.linalg.norm(up, axis=-1, keepdims=True)
    tube = line(t) + 0.45 * (np.cos(around)[:, None] * side + np.sin(around)[:, None] * up)
    colors = (255 * plt.get_cmap("twilight")(np.broadcast_to(t / 2 / np.pi, tube.shape[:2])))[
        ..., :3
    ]
    index = np.arange(tube[..., 0].size).reshape(tube.shape[:2])
    right, below = np.roll(index, -1, axis=1), np.roll(index, -1, axis=0)
    both = np.roll(right, -1, axis=0)
    faces = np.stack((index, right, below, right, both, below), axis=-1).reshape(-1, 3)
    return io.BytesIO(_ply(tube.reshape(-1, 3), colors.reshape(-1, 3).astype(np.uint8), faces))


def _ply(vertices: Array, colors: Array, faces: Array) -> bytes:
    names = [("f4", "xyz"), ("u1", ("red", "green", "blue"))]
    types = [(name, kind) for kind, several in names for name in several]
    head = "".join(f"property {'float' if k == 'f4' else 'uchar'} {name}\n" for name, k in types)
    table = np.zeros(len(vertices), np.dtype([(name, f"<{kind}") for name, kind in types]))
    for place, name in enumerate(("x", "y", "z")):
        table[name] = vertices[:, place]
    for place, name in enumerate(("red", "green", "blue")):
        table[name] = colors[:, place]
    corners = np.zeros(len(faces), np.dtype([("n", "u1"), ("of", "<i4", 3)]))
    corners["n"], corners["of"] = 3, faces
    return (
        f"ply\nformat binary_little_endian 1.0\nelement vertex {len(vertices)}\n{head}"
        f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    ).encode() + (table.tobytes() + corners.tobytes())


def page(epoch: int, shares: Array) -> str:
    """Give a small web page of how many of each digit are right."""
    rows = "".join(
        f"<tr><td>{digit}</td><td>{shares[digit]:.0%}</td>"
        f'<td><div class="bar" style="width:{200 * shares[digit]:.0f}px"></div></td></tr>'
        for digit in np.argsort(shares)
    )
    return PAGE.format(epoch=epoch, rows=rows)


def figure(losses: list[float]) -> Any:
    """Give a matplotlib figure."""
    drawn, axes = plt.subplots(figsize=(4, 3), layout="constrained")
    axes.plot(losses, "o-")
    axes.set(xlabel="epoch", ylabel="loss", title="drawn by matplotlib")
    plt.close(drawn)
    return drawn


def surface() -> plotly.graph_objects.Figure:
    """Give a Plotly figure: the brightness of the moon as heights."""
    heights = skimage.transform.resize(skimage.data.moon(), (48, 48), preserve_range=True)
    title = {"title": {"text": "The moon's brightness"}}
    return plotly.graph_objects.Figure(plotly.graph_objects.Surface(z=heights.round(1)), title)
