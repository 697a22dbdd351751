"""Tell which data set a sentence is about, with a small BERT.

python -m examples.huggingface.text_classification
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    DataCollatorWithPadding,
    PreTrainedTokenizerFast,
    Trainer,
    TrainingArguments,
    set_seed,
)

import medialog_huggingface  # noqa: F401 - makes report_to="medialog" known
from examples import data


def train(folder: str, *, epochs: int = 20, count: int = 167) -> Trainer:
    """Train on so many sentences with nothing of medialog but `report_to`; give the trainer."""
    set_seed(0)
    sentences, subjects = data.sentences()
    tokenizer = words_of(sentences)
    rows = [
        {**tokenizer(" ".join(words)), "labels": int(subject)}
        for words, subject in zip(sentences[:count], subjects[:count], strict=True)
    ]
    trainer = Trainer(
        BertForSequenceClassification(config(tokenizer)),
        TrainingArguments(
            folder,
            report_to="medialog",
            run_name="sentences",
            num_train_epochs=epochs,
            learning_rate=2e-3,
            per_device_train_batch_size=8,
            eval_strategy="epoch",
            logging_steps=10,
            save_strategy="no",
        ),
        data_collator=DataCollatorWithPadding(tokenizer),
        train_dataset=rows[count // 6 :],
        eval_dataset=rows[: count // 6],
        processing_class=tokenizer,  # medialog turns token ids into text with it
    )
    trainer.train()
    return trainer


def words_of(sentences: Sequence[Sequence[str]]) -> PreTrainedTokenizerFast:
    """Make a tokenizer that knows each word of some sentences."""
    words = sorted({word for sentence in sentences for word in sentence})
    vocabulary = {word: place for place, word in enumerate(["[PAD]", "[UNK]", *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106 - no password
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    special: dict[str, Any] = {"pad_token": "[PAD]", "unk_token": "[UNK]"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)


def config(tokenizer: PreTrainedTokenizerFast) -> BertConfig:
    """Describe a BERT of two layers."""
    return BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=64,
        id2label=dict(enumerate(data.SUBJECTS)),
        label2id={name: place for place, name in enumerate(data.SUBJECTS)},
    )


if __name__ == "__main__":
    train("example_runs/bert")
