"""Tell numbers, names and other words apart in sentences, with a small BERT: a class for each token.

python -m examples.huggingface.token_classification
"""

from __future__ import annotations

from transformers import (
    BertConfig,
    BertForTokenClassification,
    DataCollatorForTokenClassification,
    PreTrainedTokenizerFast,
    Trainer,
    TrainingArguments,
    set_seed,
)

import medialog_huggingface  # noqa: F401 - makes report_to="medialog" known
from examples import data
from examples.huggingface.text_classification import words_of

CLASSES = ("word", "name", "number")


def train(folder: str, *, epochs: int = 10, count: int = 167) -> Trainer:
    """Train on so many sentences with nothing of medialog but `report_to`; give the trainer."""
    set_seed(0)
    sentences = data.sentences()[0][:count]
    tokenizer = words_of(sentences)
    rows = [
        {**tokenizer(" ".join(words)), "labels": list(map(class_of, words))} for words in sentences
    ]
    trainer = Trainer(
        BertForTokenClassification(config(tokenizer)),
        TrainingArguments(
            folder,
            report_to="medialog",
            run_name="tokens",
            num_train_epochs=epochs,
            learning_rate=2e-3,
            per_device_train_batch_size=8,
            eval_strategy="epoch",
            logging_steps=10,
            save_strategy="no",
        ),
        data_collator=DataCollatorForTokenClassification(tokenizer),
        train_dataset=rows[count // 6 :],
        eval_dataset=rows[: count // 6],
        processing_class=tokenizer,  # medialog turns token ids into text with it
    )
    trainer.train()
    return trainer


def class_of(word: str) -> int:
    """Give the place of a word's class in `CLASSES`."""
    if word[0].isdigit():
        return 2
    return int(word[0].isupper())


def config(tokenizer: PreTrainedTokenizerFast) -> BertConfig:
    """Describe a BERT of two layers."""
    return BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=64,
        id2label=dict(enumerate(CLASSES)),
        label2id={name: place for place, name in enumerate(CLASSES)},
    )


if __name__ == "__main__":
    train("example_runs/bert")
