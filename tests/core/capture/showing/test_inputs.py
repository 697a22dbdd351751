"""Inputs are shown as what they are: grey pictures, sounds, texts; a sequence never is a picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import skimage.data
import sklearn.datasets

from medialog_core.capture import Capture
from medialog_core.capture.batch import Batch, is_picture, split
from medialog_core.capture.datasets import DatasetFacts
from medialog_core.capture.follow import Follower
from medialog_core.capture.predict import Predictions
from medialog_core.capture.session import Session
from medialog_core.capture.showing.inputs import input_rows, media_of, sound_of, text_of
from medialog_core.capture.tasks.evidence import Evidence
from medialog_core.media.clips.audio import Audio
from medialog_core.media.tables.table import Table

RNG = np.random.default_rng(0)
DIGITS = sklearn.datasets.load_digits().images[:6]
PHOTOS = np.stack([skimage.data.camera()[40 * i : 40 * i + 12, :16] for i in range(6)])
RATE = 8000
TONES = np.sin(np.arange(400) * np.linspace(0.1, 0.4, 6)[:, None]).astype(np.float32)
WORDS = ["[pad]", "a", "cat", "dog", "sat"]
TOKENS = np.array([[1, 2, 4, 0], [1, 3, 0, 0], [1, 3, 4, 0]])
SPOKEN = DatasetFacts(sample_rate=RATE)


def decode(ids: Any) -> str:
    return " ".join(WORDS[i] for i in ids if i)


WRITTEN = DatasetFacts(decode=decode)


@pytest.mark.parametrize(
    ("inputs", "yes"),
    [
        (PHOTOS, True),
        (PHOTOS / 255, True),
        ((PHOTOS / 255).astype(np.float32), True),
        (PHOTOS[:, :7], False),
        (PHOTOS.astype(np.int64), False),
        (PHOTOS.astype(np.float32), False),
        ((PHOTOS > 100).astype(np.uint8), False),
        (np.eye(16, dtype=np.float32)[RNG.integers(0, 16, (6, 12))], False),
        (RNG.random((6, 12, 16)).astype(np.float32), False),
        (RNG.normal(size=(6, 12, 16)), False),
        (np.full((6, 12, 16), np.nan), False),
        (np.full((6, 12, 16), np.finfo(np.float32).max, np.float32), False),
        (DIGITS, False),
        (PHOTOS[:0], False),
        ({"a": PHOTOS}, False),
    ],
)
def test_only_sure_grey_pictures_get_a_channel(inputs: Any, yes: bool) -> None:
    first = input_rows(inputs, 4)
    assert is_picture(first) is yes
    if yes:
        assert np.array_equal(np.stack(first), inputs[:4, None])


def test_a_sound_is_its_samples() -> None:
    sound = sound_of(TONES[1], SPOKEN, "0/1")
    assert sound is not None
    assert (sound.sample_rate, sound.channels, sound.sample_id) == (RATE, 1, "0/1")
    assert np.abs(sound.to_numpy()[:, 0] / 2**31 - TONES[1]).max() < 1e-6


def test_a_normalised_sound_is_scaled_to_its_peak_and_says_so() -> None:
    sound = sound_of(TONES[1] * 4, SPOKEN)
    assert sound is not None
    assert np.abs(sound.to_numpy()[:, 0] / 2**31 - TONES[1] / np.abs(TONES[1]).max()).max() < 1e-6
    assert sound.caption is not None
    assert sound.caption.startswith("scaled by 1/4")


@pytest.mark.parametrize(
    ("row", "facts"),
    [
        (TONES[0], DatasetFacts()),
        (TONES, SPOKEN),
        (TOKENS[0], SPOKEN),
        (np.float32(0.5), SPOKEN),
        (np.zeros((3, 8, 8), np.float32), SPOKEN),
        (np.zeros((0, 400), np.float32), SPOKEN),
    ],
)
def test_other_numbers_are_no_sound(row: Any, facts: DatasetFacts) -> None:
    assert sound_of(np.asarray(row), facts) is None


@pytest.mark.parametrize("row", [np.stack([TONES[0]] * 2), np.stack([TONES[0]] * 2, 1), TONES[:1]])
def test_one_and_two_channels_are_a_sound(row: Any) -> None:
    sound = sound_of(row, SPOKEN)
    assert sound is not None
    assert (sound.frames, sound.channels) == (400, min(row.shape))


@pytest.mark.parametrize(
    ("row", "facts", "text"),
    [
        (TOKENS[0], WRITTEN, "a cat sat"),
        (TOKENS[0], DatasetFacts(), None),
        (TOKENS, WRITTEN, None),
        (TOKENS[0].astype(np.float32), WRITTEN, None),
        (np.array("a cat"), DatasetFacts(), "a cat"),
        (np.array(["a", "cat"]), DatasetFacts(), "a cat"),
        (np.array("ein Kätzchen".encode()), DatasetFacts(), "ein Kätzchen"),
    ],
)
def test_texts_and_what_can_be_decoded_are_text(row: Any, facts: DatasetFacts, text: Any) -> None:
    assert text_of(row, facts) == text


def test_inputs_of_several_kinds_are_neither() -> None:
    assert media_of([TONES[0], np.zeros((3, 8, 8))], SPOKEN) is None
    assert (
        media_of([TONES[0], TOKENS[0]], DatasetFacts((), decode=decode, sample_rate=RATE)) is None
    )
    assert media_of([], SPOKEN) is None


def test_inputs_are_a_list_of_sounds(run: Any, logged: Any) -> None:
    session = Session(Capture(num_samples=4), [run])
    session.log_inputs("train", split((TONES, np.arange(6)), {}), SPOKEN, 0, None)
    sounds = logged("train/inputs")
    assert [type(each) for each in sounds] == [Audio] * 4
    found = np.stack([each.to_numpy()[:, 0] for each in sounds]) / 2**31
    assert np.abs(found - TONES[:4]).max() < 1e-6


def test_inputs_are_a_table_of_texts(run: Any, logged: Any) -> None:
    session = Session(Capture(num_samples=2), [run])
    batch = {"input_ids": TOKENS, "attention_mask": TOKENS > 0, "labels": np.arange(3)}
    session.log_inputs("val", split(batch, {}), WRITTEN, 0, None)
    [table] = logged("val/inputs")
    assert isinstance(table, Table)
    assert (table.columns, table.data) == (["input"], [["a cat sat"], ["a dog"]])


def test_grey_inputs_are_a_grid(run: Any, logged: Any) -> None:
    session = Session(Capture(num_samples=2), [run])
    session.log_inputs("train", split((PHOTOS, np.arange(6)), {}), DatasetFacts(), 0, None)
    [grid] = logged("train/inputs")
    assert np.array_equal(grid.to_numpy()[2:14, 2:18, 0], PHOTOS[0])
    assert np.array_equal(grid.to_numpy()[2:14, 20:36, 0], PHOTOS[1])


@pytest.fixture
def predictions(run: Any, logged: Any) -> Callable[[Batch, Any, DatasetFacts], list[Any]]:
    """Log one validation of one batch and read it back."""

    def validated(batch: Batch, rows: Any, facts: DatasetFacts) -> list[Any]:
        session = Session(Capture(num_samples=3), [run])
        follower = Follower(0, 3, {}, lambda i: i)
        shown = Predictions(session, follower, "val", facts)
        follower.begin()
        leading = follower.look(0, batch, lambda _: None)
        assert leading is not None
        follower.see(leading, [Evidence("call", "", list(rows[:3]))])
        shown.log(lambda *_: [], 0, None)
        found: list[Any] = logged("val/predictions")
        return found

    return validated


LOGITS = np.array([[4.0, 0.0], [0.0, 3.0], [1.0, 0.0]], np.float32)


def test_predictions_of_sounds_are_a_table_with_the_sounds(predictions: Any) -> None:
    batch = split((TONES[:3], np.array([0, 1, 1])), {})
    facts = DatasetFacts({0: "low", 1: "high"}, sample_rate=RATE)
    [table] = predictions(batch, LOGITS, facts)
    assert table.columns == ["sample", "input", "truth", "prediction", "score", "cross_entropy"]
    assert table.get_column("truth") == ["low", "high", "high"]
    assert table.get_column("prediction") == ["low", "high", "low"]
    assert table.get_column("sample") == ["0/0", "0/1", "0/2"]
    found = np.stack([each.to_numpy()[:, 0] for each in table.get_column("input")]) / 2**31
    assert np.abs(found - TONES[:3]).max() < 1e-6
    expected = [np.log1p(np.exp(x)) for x in (-4.0, -3.0, 1.0)]
    assert table.get_column("cross_entropy") == pytest.approx(expected, rel=1e-5)


def test_predictions_of_texts_are_a_table_with_the_texts(predictions: Any) -> None:
    batch = split({"input_ids": TOKENS, "labels": np.array([0, 1, 1])}, {})
    facts = DatasetFacts({0: "cat", 1: "dog"}, decode=decode)
    [table] = predictions(batch, LOGITS, facts)
    assert table.get_column("input") == ["a cat sat", "a dog", "a dog sat"]
    assert table.get_column("truth") == ["cat", "dog", "dog"]


def test_what_was_not_understood_is_shown_with_its_text(predictions: Any) -> None:
    batch = split({"input_ids": TOKENS, "labels": np.array([0, 1, 2])}, {})
    [table] = predictions(batch, LOGITS, WRITTEN)
    assert table.columns == ["sample", "input", "output", "target"]
    assert table.get_column("input") == ["a cat sat", "a dog", "a dog sat"]


def test_texts_about_pictures_are_their_captions(predictions: Any) -> None:
    labels = np.array([[1, 2, -100], [1, 3, 4], [1, 3, -100]])
    scores = np.eye(5, dtype=np.float32)[[[1, 3, 0], [1, 3, 4], [1, 2, 0]]] * 20
    facts = DatasetFacts(task="sequence to sequence", decode=decode)
    images = predictions(split((PHOTOS[:3], labels), {}), scores, facts)
    assert [image.caption for image in images] == [
        "a cat → a dog (1.00)",
        "a dog sat → a dog sat (1.00)",
        "a dog → a cat (1.00)",
    ]


def test_grey_pictures_are_drawn_over(predictions: Any) -> None:
    masks = (PHOTOS > 100).astype(np.int64)
    maps = np.stack([PHOTOS < 80, PHOTOS >= 80], 1).astype(np.float32) - 0.5
    images = predictions(split((PHOTOS, masks), {}), maps, DatasetFacts())
    for i, image in enumerate(images):
        assert np.array_equal(image.to_numpy(), PHOTOS[i])
        assert np.array_equal(image.masks["ground_truth"].to_numpy(), masks[i])
        assert np.array_equal(image.masks["predictions"].to_numpy(), PHOTOS[i] >= 80)


def test_grey_pictures_predicted_again_stand_beside_each_other(predictions: Any) -> None:
    pictures = PHOTOS / 255
    images = predictions(split((pictures, pictures), {}), 1 - pictures, DatasetFacts())
    for i, image in enumerate(images):
        cells = [image.to_numpy()[2:14, left : left + 16, 0] for left in (2, 20, 38)]
        for cell, expected in zip(cells, (PHOTOS[i], 255 - PHOTOS[i], PHOTOS[i]), strict=True):
            assert np.abs(cell.astype(int) - expected).max() <= 1
