"""What was logged is equal before and after `medialog gc`, of every kind, as a user reads it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from skimage import data

import medialog_core as medialog
from medialog_core import Histogram, Image, Run, Table, Text, open_run
from medialog_core.store.compact import compact
from medialog_core.store.doctor import examine
from medialog_core.store.gc import gc

PHOTO = data.astronaut()


def picture(seed: int) -> Image:
    crop = PHOTO[seed * 13 % 400 :][:64, seed * 7 % 400 :][:, :64]
    masks = {"bright": {"mask_data": (crop[..., 0] > 128).astype(int), "class_labels": {1: "yes"}}}
    return Image(crop, caption=f"picture {seed}", masks=masks)


def table(seed: int) -> Table:
    user_json = {"uri": "media/x", "size": 1, "content_type": "a", "checksum": "b"}
    rows = [
        [
            *(i, f"row {i}", picture(seed + i), [picture(i), picture(i + 1)], user_json, i or "x"),
            {"seen": [picture(50 + seed + i)], "json": user_json},
            i or [user_json, {"first": picture(70 + seed)}],
        ]
        for i in range(3)
    ]
    columns = ["i", "name", "picture", "pictures", "json", "mixed", "nested", "mixed nested"]
    return Table(columns=columns, data=rows, allow_mixed_types=True)


def log(run: Run) -> None:
    """Log each step twice, of every kind; some values come again and are not stored again."""
    for step in range(2):
        for call in range(2):
            seed = 10 * step + call
            pictures = [picture(seed + i) for i in range(3)]
            values: dict[str, Any] = {
                "image": pictures[0],
                "images": pictures[call:],
                "again": picture(1),
                "histogram": Histogram(np.arange(seed, seed + 100.0)),
                "text": Text("a long text " * 1000 + str(seed)),
                "short": Text(str(seed)),
                "table": table(seed),
                "loss": 1 / (seed + 1),
            }
            run.log(values, step=step)
    run.summary["best"] = picture(99)


def values(directory: Path, *, history: bool = False) -> dict[str, Any]:
    """Load all values; comparing them reads their bytes, before which they are only places."""
    reader = open_run(directory)
    rows = reader.rows(history=history)
    loaded = {row.id: reader.load(row) for row in rows}
    assert loaded == {row.id: reader.load(row) for row in rows}
    return loaded


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("drop_history", [False, True])
def test_values_are_equal_before_and_after(
    tmp_path: Path, *, sealed: bool, drop_history: bool
) -> None:
    with medialog.init("p", dir=tmp_path, id="r") as run:
        log(run)
    with medialog.init("p", dir=tmp_path, id="r", resume="must") as run:
        log(run)
    if sealed:
        compact(run.dir)
    for path in run.dir.rglob("*"):
        os.utime(path, (1.0, 1.0))
    before = values(run.dir, history=not drop_history)
    scalars, summary = open_run(run.dir).scalars("loss"), open_run(run.dir).summary
    assert summary == open_run(run.dir).summary
    report = gc(run.dir, drop_history=drop_history, min_dead=0.1)
    assert (report.moved > 0) == drop_history
    assert values(run.dir, history=not drop_history) == before
    assert open_run(run.dir).scalars("loss") == scalars
    assert open_run(run.dir).summary == summary
    assert [finding for finding in examine(run.dir) if finding.level != "note"] == []
