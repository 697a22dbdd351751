"""Tags and tokens are read in line with their truth: the losses are those of Hugging Face's models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from torch.nn import functional

from medialog_core.capture import Capture
from medialog_core.capture.datasets import DatasetFacts
from medialog_core.capture.samples import Sample
from medialog_core.capture.showing.names import names_for
from medialog_core.capture.showing.predictions import table_of
from medialog_core.capture.showing.tokens import token_overlay
from medialog_core.capture.tasks.evidence import Evidence, Reading, Unsure
from medialog_core.capture.tasks.recognise import recognise

WORDS = ["[pad]", "[cls]", "[sep]", "Ada", "Love", "##lace", "lives", "in", "London", ".", "[mask]"]
SPECIAL = {0, 1, 2}
VOCABULARY = len(WORDS)
TAGS = {0: "O", 1: "B-PER", 2: "I-PER", 3: "B-LOC"}
SENTENCE = [1, 3, 4, 5, 6, 7, 8, 9, 2, 0]
"""[cls] Ada Love ##lace lives in London . [sep] [pad]"""
TAGGED = [-100, 1, 2, -100, 0, 0, 3, 0, -100, -100]


def decode(ids: Sequence[int]) -> str:
    text = " ".join(WORDS[i] for i in ids if i not in SPECIAL)
    return text.replace(" ##", "")


def sample(tokens: Any, labels: Any) -> Sample:
    return Sample("0/0", np.asarray(tokens), "", {"labels": np.asarray(labels)})


def read(
    samples: list[Sample], rows: list[Any], facts: DatasetFacts, source: Any = "call", **more: Any
) -> Any:
    return recognise(samples, [Evidence(source, more.pop("place", ""), rows, **more)], {}, facts)


def said_of(found: Any, one: Sample, names: Any = TAGS) -> Any:
    evidence, reading = found
    truth = one.targets["labels"]
    return token_overlay(reading, one.input, truth, evidence.rows[0], names, decode)


def config(kind: str, **more: Any) -> Any:
    torch.manual_seed(0)
    sizes = {
        "hidden_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 8,
    }
    return transformers.AutoConfig.for_model(kind, vocab_size=VOCABULARY, **{**sizes, **more})


T5 = {
    "d_model": 8,
    "d_kv": 4,
    "d_ff": 8,
    "num_layers": 1,
    "num_heads": 2,
    "decoder_start_token_id": 0,
}
MODELS: dict[str, Any] = {
    "token classification": lambda: transformers.BertForTokenClassification(
        config("bert", num_labels=4)
    ),
    "causal language modeling": lambda: transformers.GPT2LMHeadModel(
        config("gpt2", n_embd=8, n_layer=1, n_head=2)
    ),
    "masked language modeling": lambda: transformers.BertForMaskedLM(config("bert")),
    "sequence to sequence": lambda: transformers.T5ForConditionalGeneration(config("t5", **T5)),
}
LABELS = {
    "token classification": TAGGED,
    "causal language modeling": [-100, 3, 4, 5, 6, 7, 8, 9, 2, -100],
    "masked language modeling": [-100, -100, -100, -100, 6, -100, 8, -100, -100, -100],
    "sequence to sequence": [8, 7, 3, 2, -100, -100],
}


@pytest.mark.parametrize("task", MODELS)
def test_the_loss_is_the_models_own(task: str) -> None:
    model = MODELS[task]().eval()
    tokens, labels = torch.tensor([SENTENCE]), torch.tensor([LABELS[task]])
    with torch.no_grad():
        out = model(input_ids=tokens, labels=labels)
    one = sample(SENTENCE, LABELS[task])
    found = read([one], [out.logits[0].numpy()], DatasetFacts(task=task))
    assert found[1].task == task
    assert said_of(found, one).scores["cross_entropy"] == pytest.approx(float(out.loss), rel=1e-4)


def sure(ids: Sequence[int], classes: int, height: float = 9.0) -> Any:
    """Make scores T×C that surely are of these ids."""
    return height * np.eye(classes, dtype=np.float32)[list(ids)]


def test_tags_stand_behind_their_words() -> None:
    one = sample(SENTENCE, TAGGED)
    found = read([one], [sure([0, 1, 0, 2, 0, 0, 3, 3, 1, 1], 4)], DatasetFacts(TAGS))
    said = said_of(found, one)
    assert said.truth == "Ada/B-PER Lovelace/I-PER lives in London/B-LOC ."
    assert said.prediction == "Ada/B-PER Lovelace lives in London/B-LOC ./B-LOC"
    assert said.scores["accuracy"] == pytest.approx(4 / 6)
    assert said.score == pytest.approx(1 / (1 + 3 * np.exp(-9)), rel=1e-5)


def test_tags_come_alone_where_there_are_no_words() -> None:
    one = Sample("0/0", np.zeros((3, 5), np.float32), "", {"labels": np.array([0, 1, 3])})
    found = read([one], [sure([0, 1, 1], 4)], DatasetFacts(TAGS))
    assert said_of(found, one).caption == "O B-PER B-LOC → O B-PER B-PER (1.00)"


def test_without_a_decoder_tokens_are_their_ids() -> None:
    one = sample(SENTENCE, TAGGED)
    found = read([one], [sure([0, 1, 0, 2, 0, 0, 3, 3, 1, 1], 4)], DatasetFacts(TAGS))
    said = token_overlay(found[1], one.input, one.targets["labels"], found[0].rows[0], TAGS, None)
    assert said.truth == "3/B-PER 4/I-PER 6 7 8/B-LOC 9"


def test_a_causal_model_predicts_one_token_ahead() -> None:
    labels = [-100, *SENTENCE[1:9], -100]
    predicted = [3, 4, 5, 6, 7, 9, 9, 2, 0, 0]
    one = sample(SENTENCE, labels)
    facts = DatasetFacts(task="causal language modeling")
    said = said_of(read([one], [sure(predicted, VOCABULARY)], facts), one)
    assert said.caption == "Ada Lovelace lives in London . → Ada Lovelace lives in . . (1.00)"
    assert said.scores["accuracy"] == pytest.approx(7 / 8)


def test_labels_that_are_ahead_themselves_are_in_line() -> None:
    one = sample(SENTENCE[:-1], SENTENCE[1:])
    facts = DatasetFacts(task="causal language modeling")
    found = read([one], [sure(SENTENCE[1:], VOCABULARY)], facts)
    assert found[1].ahead == 0
    assert said_of(found, one).scores["accuracy"] == 1.0


def test_only_masked_tokens_are_shown() -> None:
    one = sample(SENTENCE, LABELS["masked language modeling"])
    facts = DatasetFacts(task="masked language modeling")
    said = said_of(read([one], [sure(range(10), VOCABULARY)], facts), one)
    assert (said.truth, said.prediction) == ("lives London", "Love lives")


def test_an_answer_may_have_another_length_than_the_question() -> None:
    one = sample(SENTENCE, LABELS["sequence to sequence"])
    facts = DatasetFacts(task="sequence to sequence")
    said = said_of(read([one], [sure([8, 7, 4, 2, 5, 5], VOCABULARY)], facts), one)
    assert (said.truth, said.prediction) == ("London in Ada", "London in Love")


def test_an_ignored_index_does_not_count() -> None:
    reading = Reading("sequence to sequence", "labels", "softmax", ignore_index=9, axis=1)
    said = token_overlay(
        reading, None, np.array([8, 9, 3]), sure([8, 4, 3], VOCABULARY), {}, decode
    )
    assert (said.truth, said.prediction, said.scores["accuracy"]) == ("London Ada", "London Ada", 1)


def test_nothing_that_counts_is_nothing_to_say() -> None:
    reading = Reading("token classification", "labels", "softmax", axis=1)
    said = token_overlay(reading, np.arange(2), np.array([-100, -1]), sure([0, 1], 4), TAGS, decode)
    assert (said.truth, said.prediction, said.score, said.scores) == ("", "", None, {})


def test_what_a_loss_was_given_is_in_line_classes_first() -> None:
    logits, labels = torch.randn(1, VOCABULARY, 5), torch.tensor([SENTENCE[:5]])
    one = sample(SENTENCE[:5], SENTENCE[:5])
    found = read(
        [one],
        [logits[0].numpy()],
        DatasetFacts(task="causal language modeling"),
        "loss",
        place="cross_entropy",
        target=[labels[0].numpy()],
    )
    assert (found[1].axis, found[1].ahead) == (0, 0)
    said = token_overlay(found[1], one.input, labels[0].numpy(), logits[0].numpy(), {}, decode)
    expected = functional.cross_entropy(logits, labels)
    assert said.scores["cross_entropy"] == pytest.approx(float(expected), rel=1e-5)


def test_samples_of_different_length_are_read_together() -> None:
    samples = [sample(SENTENCE, TAGGED), sample(SENTENCE[:7], TAGGED[:7])]
    rows = [sure([0] * len(s.input), 4) for s in samples]
    found = read(samples, rows, DatasetFacts(TAGS, decode=decode))
    table = table_of(samples, found, TAGS, DatasetFacts(TAGS, decode=decode))
    assert table.columns[:5] == ["sample", "input", "truth", "prediction", "score"]
    assert table.get_column("input") == [
        "Ada Lovelace lives in London .",
        "Ada Lovelace lives in London",
    ]
    assert table.get_column("prediction")[1] == "Ada Lovelace lives in London"
    assert table.get_column("truth")[1] == "Ada/B-PER Lovelace/I-PER lives in London/B-LOC"


ODD: dict[str, tuple[Any, Any, Any, DatasetFacts]] = {
    "tags or tokens, nobody says": (
        SENTENCE,
        TAGGED,
        sure(range(10), VOCABULARY),
        DatasetFacts(TAGS),
    ),
    "as many places as classes": (
        SENTENCE[:4],
        TAGGED[:4],
        sure(range(4), 4),
        DatasetFacts(TAGS, task="token classification"),
    ),
    "an id beyond the classes": (SENTENCE, [4] * 10, sure([0] * 10, 4), DatasetFacts(TAGS)),
    "tags for another number of places": (
        [*SENTENCE, 0],
        TAGGED,
        sure([0] * 10, 4),
        DatasetFacts(task="token classification"),
    ),
    "tags of a picture": (
        np.zeros((10, 8, 8)),
        TAGGED,
        sure([0] * 10, 4),
        DatasetFacts(task="token classification"),
    ),
    "a causal model with labels that are no input": (
        SENTENCE,
        SENTENCE[::-1],
        sure(range(10), VOCABULARY),
        DatasetFacts(task="causal language modeling"),
    ),
    "masked tokens of another length": (
        SENTENCE,
        SENTENCE[:6],
        sure(range(6), VOCABULARY),
        DatasetFacts(task="masked language modeling"),
    ),
    "one class for a text, tags are stated": (
        SENTENCE,
        2,
        np.zeros(4, np.float32),
        DatasetFacts(task="token classification"),
    ),
    "tags, one class is stated": (
        SENTENCE,
        TAGGED,
        sure([0] * 10, 4),
        DatasetFacts(TAGS, task="classification"),
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_stated_is_checked_and_nothing_is_guessed(name: str) -> None:
    tokens, labels, scores, facts = ODD[name]
    assert isinstance(read([sample(tokens, labels)], [scores], facts), Unsure)


def test_a_models_names_are_taken_for_tags() -> None:
    reading = Reading("token classification", "labels", "softmax", axis=1)
    row = sure(range(4), 4)[:3]
    assert names_for(reading, row, Capture(), DatasetFacts(tuple(TAGS.values()))) == TAGS
    assert names_for(reading, row, Capture(), DatasetFacts(("O", "X"))) == {}
