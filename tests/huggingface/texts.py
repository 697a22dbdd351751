"""Small problems on texts and sounds, and what their tables must hold.

What is expected is computed from the data set and the model's own output, by no code of capture's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers
from torch import nn

from .trial import COUNT, Rows, Trial, named, normalised, photographs

WORDS = ["ada", "lives", "in", "london", "and", "reads", "books", "of", "long", "trains"]
RATE = 16_000
IGNORED = -100


def tokenizer() -> Any:
    """Make a tokenizer of whole words."""
    vocabulary = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
    words = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106 - no password
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=words,
        pad_token="[PAD]",  # noqa: S106
        unk_token="[UNK]",  # noqa: S106
        cls_token="[CLS]",  # noqa: S106
        sep_token="[SEP]",  # noqa: S106
    )


def sentences() -> list[list[str]]:
    """Give sentences of three to six words."""
    rng = np.random.default_rng(2)
    return [list(rng.choice(WORDS, 3 + i % 4)) for i in range(COUNT)]


def padded(pad: dict[str, int]) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """Make a collator that pads lists on the right to the longest of the batch."""

    def collate(rows: Sequence[Any]) -> dict[str, Any]:
        made = {}
        for name in rows[0]:
            values = [torch.as_tensor(row[name]) for row in rows]
            made[name] = (
                torch.nn.utils.rnn.pad_sequence(values, True, pad.get(name, 0))
                if values[0].dim()
                else torch.stack(values)
            )
        return made

    return collate


COLLATE = padded({"labels": IGNORED})
SMALL = {
    "vocab_size": 4 + len(WORDS),
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 16,
    "initializer_range": 0.5,
}


def tokens_of(words: Sequence[str]) -> list[int]:
    return [2, *(4 + WORDS.index(word) for word in words), 3]


def text_trial(
    name: str, model: Callable[[], Any], label: Callable[[list[str]], Any], check: Any, **rest: Any
) -> Trial:
    rows = []
    for words in sentences():
        ids = tokens_of(words)
        rows.append({"input_ids": ids, "attention_mask": [1] * len(ids), "labels": label(words)})
    return Trial(name, sentences(), Rows(rows), model, check, tokenizer(), COLLATE, **rest)


def check_score(row: Any, likely: torch.Tensor) -> None:
    assert row["score"] == pytest.approx(float(likely.max(-1).values.mean()), rel=1e-4)


# --- whole texts ----------------------------------------------------------------------------------


def check_mood(row: Any, trial: Trial, i: int, output: Any) -> None:
    likely = output.logits[0].double().softmax(-1)
    names = ["bad", "good"]
    assert row["input"] == " ".join(trial.pictures[i])
    assert row["truth"] == names[trial.data[i]["labels"]]
    assert row["prediction"] == names[int(likely.argmax())]
    check_score(row, likely)


def mood() -> Trial:
    config = transformers.BertConfig(**SMALL, id2label=named(["bad", "good"]))
    model = lambda: transformers.BertForSequenceClassification(config)  # noqa: E731
    return text_trial("mood", model, lambda words: len(words) % 2, check_mood)


# --- each word ------------------------------------------------------------------------------------

TAGS = ["O", "B-PER", "B-LOC"]


def tags_of(words: Sequence[str]) -> list[int]:
    inner = [{"ada": 1, "london": 2}.get(word, 0) for word in words]
    return [IGNORED, *inner, IGNORED]


def tagged(words: Sequence[str], ids: Sequence[int]) -> str:
    return " ".join(w if k == 0 else f"{w}/{TAGS[k]}" for w, k in zip(words, ids, strict=True))


def check_tags(row: Any, trial: Trial, i: int, output: Any) -> None:
    words = trial.pictures[i]
    likely = output.logits[0, 1 : 1 + len(words)].double().softmax(-1)
    assert row["input"] == " ".join(words)
    assert row["truth"] == tagged(words, trial.data[i]["labels"][1:-1])
    assert row["prediction"] == tagged(words, likely.argmax(-1).tolist())
    check_score(row, likely)


def tags() -> Trial:
    config = transformers.BertConfig(**SMALL, id2label=named(TAGS))
    model = lambda: transformers.BertForTokenClassification(config)  # noqa: E731
    return text_trial("tags", model, tags_of, check_tags)


# --- the next word --------------------------------------------------------------------------------


def check_next(row: Any, trial: Trial, i: int, output: Any) -> None:
    words = trial.pictures[i]
    likely = output.logits[0, : 1 + len(words)].double().softmax(-1)
    assert row["input"] == row["truth"] == " ".join(words)
    assert row["prediction"] == trial.processor.decode(likely.argmax(-1), skip_special_tokens=True)
    check_score(row, likely)


def next_word() -> Trial:
    config = transformers.GPT2Config(
        vocab_size=SMALL["vocab_size"], n_embd=16, n_layer=1, n_head=2, n_positions=16,
        initializer_range=0.5, bos_token_id=2, eos_token_id=3, pad_token_id=0,
    )  # fmt: skip
    model = lambda: transformers.GPT2LMHeadModel(config)  # noqa: E731
    return text_trial("next word", model, tokens_of, check_next)


# --- text to text ---------------------------------------------------------------------------------


def check_reversed(row: Any, trial: Trial, i: int, output: Any) -> None:
    words = trial.pictures[i]
    likely = output.logits[0, : 2 + len(words)].double().softmax(-1)
    assert row["input"] == " ".join(words)
    assert row["truth"] == " ".join(reversed(words))
    assert row["prediction"] == trial.processor.decode(likely.argmax(-1), skip_special_tokens=True)
    check_score(row, likely)


def talkative(config: Any) -> Any:
    """Make a model that says different things of different texts without any training."""
    model = transformers.T5ForConditionalGeneration(config)
    for parameter in model.parameters():
        if parameter.dim() > 1:
            nn.init.normal_(parameter)
    return model


def text_to_text() -> Trial:
    config = transformers.T5Config(
        vocab_size=SMALL["vocab_size"], d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2,
        decoder_start_token_id=0, pad_token_id=0, eos_token_id=3,
    )  # fmt: skip
    model = lambda: talkative(config)  # noqa: E731
    return text_trial(
        "text to text", model, lambda words: tokens_of(words[::-1]), check_reversed,
        needs_labels=True,
    )  # fmt: skip


# --- sounds ---------------------------------------------------------------------------------------


def check_caption(row: Any, trial: Trial, i: int, output: Any) -> None:  # noqa: ARG001 - as all checks
    assert np.array_equal(row["input"].to_numpy(), trial.pictures[i])
    assert row["truth"] == " ".join(sentences()[i][:2])


def captions() -> Trial:
    """Give words to pictures; its table of what is generated is what is checked."""
    config = transformers.VisionEncoderDecoderConfig.from_encoder_decoder_configs(
        transformers.ViTConfig(
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=32,
            image_size=16,
            patch_size=8,
        ),
        transformers.BertConfig(**SMALL),
        decoder_start_token_id=2,
        pad_token_id=0,
    )

    def model() -> Any:
        made = transformers.VisionEncoderDecoderModel(config=config)
        made.generation_config.update(decoder_start_token_id=2, pad_token_id=0, eos_token_id=3)
        return made

    pictures = photographs(16)
    rows = [
        {"pixel_values": normalised(picture), "labels": torch.tensor(tokens_of(words)[:3])}
        for picture, words in zip(pictures, sentences(), strict=True)
    ]
    return Trial(
        "captions", pictures, Rows(rows), model, check_caption, tokenizer(), needs_labels=True
    )


def tone(i: int) -> Any:
    seconds = np.arange(800 + 8 * (i % 2)) / RATE
    return (0.5 * np.sin(2 * np.pi * (200 + 150 * i) * seconds)).astype(np.float32)


def check_tone(row: Any, trial: Trial, i: int, output: Any) -> None:
    likely = output.logits[0].double().softmax(-1)
    names = ["low", "high"]
    assert row["truth"] == names[trial.data[i]["labels"]]
    assert row["prediction"] == names[int(likely.argmax())]
    check_score(row, likely)
    sound = row["input"]
    assert sound.sample_rate == RATE
    heard = sound.to_numpy().ravel()[: len(trial.pictures[i])] / 2**31
    assert heard == pytest.approx(trial.pictures[i], abs=1e-6)


def sounds() -> Trial:
    config = transformers.Wav2Vec2Config(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        conv_dim=(8, 8), conv_kernel=(10, 3), conv_stride=(5, 2), num_feat_extract_layers=2,
        num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2, classifier_proj_size=8,
        mask_time_prob=0.0, initializer_range=0.5, id2label=named(["low", "high"]),
    )  # fmt: skip
    model = lambda: transformers.Wav2Vec2ForSequenceClassification(config)  # noqa: E731
    tones = [tone(i) for i in range(COUNT)]
    rows = [{"input_values": torch.tensor(x), "labels": i % 2} for i, x in enumerate(tones)]
    extractor = transformers.Wav2Vec2FeatureExtractor(sampling_rate=RATE, do_normalize=False)
    return Trial("sounds", tones, Rows(rows), model, check_tone, extractor, padded({}))


TEXTS: dict[str, Callable[[], Trial]] = {
    make.__name__: make for make in (mood, tags, next_word, text_to_text, sounds)
}
