"""Faults of W&B that lie between the parts: keys, steps, lists, files, threads, memory.

`tests/wandb_faults.md` lists every fault with its test; those of one part are tested beside it.
"""

from __future__ import annotations

import gc
import io
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

import medialog_core
from medialog_core import Histogram, Image, Object3D, Run, RunReader, Table, open_run, png

RNG = np.random.default_rng(5)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = medialog_core.init(dir=tmp_path / "root")
    yield made
    made.finish(quiet=True)


def noise(*shape: int) -> NDArray[np.uint8]:
    return RNG.integers(0, 256, shape, np.uint8)


def overlaid(caption: str) -> Image:
    mask = {"mask_data": np.eye(8, dtype=np.uint8), "class_labels": {1: caption}}
    position = {"minX": 0.1, "maxX": 0.5, "minY": 0.2, "maxY": 0.6}
    box = {"position": position, "class_id": 1, "scores": {"iou": 0.5}}
    return Image(
        noise(8, 8, 3),
        caption=caption,
        masks={"predictions": mask},
        boxes={"predictions": {"box_data": [box]}},
    )


def only(reader: RunReader, key: str) -> Any:
    [row] = reader.rows(key)
    return reader.load(row)


# --- keys and steps -------------------------------------------------------------------------------


def test_one_value_under_two_keys_and_steps_is_there_each_time(run: Run) -> None:
    image = Image(noise(8, 8))
    run.log({"first": image, "second": image})
    run.log({"first": image})
    run.finish()
    reader = open_run(run.dir)
    found = [(row.key, row.step, reader.load(row) == image) for row in reader.rows()]
    assert sorted(found) == [("first", 0, True), ("first", 1, True), ("second", 0, True)]


def test_the_same_name_in_two_nested_dictionaries_is_two_keys(run: Run) -> None:
    train, val = Image(noise(8, 8)), Image(noise(8, 8))
    run.log({"train": {"img": train}, "val": {"img": val}})
    run.finish()
    reader = open_run(run.dir)
    assert only(reader, "train/img") == train
    assert only(reader, "val/img") == val


def test_a_picture_at_a_lower_step_is_kept_at_that_step(run: Run) -> None:
    early, late = Image(noise(8, 8)), Image(noise(8, 8))
    run.log({"img": late, "loss": 0.1}, step=10)
    run.log({"img": early, "loss": 0.9}, step=5)
    run.finish()
    reader = open_run(run.dir)
    assert {row.step: reader.load(row) for row in reader.rows("img")} == {10: late, 5: early}
    assert {scalar.step: scalar.value for scalar in reader.scalars("loss")} == {10: 0.1, 5: 0.9}


def test_media_lie_at_their_epoch_too(run: Run) -> None:
    run.log({"img": Image(noise(8, 8)), "loss": 0.5}, step=700, epoch=3)
    run.finish()
    reader = open_run(run.dir)
    [row], [scalar] = reader.rows("img"), reader.scalars("loss")
    assert (row.step, row.epoch) == (scalar.step, scalar.epoch) == (700, 3)


# --- lists and tables -----------------------------------------------------------------------------


def test_256_filters_of_several_sizes_are_all_there(run: Run) -> None:
    filters = [Image(noise(3 + i % 4, 5), caption=f"filter {i}") for i in range(256)]
    run.log({"filters": filters})
    run.finish()
    reader = open_run(run.dir)
    assert [reader.load(row) for row in reader.rows("filters")] == filters


def test_a_table_that_grows_is_there_as_it_was_at_each_step(run: Run) -> None:
    table = Table(columns=["step", "img"])
    images = [Image(noise(8, 8)) for _ in range(4)]
    for step, image in enumerate(images):
        table.add_data(step, image)
        run.log({"samples": table}, step=step)
    run.finish()
    reader = open_run(run.dir)
    found = [
        (json.loads(row.meta)["nrows"], reader.load(row).data) for row in reader.rows("samples")
    ]
    assert found == [(n, [[i, images[i]] for i in range(n)]) for n in range(1, 5)]


def calls_of_pandas(rows: int) -> int:
    calls: list[str] = []

    def count(frame: Any, event: str, _: object) -> None:
        if event == "call" and "pandas" in frame.f_code.co_filename:
            calls.append(frame.f_code.co_name)

    given = pd.DataFrame({"n": range(rows), "x": np.zeros(rows), "s": ["a"] * rows})
    sys.setprofile(count)
    try:
        table = Table(dataframe=given)
    finally:
        sys.setprofile(None)
    assert len(table) == rows
    return len(calls)


def test_a_data_frame_is_read_by_its_columns() -> None:
    assert 0 < calls_of_pandas(2000) == calls_of_pandas(50)


def test_overlays_in_a_table_keep_the_labels_of_each_layer(run: Run) -> None:
    cells = [overlaid("car"), overlaid("cell")]
    run.log({"t": Table(columns=["img"], data=[[cell] for cell in cells])})
    run.finish()
    [[first], [second]] = only(open_run(run.dir), "t").data
    assert [first, second] == cells
    assert first.masks["predictions"].class_labels["1"] == "car"
    assert second.masks["predictions"].class_labels["1"] == "cell"
    assert first.boxes["predictions"].class_labels == {"1": "class_1"}


def test_a_mesh_in_a_cell_is_there_with_its_file(
    run: Run, torus: Any, file_of: Callable[..., bytes]
) -> None:
    glb = file_of("glb", torus)
    mesh = Object3D(io.BytesIO(glb), file_type="glb", caption="a torus")
    run.log({"t": Table(columns=["mesh", "several"], data=[[mesh, [mesh, Object3D([[1, 2, 3]])]]])})
    run.finish()
    [[cell, [first, points]]] = only(open_run(run.dir), "t").data
    assert cell == first == mesh
    assert cell.file == glb
    assert points == Object3D([[1, 2, 3]])


# --- where it lies --------------------------------------------------------------------------------


def test_the_run_folder_alone_has_pictures_tables_and_overlays(run: Run, tmp_path: Path) -> None:
    image, cell = overlaid("alone"), overlaid("in a table")
    run.log({"img": image, "t": Table(columns=["n", "img"], data=[[1, cell]])})
    run.finish()
    shutil.copytree(run.dir, tmp_path / "elsewhere")
    shutil.rmtree(tmp_path / "root")
    reader = open_run(tmp_path / "elsewhere")
    assert only(reader, "img") == image
    assert only(reader, "t").data == [[1, cell]]


def test_all_of_it_can_be_seen_while_the_run_goes_on(run: Run) -> None:
    image, table = Image(noise(8, 8)), Table(columns=["n"], data=[[1]])
    run.log({"group/img": image, "group/t": table, "loss": 0.5})
    run.flush()
    reader = open_run(run.dir)
    assert reader.status == "running"
    assert only(reader, "group/img") == image
    assert only(reader, "group/t") == table
    assert [scalar.value for scalar in reader.scalars("loss")] == [0.5]


def test_a_thousand_pictures_are_a_handful_of_files(run: Run) -> None:
    for step in range(1000):
        run.log({"img": Image(np.full((4, 4), step, np.uint16))})
    run.finish()
    assert len(open_run(run.dir).rows("img")) == 1000
    assert len([path for path in run.dir.rglob("*") if path.is_file()]) < 20


EVERYWHERE = """
import numpy as np, medialog_core
from medialog_core import Audio, Histogram, Html, Image, Molecule, Object3D, Table, Text, Video

run = medialog_core.init(dir="runs", sinks=["store", "tensorboard"])
mask = {"mask_data": np.eye(8, dtype=np.uint8)}
image = Image(np.zeros((8, 8, 3)), masks={"p": mask}, caption="c")
for step in range(3):
    run.log({
        "img": [image, image],
        "t": Table(columns=["img", "mesh"], data=[[image, Object3D(np.ones((9, 3)))]]),
        "clip": [Video(np.zeros((4, 16, 16, 3)), fps=4, format=f) for f in ("mp4", "webm", "gif")],
        "sound": Audio(np.zeros(800), sample_rate=8000),
        "molecule": Molecule.from_smiles("CCO"),
        "line": medialog_core.plot.line({"x": [1, 2], "y": [1, 2]}, "x", "y"),
        "h": Histogram([1.0, 2.0]),
        "page": Html("<p>x"),
        "text": Text("x" * 20_000),
        "loss": 0.5,
    })
run.finish()
"""


def test_nothing_is_written_outside_the_folder_of_runs(tmp_path: Path) -> None:
    homes = {name: tmp_path / name for name in ("HOME", "TMPDIR", "XDG_DATA_HOME", "work")}
    for home in homes.values():
        home.mkdir()
    taken = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    env = {**taken, **{name: str(home) for name, home in homes.items() if name != "work"}}
    env |= {"TEMP": str(homes["TMPDIR"]), "TMP": str(homes["TMPDIR"]), "MPLCONFIGDIR": "mpl"}
    subprocess.run([sys.executable, "-c", EVERYWHERE], cwd=homes["work"], env=env, check=True)
    written = {path.relative_to(tmp_path) for home in homes.values() for path in home.iterdir()}
    assert written == {Path("work/runs")}


# --- time and memory ------------------------------------------------------------------------------


def test_the_caller_encodes_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[str] = []
    write = png.encode

    def watched(*arguments: Any) -> bytes:
        threads.append(threading.current_thread().name)
        return write(*arguments)

    monkeypatch.setattr("medialog_core.png.encode", watched)
    run.log({"img": [Image(noise(8, 8)) for _ in range(4)]})
    run.log({"t": Table(columns=["img"], data=[[Image(noise(8, 8))]])})
    run.flush()
    assert len(threads) == 5
    assert threading.current_thread().name not in threads


def media_alive() -> int:
    gc.collect()
    return sum(type(thing) in (Image, Histogram, Table) for thing in gc.get_objects())


def log_media(run: Run) -> None:
    for step in range(5):
        table = Table(columns=["img"], data=[[Image(noise(9, 9))]])
        run.log({"img": Image(noise(64, 64)), "h": Histogram(noise(99)), "t": table}, step=step)


def test_what_was_written_is_held_by_nothing(run: Run) -> None:
    image = Image(noise(9, 9))
    before = media_alive()
    log_media(run)
    run.flush()
    assert media_alive() == before
    del image
    assert media_alive() == before - 1
