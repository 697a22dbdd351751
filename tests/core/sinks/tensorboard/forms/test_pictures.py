"""What is drawn, pixel by pixel."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PilImage

from medialog_core import Image, codecs
from medialog_core.drawing import overlays, palette
from medialog_core.drawing.lettering import Lettering
from medialog_core.payload import Payload
from medialog_core.schema import ImageMeta, Label
from medialog_core.sinks.tensorboard.forms import pictures

Pixels = NDArray[np.uint8]
GREY, SIZE = 100, 256


def canvas(height: int = SIZE, width: int = SIZE) -> Pixels:
    return np.full((height, width, 3), GREY, np.uint8)


def encoded(image: Image) -> tuple[Payload, ImageMeta]:
    [payload] = codecs.encode([image])
    assert isinstance(payload.meta, ImageMeta)
    return payload, payload.meta


def picture(image: Image) -> Pixels:
    """Give the picture that TensorBoard shows, its size checked."""
    shown = pictures.render(*encoded(image))
    array = np.asarray(PilImage.open(io.BytesIO(shown.data)))
    assert (shown.height, shown.width) == array.shape[:2]
    return array


def panels(image: Image, n: int = 1, side: int = SIZE) -> list[Pixels]:
    """Give the panels without their titles."""
    sheet = picture(image)
    letters = Lettering(max(pictures.SMALLEST_PX, round(n * side / pictures.LETTERS_ACROSS)))
    top, step = letters.line_height, side + letters.size // 2
    return [sheet[top : top + side, i * step : i * step + side] for i in range(n)]


def blend(class_id: int) -> list[float]:
    return [(GREY + channel) / 2 for channel in palette.colour(class_id)]


def mask_image(
    ids: NDArray[Any], labels: dict[int, str] | None = None, name: str = "predictions"
) -> Image:
    return Image(
        canvas(), masks={name: {"mask_data": ids, **({"class_labels": labels} if labels else {})}}
    )


def box_image(*boxes: dict[str, Any], name: str = "predictions", side: int = SIZE) -> Image:
    data = {"box_data": list(boxes), "class_labels": {1: "cat", 2: "dog"}}
    return Image(canvas(side, side), boxes={name: data})


def box(
    x: tuple[float, float], y: tuple[float, float], domain: str | None = "pixel", **more: Any
) -> dict[str, Any]:
    position = {"minX": x[0], "maxX": x[1], "minY": y[0], "maxY": y[1]}
    return {"position": position, "class_id": 1, **({"domain": domain} if domain else {}), **more}


# --- the user's own bytes -------------------------------------------------------------------------


def test_a_bare_png_is_shown_byte_for_byte() -> None:
    payload, meta = encoded(Image(canvas()))
    [blob] = payload.blobs
    assert pictures.render(payload, meta).data == blob.data  # type: ignore[union-attr]


def test_a_bare_jpeg_file_is_shown_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    PilImage.fromarray(canvas()).save(path)
    assert pictures.render(*encoded(Image(str(path)))).data == path.read_bytes()


@pytest.mark.parametrize("ending", ["webp", "bmp"])
def test_what_tensorboard_cannot_show_becomes_png(tmp_path: Path, ending: str) -> None:
    array = np.random.default_rng(0).integers(0, 255, (9, 7, 3), np.uint8)
    path = tmp_path / f"x.{ending}"
    PilImage.fromarray(array).save(path, lossless=True)
    shown = pictures.render(*encoded(Image(str(path))))
    assert shown.data.startswith(b"\x89PNG")
    assert np.array_equal(np.asarray(PilImage.open(io.BytesIO(shown.data))), array)


# --- masks ----------------------------------------------------------------------------------------


def test_a_mask_is_blended_inside_and_nothing_is_changed_outside() -> None:
    ids = np.zeros((SIZE, SIZE), int)
    ids[20:40, 50:90] = 2
    [panel] = panels(mask_image(ids))
    inside = np.zeros((SIZE, SIZE), bool)
    inside[20:40, 50:90] = True
    assert np.abs(panel[inside] - np.array(blend(2))).max() <= 1
    assert (panel[~inside] == GREY).all()


@pytest.mark.parametrize(
    ("labels", "expected"),
    [(None, [GREY] * 3), ({0: "Background", 1: "a"}, [GREY] * 3), ({0: "road", 1: "a"}, blend(0))],
)
def test_class_0_is_drawn_unless_it_is_the_background(
    labels: dict[int, str] | None, expected: list[float]
) -> None:
    [panel] = panels(mask_image(np.zeros((SIZE, SIZE), int), labels))
    assert np.abs(panel - np.array(expected)).max() <= 1


def test_instance_ids_above_255_are_drawn() -> None:
    [panel] = panels(mask_image(np.full((SIZE, SIZE), 40_000)))
    assert np.abs(panel - np.array(blend(40_000))).max() <= 1


def test_what_is_ignored_is_grey() -> None:
    panel = PilImage.fromarray(canvas())
    ids = np.full((SIZE, SIZE), palette.IGNORED, np.uint16)
    assert overlays.draw_mask(panel, ids, {}) == [palette.IGNORED]
    assert np.abs(np.asarray(panel) - (GREY + 128) / 2).max() <= 1


# --- boxes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y", "domain"),
    [((64, 192), (100, 228), "pixel"), ((0.25, 0.75), (100 / 256, 228 / 256), None)],
)
def test_an_outline_lies_exactly_on_the_boxs_own_pixels(
    x: tuple[float, float], y: tuple[float, float], domain: str | None
) -> None:
    [panel] = panels(box_image(box(x, y, domain, box_caption="")))
    colour, line = palette.colour(1), 2
    expected = np.full((SIZE, SIZE), fill_value=False)
    expected[100:228, 64:192] = True
    expected[100 + line : 228 - line, 64 + line : 192 - line] = False
    assert np.array_equal((panel == colour).all(-1), expected)
    assert (panel[~expected] == GREY).all()


def test_a_box_of_a_small_image_is_enlarged_with_it() -> None:
    [panel] = panels(box_image(box((8, 16), (4, 12), box_caption=""), side=32), side=256)
    marked = (panel == palette.colour(1)).all(-1)
    rows, columns = np.nonzero(marked)
    assert (columns.min(), columns.max() + 1, rows.min(), rows.max() + 1) == (64, 128, 32, 96)


def test_a_box_that_reaches_outside_has_no_edge_at_the_border() -> None:
    [panel] = panels(box_image(box((-1e12, 100), (50, 1e12), box_caption="")))
    marked = (panel == palette.colour(1)).all(-1)
    assert marked[50, :100].all()
    assert marked[50:, 99].all()
    assert not marked[60:, :90].any()


def test_name_and_score_stand_above_the_box_in_its_colour() -> None:
    [panel] = panels(box_image(box((64, 192), (100, 228), scores={"acc": 0.75})))
    letters = Lettering(pictures.SMALLEST_PX).smaller()
    label = panel[
        100 - letters.line_height : 100, 64 : 64 + letters.width("cat 0.75") + letters.size // 2
    ]
    assert (label[0] == palette.colour(1)).all()
    assert (label > 200).all(-1).any()
    assert (panel[: 100 - letters.line_height] == GREY).all()


def test_a_box_at_the_top_has_its_name_inside() -> None:
    [panel] = panels(box_image(box((64, 192), (0, 128))))
    letters = Lettering(pictures.SMALLEST_PX).smaller()
    assert (panel[letters.line_height // 2, 65] == palette.colour(1)).all()


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({}, "cat"),
        ({"scores": {"acc": 0.754}}, "cat 0.75"),
        ({"scores": {"acc": 0.5, "iou": float("nan")}}, "cat acc 0.50 iou nan"),
        ({"box_caption": "mine", "scores": {"acc": 0.5}}, "mine"),
        ({"class_id": 9}, "class_9"),
    ],
)
def test_what_is_written_at_a_box(
    more: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(Lettering, "draw", lambda *arguments: written.append(arguments[3]))
    picture(box_image(box((64, 192), (100, 228), **more)))
    assert name in written


def names_of(image: Image, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    written: list[str] = []
    monkeypatch.setattr(Lettering, "draw", lambda *arguments: written.append(arguments[3]))
    picture(image)
    return written


def test_names_that_would_hide_other_boxes_are_left_out_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    close = [
        box((x, x + 16), (y, y + 16), scores={"acc": 0.5})
        for x in range(0, 240, 20)
        for y in range(0, 240, 20)
    ]
    written = names_of(box_image(*close), monkeypatch)
    named = written.count("cat 0.50")
    assert f"no room for the names of {len(close) - named} boxes" in written
    assert named < len(close) / 4


def test_names_of_boxes_at_one_place_stand_above_in_and_below_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alike = [box((64, 192), (100, 200), box_caption=name) for name in "abcd"]
    written = names_of(box_image(*alike), monkeypatch)
    assert [name for name in written if len(name) == 1] == ["a", "b", "c"]
    assert "no room for the names of 1 box" in written


def test_the_name_of_a_small_box_at_the_top_stands_below_it() -> None:
    [panel] = panels(box_image(box((64, 80), (0, 10))))
    assert (panel[12, 65] == palette.colour(1)).all()
    assert (panel[4, 70] == GREY).all()


# --- the sheet ------------------------------------------------------------------------------------


def test_truth_is_left_and_prediction_right() -> None:
    ids = np.zeros((SIZE, SIZE), int)
    ids[:, :128] = 1
    masks = {"predictions": {"mask_data": ids * 2}, "ground_truth": {"mask_data": ids}}
    truth, prediction = panels(Image(canvas(), masks=masks), 2)
    assert np.abs(truth[5, 5] - np.array(blend(1))).max() <= 1
    assert np.abs(prediction[5, 5] - np.array(blend(2))).max() <= 1
    assert (truth[5, 200] == GREY).all()
    assert (prediction[5, 200] == GREY).all()


def test_masks_and_boxes_of_one_set_share_a_panel() -> None:
    ids = np.ones((SIZE, SIZE), int)
    image = Image(
        canvas(),
        masks={"predictions": {"mask_data": ids}},
        boxes={"predictions": {"box_data": [box((64, 192), (100, 228), class_id=2)]}},
    )
    [panel] = panels(image)
    assert np.abs(panel[5, 5] - np.array(blend(1))).max() <= 1
    assert (panel[120, 64] == palette.colour(2)).all()


def test_every_class_that_occurs_has_its_swatch_below() -> None:
    ids = np.zeros((SIZE, SIZE), int)
    ids[:9], ids[9:12] = 1, 2
    sheet = picture(mask_image(ids, {0: "background", 1: "cat", 2: "dog", 3: "not here"}))
    below = sheet[SIZE + Lettering(pictures.SMALLEST_PX).line_height :]
    swatches = [(below == palette.colour(i)).all(-1).any() for i in range(4)]
    assert swatches == [False, True, True, False]


def test_swatches_stand_by_id_whichever_area_is_larger() -> None:
    for share in (64, 192):
        ids = np.ones((SIZE, SIZE), np.uint8)
        ids[:share] = 2
        legend = picture(mask_image(ids, {1: "nucleus", 2: "stained"}))[SIZE:]
        left = [
            np.nonzero((legend == palette.colour(class_id)).all(axis=2))[1].min()
            for class_id in (1, 2)
        ]
        assert left[0] < left[1]


def test_many_sets_stand_in_rows_of_three() -> None:
    masks = {f"set{i}": {"mask_data": np.ones((SIZE, SIZE), int)} for i in range(4)}
    sheet = picture(Image(canvas(), masks=masks))
    assert 3 * SIZE <= sheet.shape[1] < 4 * SIZE
    assert sheet.shape[0] > 2 * SIZE


def test_a_caption_stands_below_the_untouched_pixels() -> None:
    sheet = picture(Image(canvas(), caption="a caption " * 20))
    assert (sheet[:SIZE] == GREY).all()
    assert (sheet[SIZE:] < 60).all(-1).any()
    assert (sheet[SIZE:, -3:] > 200).all()


def test_a_very_long_caption_says_how_much_of_it_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[str] = []
    monkeypatch.setattr(Lettering, "draw", lambda *arguments: written.append(arguments[3]))
    picture(Image(canvas(), caption="x" * 5000))
    assert " ".join(written).endswith("... and 4,400 more characters")


def test_a_small_captioned_image_is_enlarged_by_a_whole_factor() -> None:
    small = np.random.default_rng(0).integers(0, 255, (28, 28), np.uint8)
    sheet = picture(Image(small, caption="7"))
    large = np.kron(small, np.ones((9, 9), np.uint8))
    assert np.array_equal(sheet[:252, :252], np.stack([large] * 3, -1))


def test_a_label_is_written_where_there_is_no_caption() -> None:
    payload, meta = encoded(Image(canvas()))
    meta.label, meta.scores = Label("7", "1", 0.62), {"loss": 2.0}
    assert list(pictures.text_lines(payload, meta)) == ["7 -> 1 (0.62)", "loss 2"]
    payload.caption = "mine"
    assert list(pictures.text_lines(payload, meta)) == ["mine", "loss 2"]


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.full((256, 256), 0x8081, np.uint16), 0x80),
        (np.full((256, 256), 200, np.uint8), 200),
        (np.full((256, 256, 4), (0, 0, 0, 0), np.uint8), 255),
        (np.full((256, 256, 3), 0x8081, np.uint16), 0x80),
    ],
)
def test_every_pixel_format_can_bear_text(array: NDArray[Any], expected: int) -> None:
    sheet = picture(Image(array, caption="x"))
    assert (sheet[:256, :256] == expected).all()


def test_a_tiny_or_thin_image_has_room_for_its_text() -> None:
    for height, width in ((1, 1), (1, 300), (300, 1)):
        assert (
            picture(Image(np.zeros((height, width), np.uint8), caption="some words")).shape[1]
            >= 256
        )


def test_a_set_that_was_logged_empty_has_an_empty_panel() -> None:
    image = Image(canvas(), masks={"predictions": {}})
    [panel] = panels(image)
    assert np.array_equal(panel, canvas())


@pytest.mark.parametrize("caption", [None, "a caption"])
@pytest.mark.parametrize(
    ("grey", "expected"),
    [
        (np.linspace(0, 1, SIZE, dtype=np.float32), [0, 255]),
        (np.linspace(-1, 1, SIZE, dtype=np.float32), [0, 255]),
        (np.linspace(0, 100, SIZE, dtype=np.float32), [0, 100]),
        (np.array([np.nan, *[0.5] * (SIZE - 2), np.inf], np.float32), [0, 0]),
        (np.linspace(0, 65_535, SIZE).astype(np.int32), [0, 255]),
    ],
)
def test_files_of_other_numbers_are_not_cut_to_black_or_white(
    tmp_path: Path, grey: NDArray[Any], expected: list[int], caption: str | None
) -> None:
    path = tmp_path / "grey.tif"
    PilImage.fromarray(np.tile(grey, (SIZE, 1))).save(path)
    shown = np.asarray(picture(Image(path, caption=caption)))
    top = shown[0] >> 8 if shown.dtype == np.uint16 else shown[0]
    assert [int(top.reshape(SIZE, -1)[i, 0]) for i in (0, SIZE - 1)] == expected
