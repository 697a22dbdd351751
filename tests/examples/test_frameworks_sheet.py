"""The sheet of several frameworks: a line for each, its last predictions below the same samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import medialog_core
from examples import frameworks_sheet
from medialog_core import Image, RunReader
from medialog_core.drawing import overlays, palette

CLASSES = {0: "background", 1: "nucleus", 2: "stained"}
GREY = 100


def run_of(folder: Path, name: str, last: int) -> RunReader:
    """A run whose first prediction of both samples is class 1, and the last `last`."""
    with medialog_core.init("sheet", name, dir=folder, id=name) as run:
        for step, answer in enumerate((1, last)):
            images = [masked(answer, sample) for sample in range(2)]
            run.log({frameworks_sheet.KEY: images}, step=step)
    return medialog_core.open_run(run.dir)


def masked(answer: int, sample: int) -> Image:
    masks = {
        name: {"mask_data": np.full((64, 64), value, np.uint8), "class_labels": CLASSES}
        for name, value in (("ground_truth", 1), ("predictions", answer))
    }
    return Image(np.full((64, 64), GREY, np.uint8), sample_id=f"0/{sample}", masks=masks)


def test_each_framework_has_a_line_of_its_last_predictions(tmp_path: Path) -> None:
    runs = {
        "Lightning": run_of(tmp_path, "a", 2),
        "Keras": run_of(tmp_path, "b", 1),
    }
    sheet = np.asarray(frameworks_sheet.draw(runs).convert("RGB")).astype(int)
    first, second = np.full(3, GREY), [_blend(class_id) for class_id in (1, 2)]
    columns = [
        [colour for colour in (first, *second) if np.abs(sheet[:, x] - colour).max(1).min() <= 2]
        for x in (110, 250)
    ]
    assert [len(column) for column in columns] == [3, 3]
    x = 110
    kinds = [
        next((i for i, c in enumerate((first, *second)) if np.abs(pixel - c).max() <= 2), None)
        for pixel in sheet[:, x]
    ]
    lines = [
        kind for kind, before in zip(kinds[1:], kinds, strict=False) if kind not in (None, before)
    ]
    assert lines == [0, 1, 2, 1]  # input, truth, Lightning's last, Keras's last


def _blend(class_id: int) -> np.ndarray:
    share = overlays.ALPHA
    return np.array(palette.colour(class_id)) * share + GREY * (1 - share)
