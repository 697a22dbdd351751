"""Texts and sounds: tables of what was given, what is true and what the model says."""

from __future__ import annotations

from typing import Any

import pytest
import transformers

from medialog_core.capture import follow

from .conftest import predicted
from .texts import TEXTS, captions
from .trial import MEAN, SAMPLES, STD, Stream, Trial


@pytest.fixture(params=list(TEXTS))
def trial(request: pytest.FixtureRequest) -> Trial:
    """Each task in turn."""
    return TEXTS[request.param]()


def check_table(trial: Trial, result: Any, key: str = "val/predictions") -> None:
    """Compare the last evaluation's table with the data set and the trained model."""
    [table] = result.loaded(key)
    assert len(table.data) == SAMPLES
    for i, cells in enumerate(table.data):
        row = dict(zip(table.columns, cells, strict=True))
        trial.check(row, trial, i, predicted(result.model, trial, i))


def test_tables_hold_what_the_model_says(trial: Trial, train: Any) -> None:
    result = train(trial)
    assert result.run.steps("val/predictions") == [2, 4]
    check_table(trial, result)
    [table] = result.loaded()
    assert [row[0] for row in table.data] == [f"0/{i}" for i in range(SAMPLES)]
    assert not [key for key in result.health if key.startswith("capture_")]


def test_samples_of_a_stream_are_said_again(trial: Trial, train: Any) -> None:
    result = train(trial, trainer={"eval_dataset": Stream(trial.data.rows)})
    assert result.run.steps("val/predictions") == [2, 4]
    check_table(trial, result)


def test_what_is_generated_stands_beside_the_picture_it_is_of(train: Any) -> None:
    trial = captions()
    result = train(
        trial,
        tuned={"denormalize": (MEAN, STD)},
        kind=transformers.Seq2SeqTrainer,
        arguments=transformers.Seq2SeqTrainingArguments,
        predict_with_generate=True,
        generation_max_length=6,
    )
    check_table(trial, result, "val/generated")
    assert not [key for key in result.health if key.startswith("capture_")]


@pytest.mark.parametrize("beams", [None, 2])
def test_what_is_generated_is_what_the_trainer_generates(beams: Any, train: Any) -> None:
    trial = TEXTS["text_to_text"]()
    seen: list[Any] = []

    def metrics(given: Any) -> dict[str, float]:
        seen.append(given.predictions)
        return {}

    result = train(
        trial,
        kind=transformers.Seq2SeqTrainer,
        arguments=transformers.Seq2SeqTrainingArguments,
        predict_with_generate=True,
        generation_max_length=6,
        generation_num_beams=beams,
        trainer={"compute_metrics": metrics},
    )
    assert result.run.steps("val/generated") == [2, 4]
    [table] = result.loaded("val/generated")
    assert table.columns == ["sample", "input", "truth", "generated"]
    for row, words, tokens in zip(table.data, trial.pictures, seen[-1], strict=False):
        said = trial.processor.decode(tokens, skip_special_tokens=True)
        assert row[1:] == [" ".join(words), " ".join(reversed(words)), said]
    assert len({row[3] for row in table.data}) > 1
    check_table(trial, result)
    assert not [key for key in result.health if key.startswith("capture_")]


def test_a_shifted_row_is_found(trial: Trial, train: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    original = follow.Follower.see

    def see(self: Any, leading: Any, evidence: Any) -> None:
        for each in evidence:
            object.__setattr__(each, "rows", [*each.rows[1:], each.rows[0]])
        original(self, leading, evidence)

    monkeypatch.setattr(follow.Follower, "see", see)
    result = train(trial)
    with pytest.raises((AssertionError, IndexError)):
        check_table(trial, result)
