"""What is said of one sample: words, masks, boxes; nothing that can't be drawn is passed on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from medialog_core.capture import Capture
from medialog_core.capture.datasets import DatasetFacts
from medialog_core.capture.samples import Sample
from medialog_core.capture.showing.detections import box_set
from medialog_core.capture.showing.names import names_for
from medialog_core.capture.showing.overlays import overlay
from medialog_core.capture.showing.pixels import decide_look
from medialog_core.capture.showing.predictions import pictures_of, raw_table, table_of
from medialog_core.capture.tasks.evidence import Evidence, Reading

SIZE = (6, 8)
LOGITS = np.random.default_rng(0).normal(size=(4, 3, 4)).astype(np.float32)


def test_low_maps_are_resized_before_the_highest_is_taken() -> None:
    truth = np.zeros(SIZE, np.int64)
    said = overlay(Reading("segmentation", 1, "softmax"), truth, LOGITS, {}, SIZE)
    full = torch.nn.functional.interpolate(torch.tensor(LOGITS)[None], SIZE, mode="bilinear")
    assert np.array_equal(said.masks["predictions"].to_numpy(), full[0].argmax(0).numpy())


@pytest.mark.parametrize(("ignored", "index"), [(-100, None), (-1, None), (255, 255)])
def test_ids_that_do_not_count_are_named_so(ignored: int, index: int | None) -> None:
    truth = np.ones(SIZE, np.int64)
    truth[0, :4] = ignored
    reading = Reading("segmentation", 1, "ids", ignore_index=index)
    said = overlay(reading, truth, np.ones(SIZE, np.int64), {1: "road"}, SIZE)
    mask = said.masks["ground_truth"]
    assert (mask.to_numpy() == 65535).sum() == 4
    assert mask.class_labels == {"1": "road", "65535": "ignored"}
    assert said.scores["pixel_accuracy"] == 1.0


def test_a_binary_map_is_thresholded() -> None:
    scores = LOGITS[0]
    said = overlay(
        Reading("binary segmentation", 1, "sigmoid"), scores > 9, scores, {}, scores.shape
    )
    assert np.array_equal(said.masks["predictions"].to_numpy(), (scores >= 0).astype(np.uint8))
    assert not said.masks["ground_truth"].to_numpy().any()


def test_an_ignored_class_is_no_truth() -> None:
    said = overlay(
        Reading("classification", 1, "softmax"), np.array(-100), LOGITS[:, 0, 0], {}, SIZE
    )
    assert said.caption is not None
    assert said.caption.startswith("ignored → ")
    assert said.scores == {}


@pytest.mark.parametrize("channel", [(), (1,)])
def test_ids_as_floats_are_masks_too(channel: tuple[int, ...]) -> None:
    truth = np.arange(48).reshape(*channel, *SIZE) % 4
    reading = Reading("segmentation", 1, "probabilities", "categorical_crossentropy")
    said = overlay(reading, truth.astype(np.float32), LOGITS, {}, SIZE)
    assert np.array_equal(said.masks["ground_truth"].to_numpy(), truth.reshape(SIZE))
    found = said.masks["predictions"].to_numpy()
    assert said.scores["pixel_accuracy"] == (found == truth.reshape(SIZE)).mean()
    assert set(said.scores) == {"pixel_accuracy", "mean_iou"}


def test_labels_and_one_label_have_a_loss_of_their_own() -> None:
    row, truth = np.array([2.0, -1.0, 0.5], np.float32), np.array([1.0, 1.0, 0.0], np.float32)
    several = overlay(Reading("multi-label", 1, "sigmoid"), truth, row, {}, SIZE)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(
        torch.tensor(row), torch.tensor(truth)
    )
    assert several.scores == {"binary_cross_entropy": pytest.approx(float(expected))}
    one = overlay(Reading("binary", 1, "probabilities"), np.array([1]), np.array([0.25]), {}, SIZE)
    assert one.scores == {"binary_cross_entropy": pytest.approx(-np.log(0.25))}
    ignored = overlay(Reading("binary", 1, "sigmoid"), np.array(-1), row[:1], {}, SIZE)
    ids = overlay(Reading("multi-label", 1, "ids"), truth, truth.astype(bool), {}, SIZE)
    assert (ignored.scores, ids.scores) == ({}, {})
    reading = Reading("classification", 1, "softmax", ignore_index=2)
    assert overlay(reading, np.array(2), LOGITS[:, 0, 0], {}, SIZE).scores == {}


def test_shares_of_classes_have_the_loss_that_torch_gives_them() -> None:
    row, truth = LOGITS[:, 0, 0], np.array([0.1, 0.6, 0.3, 0.0], np.float32)
    said = overlay(Reading("classification", 1, "softmax"), truth, row, {}, SIZE)
    expected = torch.nn.functional.cross_entropy(torch.tensor(row), torch.tensor(truth))
    assert said.truth == "1"
    assert said.scores == {"cross_entropy": pytest.approx(float(expected), rel=1e-5)}


def test_a_score_that_is_not_finite_stays_one() -> None:
    said = overlay(
        Reading("classification", 1, "softmax"), np.array(0), np.array([np.nan, 1.0]), {}, SIZE
    )
    assert said.caption == "0 → 0 (nan)"


def test_boxes_that_cannot_be_drawn_are_left_out_and_counted() -> None:
    boxes = [
        [1, 1, 5, 5],
        [np.nan, 1, 5, 5],
        [1, 1, np.inf, 5],
        [5, 1, 1, 5],
        [20, 1, 25, 5],
        [-9, -9, 0, 0],
        [-2, 1, 5, 50],
    ]
    found = {"boxes": np.array(boxes), "labels": np.arange(7), "scores": np.linspace(0, 1, 7)}
    shown, left_out = box_set(found, {0: "cat"}, width=8, height=6)
    assert left_out == 5
    assert [box["class_id"] for box in shown["box_data"]] == [0, 6]
    assert shown["box_data"][0]["box_caption"] == "cat 0.00"
    assert shown["class_labels"] == {0: "cat"}


def test_no_boxes_are_an_empty_set() -> None:
    assert box_set({"boxes": np.zeros((0, 4)), "labels": np.zeros(0)}, {}, 8, 6) == (
        {"box_data": []},
        0,
    )


FACTS = DatasetFacts(classes=("a", "b", "c", "d"))


@pytest.mark.parametrize(
    ("task", "prediction", "known"),
    [
        ("classification", np.zeros(4, np.float32), True),
        ("classification", np.zeros(5, np.float32), False),
        ("classification", np.array(3), False),
        ("segmentation", np.zeros((4, 6, 8), np.float32), True),
        ("binary", np.zeros(1, np.float32), False),
        ("detection", {}, False),
    ],
)
def test_a_data_sets_names_are_taken_where_they_surely_belong(
    task: str, prediction: Any, known: bool
) -> None:
    assert bool(names_for(Reading(task, 1), prediction, Capture(), FACTS)) is known


@pytest.mark.parametrize(
    ("task", "prediction", "classes", "known"),
    [
        ("classification", np.zeros(8, np.float32), {0: "cat", 7: "dog"}, True),
        ("classification", np.array(3), {0: "cat", 7: "dog"}, True),
        ("segmentation", np.zeros((7, 6, 8), np.float32), {0: "cat", 7: "dog"}, False),
        ("binary", np.zeros(1, np.float32), {0: "no", 1: "yes"}, True),
        ("binary", np.zeros(1, np.float32), {0: "LABEL_0"}, False),
    ],
)
def test_a_models_names_may_leave_ids_out_but_not_go_beyond_its_outputs(
    task: str, prediction: Any, classes: Any, known: bool
) -> None:
    found = names_for(Reading(task, 1), prediction, Capture(), DatasetFacts(classes))
    assert found == (classes if known else {})


def test_given_names_are_taken_always() -> None:
    assert names_for(Reading("detection", 1), {}, Capture(class_labels=["x"]), FACTS) == {0: "x"}


def test_names_with_a_background_belong_to_detections() -> None:
    facts = DatasetFacts(classes=("__background__", "person"))
    assert names_for(Reading("detection", 1), {}, Capture(), facts) == {
        0: "__background__",
        1: "person",
    }


def sample(values: Any, **targets: Any) -> Sample:
    return Sample("0/3", np.asarray(values, np.float32), "", dict(targets))


def test_inputs_that_are_no_pictures_come_as_a_table() -> None:
    one = sample(np.zeros(5), y=np.array(1))
    found = (
        Evidence("call", 0, [np.array([0.0, 2.0], np.float32)]),
        Reading("classification", "y", "softmax"),
    )
    table = table_of([one], found, {0: "no", 1: "yes"})
    assert table.columns == ["sample", "input", "truth", "prediction", "score", "cross_entropy"]
    loss = pytest.approx(0.1269, abs=1e-4)
    assert table.data == [["0/3", [0] * 5, "yes", "yes", pytest.approx(0.8808, abs=1e-4), loss]]


def test_what_is_not_understood_is_shown_as_it_is() -> None:
    one = sample(np.zeros(100), y=np.array([1, 2]), name="x")
    table = raw_table([one], Evidence("call", 0, [np.array([0.5, 2.0])]), None)
    assert table.data == [["0/3", "float32[100]", [0.5, 2.0], {"y": [1, 2], "name": "x"}]]


def test_boxes_left_out_are_counted_over_all_pictures() -> None:
    boxes = {"boxes": np.array([[np.nan] * 4, [1, 1, 3, 3]]), "labels": np.array([1, 1])}
    samples = [sample(np.zeros((3, 6, 8)), y=boxes) for _ in range(2)]
    found = Evidence("call", 0, [boxes, boxes]), Reading("detection", "y")
    images, left_out = pictures_of(samples, found, {}, decide_look([samples[0].input]))
    assert left_out == 4
    assert [len(image.boxes["predictions"].box_data) for image in images] == [1, 1]
