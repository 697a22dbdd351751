"""DETR-like outputs are drawn where Hugging Face's own post-processing puts them, or not at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import skimage.data
import torch
from transformers import (
    DeformableDetrImageProcessor,
    DetrImageProcessor,
    RTDetrImageProcessor,
    YolosConfig,
    YolosForObjectDetection,
    YolosImageProcessor,
)
from transformers.models.yolos.modeling_yolos import YolosObjectDetectionOutput

from medialog_core.capture import Capture
from medialog_core.capture.batch import Batch, split
from medialog_core.capture.datasets import DatasetFacts
from medialog_core.capture.follow import Follower
from medialog_core.capture.samples import Sample
from medialog_core.capture.showing.names import names_for
from medialog_core.capture.showing.overlays import overlay
from medialog_core.capture.tasks.evidence import Evidence, Reading, Unsure
from medialog_core.capture.tasks.recognise import recognise
from medialog_core.capture.torch.rows import of_step, parts_of, to_numpy_rows

HEIGHT, WIDTH = 24, 36
QUERIES, CLASSES = 30, 3
NAMES = {0: "cat", 1: "dog", 2: "fox"}
STATED = DatasetFacts(box_scores="softmax")


def output(outputs: int, seed: int = 0, count: int = 2) -> Any:
    """Make what a DETR puts out for some pictures; some of its queries are sure."""
    random = torch.Generator().manual_seed(seed)
    logits = 4 * torch.randn(count, QUERIES, outputs, generator=random) - 3
    return YolosObjectDetectionOutput(
        loss=torch.tensor(1.0),
        logits=logits,
        pred_boxes=torch.rand(count, QUERIES, 4, generator=random),
        last_hidden_state=torch.zeros(count, 5, 4),
    )


def truth(**more: Any) -> dict[str, Any]:
    boxes = torch.tensor([[0.5, 0.5, 0.5, 0.25], [0.25, 0.5, 0.5, 1.0]])
    return {"class_labels": torch.tensor([2, 0]), "boxes": boxes, **more}


def samples(labels: list[Any], *, padded: bool = False, channels: int = 3) -> list[Sample]:
    pictures = np.zeros((channels, HEIGHT, WIDTH), np.float32)
    kept = [{key: value.numpy() for key, value in row.items()} for row in labels]
    return [
        Sample(f"0/{i}", pictures, "", {"labels": row}, padded=padded) for i, row in enumerate(kept)
    ]


def evidence(found: Any) -> Evidence:
    [rows] = parts_of(found, 2, 2).values()
    return Evidence("call", "logits", to_numpy_rows(rows))


def read(found: Any, facts: DatasetFacts, **more: Any) -> Any:
    return recognise(
        more.pop("samples", samples([truth(), truth()])), [evidence(found)], {}, facts, **more
    )


def boxes_of(said: Any, name: str) -> list[Any]:
    return [
        (
            [box["position"][edge] for edge in ("minX", "minY", "maxX", "maxY")],
            box["class_id"],
            box.get("scores", {}).get("score"),
        )
        for box in said.boxes[name]["box_data"]
    ]


def hugging_faces(processor: Any, found: Any, size: tuple[int, int] = (HEIGHT, WIDTH)) -> Any:
    """Give Hugging Face's own answer."""
    return processor.post_process_object_detection(found, threshold=0.5, target_sizes=[size, size])


@pytest.mark.parametrize(
    ("processor", "scale", "outputs"),
    [
        (DetrImageProcessor, "softmax", CLASSES + 1),
        (YolosImageProcessor, "softmax", CLASSES + 1),
        (DeformableDetrImageProcessor, "sigmoid", CLASSES),
        (RTDetrImageProcessor, "sigmoid", CLASSES),
    ],
)
def test_boxes_classes_and_scores_are_hugging_faces(
    processor: Any, scale: Any, outputs: int
) -> None:
    found = output(outputs)
    chosen, reading = read(found, DatasetFacts(box_scores=scale))
    assert (reading.task, reading.scale, reading.target) == ("detection", scale, "labels")
    for row, expected in zip(chosen.rows, hugging_faces(processor(), found), strict=True):
        said = overlay(reading, truth(), row, NAMES, (HEIGHT, WIDTH))
        shown = sorted(boxes_of(said, "predictions"), key=lambda box: -box[2])
        order = expected["scores"].argsort(descending=True)
        assert 5 < len(shown) == len(order)
        assert [box[1] for box in shown] == expected["labels"][order].tolist()
        for box, k in zip(shown, order, strict=True):
            assert box[0] == pytest.approx(expected["boxes"][k].tolist(), abs=1e-3)
            assert box[2] == pytest.approx(float(expected["scores"][k]), rel=1e-5)


def test_the_truth_is_in_pixels_of_the_picture() -> None:
    _, reading = read(output(CLASSES + 1), STATED)
    said = overlay(reading, truth(), evidence(output(CLASSES + 1)).rows[0], NAMES, (HEIGHT, WIDTH))
    assert boxes_of(said, "ground_truth") == [
        ([9.0, 9.0, 27.0, 15.0], 2, None),
        ([0.0, 0.0, 18.0, 24.0], 0, None),
    ]
    assert [box["box_caption"] for box in said.boxes["ground_truth"]["box_data"]] == ["fox", "cat"]


def test_boxes_are_shares_of_the_part_that_is_no_padding() -> None:
    inner = truth(size=torch.tensor([12, 18]))
    seen = [{key: value.numpy() for key, value in inner.items()}] * 2
    chosen, reading = read(output(CLASSES + 1), STATED, samples=samples([inner, inner]))
    said = overlay(reading, seen[0], chosen.rows[0], NAMES, (HEIGHT, WIDTH))
    assert boxes_of(said, "ground_truth")[0][0] == [4.5, 4.5, 13.5, 7.5]
    expected = hugging_faces(DetrImageProcessor(), output(CLASSES + 1), (12, 18))[0]
    found = sorted(boxes_of(said, "predictions"), key=lambda box: -box[2])
    first = expected["boxes"][expected["scores"].argmax()]
    assert found[0][0] == pytest.approx(first.tolist(), abs=1e-3)


@pytest.mark.parametrize("together", [True, False])
def test_boxes_lie_on_what_they_were_drawn_around_however_pictures_were_padded(
    together: bool,
) -> None:
    """Hugging Face's processor changes boxes when it pads with annotations, and leaves them otherwise."""
    pictures = [skimage.data.astronaut()[:60, :80], skimage.data.astronaut()[:40, :100]]
    corners = [[8.0, 6.0, 40.0, 30.0], [50.0, 10.0, 90.0, 35.0]]
    annotations = [
        {"image_id": i, "annotations": [annotation(x0, y0, x1, y1)]}
        for i, (x0, y0, x1, y1) in enumerate(corners)
    ]
    processor = DetrImageProcessor(size={"shortest_edge": 40, "longest_edge": 100})
    if together:
        batch = processor(pictures, annotations=annotations, return_tensors="pt")
    else:
        alone = [
            processor(picture, annotations=row, return_tensors="pt")
            for picture, row in zip(pictures, annotations, strict=True)
        ]
        batch = {
            "pixel_values": stacked([each["pixel_values"][0] for each in alone]),
            "pixel_mask": stacked([each["pixel_mask"][0] for each in alone]),
            "labels": [each["labels"][0] for each in alone],
        }
    following = Follower(0, 2, {}, None)
    following.begin()
    assert following.look(0, split(batch, {}), lambda _: None) is not None
    assert [s.padded for s in following.samples] == [True, False]
    scaled = [[8 * 53 / 80, 4.0, 40 * 53 / 80, 20.0], corners[1]]
    for sample, expected in zip(following.samples, scaled, strict=True):
        row = evidence(output(2)).rows[0]
        reading = Reading("detection", "labels", "softmax")
        said = overlay(reading, sample.targets["labels"], row, {}, (40, 100))
        assert boxes_of(said, "ground_truth")[0][0] == pytest.approx(expected, abs=1e-3)


def stacked(parts: list[torch.Tensor]) -> torch.Tensor:
    """Pad to 40×100 at the right and below; processors of transformers 4 and 5 do it by other calls."""
    rooms = [(0, 100 - part.shape[-1], 0, 40 - part.shape[-2]) for part in parts]
    return torch.stack(
        [torch.nn.functional.pad(part, room) for part, room in zip(parts, rooms, strict=True)]
    )


def annotation(x0: float, y0: float, x1: float, y1: float) -> dict[str, Any]:
    box = [x0, y0, x1 - x0, y1 - y0]
    return {"bbox": box, "area": box[2] * box[3], "category_id": 0, "iscrowd": 0, "image_id": 0}


ODD: dict[str, tuple[Any, DatasetFacts, list[Sample]]] = {
    "softmax or sigmoid, nobody says": (output(4), DatasetFacts(), samples([truth()] * 2)),
    "as many outputs as classes": (output(3), DatasetFacts(NAMES), samples([truth()] * 2)),
    "names of the data set, no task": (
        output(4),
        DatasetFacts(("cat", "dog", "fox")),
        samples([truth()] * 2),
    ),
    "two classes short": (output(3), STATED, samples([truth()] * 2)),
    "boxes in pixels": (
        output(4),
        STATED,
        samples([truth(boxes=torch.tensor([[9.0, 9, 4, 4], [9, 9, 4, 4]]))] * 2),
    ),
    "a box without a class": (
        output(4),
        STATED,
        samples([truth(class_labels=torch.tensor([1]))] * 2),
    ),
    "padding, and no size": (output(4), STATED, samples([truth()] * 2, padded=True)),
    "a size beyond the picture": (
        output(4),
        STATED,
        samples([truth(size=torch.tensor([480, 640]))] * 2),
    ),
    "another task is stated": (
        output(4),
        DatasetFacts(box_scores="softmax", task="classification"),
        samples([truth()] * 2),
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_not_sure_is_not_drawn(name: str) -> None:
    found, facts, rows = ODD[name]
    assert isinstance(read(found, facts, samples=rows), Unsure)


@pytest.mark.parametrize(
    ("facts", "roles"),
    [
        (DatasetFacts(NAMES), {}),
        (DatasetFacts(("cat", "dog", "fox")), {"task": "detection"}),
        (DatasetFacts(("cat", "dog", "fox"), task="detection"), {}),
    ],
)
def test_one_output_more_than_classes_is_no_object(facts: DatasetFacts, roles: Any) -> None:
    found = recognise(samples([truth()] * 2), [evidence(output(4))], roles, facts)
    assert not isinstance(found, Unsure)
    assert found[1].scale == "softmax"


def test_a_picture_without_objects_has_no_boxes() -> None:
    empty = truth(boxes=torch.zeros(0, 4), class_labels=torch.zeros(0, dtype=torch.int64))
    chosen, reading = read(output(4), STATED, samples=samples([empty, truth()]))
    said = overlay(reading, empty, chosen.rows[0], {}, (HEIGHT, WIDTH))
    assert boxes_of(said, "ground_truth") == []


def test_scores_and_boxes_of_a_real_model_come_together() -> None:
    config = YolosConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        image_size=[32, 32],
        patch_size=8,
        num_detection_tokens=7,
        num_labels=CLASSES,
    )
    model = YolosForObjectDetection(config).eval()
    pixels = torch.tensor(skimage.data.astronaut()[None, :32, :32]).permute(0, 3, 1, 2) / 255
    with torch.no_grad():
        found = model(pixel_values=pixels.expand(2, 3, 32, 32))
    [(place, rows)] = parts_of(found, 2, 1).items()
    assert place == "logits"
    [row] = to_numpy_rows(rows)
    assert np.array_equal(row["logits"], found.logits[0].numpy())
    assert np.array_equal(row["pred_boxes"], found.pred_boxes[0].numpy())
    [returned] = of_step({"logits": found.logits, "pred_boxes": found.pred_boxes}, 2, 2, None)
    assert (returned.source, returned.place, len(returned.rows)) == ("named output", "logits", 2)


def test_the_models_names_are_taken_for_boxes() -> None:
    row = evidence(output(4)).rows[0]
    reading = Reading("detection", "labels", "softmax")
    assert names_for(reading, row, Capture(), DatasetFacts(NAMES)) == NAMES
    assert names_for(reading, row, Capture(), DatasetFacts({0: "cat", 3: "none"})) == {}
    assert names_for(reading, row, Capture(), DatasetFacts(("cat", "dog"))) == {}


def test_predictions_of_two_parts_are_followed_by_another_forward() -> None:
    batch = Batch(torch.zeros(2, 3, HEIGHT, WIDTH), {"labels": [truth(), truth()]})
    following = Follower(0, 2, {}, None)
    rows = evidence(output(4)).rows

    def forward(path: Any, _: Any) -> list[Evidence]:
        return [Evidence("forward", "logits", rows, module=str(path))]

    for round_ in range(2):
        following.begin()
        leading = following.look(0, batch, lambda _: None) if round_ == 0 else None
        if leading is not None:
            following.see(leading, [Evidence("call", "logits", rows, module=None)])
        found = following.predictions(forward, STATED)
        assert not isinstance(found, Unsure)
        assert found[0].source == ("call" if round_ == 0 else "forward")
