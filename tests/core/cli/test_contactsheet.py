"""Contact sheets show each sample in its column, truth and prediction where they belong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image

import medialog_core
from medialog_core import Image, RunReader, open_run
from medialog_core.cli import cells, contactsheet
from medialog_core.drawing import palette

KEY = "val/predictions"


def run_of(folder: Path, *steps: Sequence[Any]) -> RunReader:
    with medialog_core.init("sheets", "first", dir=folder, id="run") as run:
        for step, values in enumerate(steps):
            run.log({KEY: list(values)}, step=step)
    return open_run(run.dir)


def grey(level: int, sample: int, **notes: Any) -> Image:
    return Image(np.full((64, 64), level, np.uint8), sample_id=f"0/{sample}", **notes)


def masked(truth: int, answer: int, sample: int) -> Image:
    sets = {"ground_truth": truth, "predictions": answer}
    names = {0: "background", 1: "one", 2: "two"}
    masks = {
        name: {"mask_data": np.full((64, 64), value, np.uint8), "class_labels": names}
        for name, value in sets.items()
    }
    return grey(100, sample, masks=masks)


def sheet_of(run: RunReader) -> Any:
    sheet = contactsheet.draw(run, KEY)
    assert sheet is not None
    return np.asarray(sheet)


def middles(sheet: Any, x: int) -> list[tuple[int, ...]]:
    """Give the colours of the pictures in a column, from the top."""
    column = [tuple(int(v) for v in pixel) for pixel in sheet[:, x]]
    runs = [colour for i, colour in enumerate(column) if column[i : i + 100] == [colour] * 100]
    return [c for i, c in enumerate(runs) if c != (255, 255, 255) and (not i or runs[i - 1] != c)]


def blend(class_id: int) -> tuple[int, ...]:
    return tuple((v + 100) // 2 for v in palette.colour(class_id))


def test_masks_lie_below_one_another_with_the_truth_on_top(tmp_path: Path) -> None:
    run = run_of(tmp_path, [masked(1, 2, 0), masked(2, 1, 1)], [masked(1, 1, 0), masked(2, 2, 1)])
    sheet = sheet_of(run)
    first, second = contactsheet._LEFT + 64, contactsheet._LEFT + 64 + 136
    near = [middles(sheet, x) for x in (first, second)]
    expected = [[None, 1, 2, 1], [None, 2, 1, 2]]
    for seen, classes in zip(near, expected, strict=True):
        wanted = [(100,) * 3 if c is None else blend(c) for c in classes]
        assert np.abs(np.array(seen) - wanted).max() <= 1


def test_a_sample_keeps_its_column_where_another_is_missing(tmp_path: Path) -> None:
    run = run_of(tmp_path, [masked(1, 2, 0), masked(2, 1, 1)], [masked(2, 2, 1)])
    seen = middles(sheet_of(run), contactsheet._LEFT + 64 + 136)
    assert np.abs(np.array(seen[-1]) - blend(2)).max() <= 1
    assert len(middles(sheet_of(run), contactsheet._LEFT + 64)) == 3


def colours_in(picture: PIL.Image.Image) -> set[tuple[int, ...]]:
    found = picture.getcolors(100_000)
    assert found is not None
    return {colour for _, colour in found if isinstance(colour, tuple)}


def label(truth: str, prediction: str, score: float | None = None) -> dict[str, Any]:
    return {"truth": truth, "prediction": prediction, "score": score}


def test_right_words_are_green_and_wrong_ones_red() -> None:
    for said, colour in (
        (label("cat", "cat", 0.9), cells.RIGHT),
        (label("cat", "dog", 0.9), cells.WRONG),
        (label("3, 7", "3 (0.91), 7 (0.80)"), cells.RIGHT),
        (label("3, 7", "3 (0.91)"), cells.WRONG),
    ):
        assert colour in colours_in(cells.prediction_of(grey(100, 0, label=said)).picture)


def test_numbers_are_neither_right_nor_wrong() -> None:
    image = grey(100, 0, label=label("1.5", "1.4"), scores={"squared_error": 0.01})
    seen = colours_in(cells.prediction_of(image).picture)
    assert cells.INK in seen
    assert not {cells.RIGHT, cells.WRONG} & seen


def test_boxes_that_are_unsure_are_not_drawn() -> None:
    def box(class_id: int, score: float) -> dict[str, Any]:
        at = {"minX": 0.1, "maxX": 0.9, "minY": 0.1, "maxY": 0.9}
        return {"position": at, "class_id": class_id, "scores": {"score": score}}

    found = {"box_data": [box(1, 0.9), box(2, 0.4)], "class_labels": {1: "one", 2: "two"}}
    cell = cells.prediction_of(grey(100, 0, boxes={"predictions": found}))
    assert cell.classes == {1: "one"}
    assert palette.colour(1) in colours_in(cell.picture)
    assert palette.colour(2) not in colours_in(cell.picture)


def test_samples_that_have_no_room_are_counted(tmp_path: Path) -> None:
    wide = [Image(np.zeros((20, 400), np.uint8), sample_id=f"0/{i}") for i in range(5)]
    run = run_of(tmp_path, wide)
    images = {str(i): image for i, image in enumerate(wide)}
    shown = contactsheet._fitting(images)
    assert len(shown) < 5
    assert contactsheet._note(images, len(shown)) == f"{len(shown)} of 5 samples"
    assert sheet_of(run).shape[1] <= contactsheet.WIDTH + contactsheet._MARGIN


def test_small_pictures_are_enlarged_by_whole_factors() -> None:
    picture, factor = cells.fitted(Image(np.eye(8, dtype=np.uint8) * 255))
    assert (picture.size, factor) == ((136, 136), 17)
    assert cells.fitted(Image(np.zeros((1000, 500), np.uint8)))[0].height < 200


def test_what_is_no_image_has_no_sheet(tmp_path: Path) -> None:
    assert (
        contactsheet.draw(run_of(tmp_path, [medialog_core.Text("a"), medialog_core.Text("b")]), KEY)
        is None
    )


def test_the_name_of_a_line_lies_beside_its_cells_however_long_it_is() -> None:
    name = "a framework of many words"
    cell = cells.Cell(PIL.Image.new("RGB", (64, 64), (1, 200, 2)), {})
    drawn = contactsheet.Sheet([contactsheet.Line(name, "", {"0/0": cell})], {"0/0": 64}).drawn(
        "", ""
    )
    pixels = np.asarray(drawn)
    green = np.nonzero((pixels == (1, 200, 2)).all(axis=2))
    ink = np.nonzero((pixels[green[0].min() :] == cells.INK).all(axis=2))
    assert len(green[1]) == 64 * 64
    assert 100 < ink[1].max() < green[1].min()
