"""Tell which digits are in a picture of two, with a small ViT: several labels a picture.

python -m examples.huggingface.multilabel
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import (
    Trainer,
    TrainingArguments,
    ViTConfig,
    ViTForImageClassification,
    set_seed,
)

import medialog_huggingface  # noqa: F401 - makes report_to="medialog" known
from examples import data


def train(folder: str, *, epochs: int = 15, count: int = 3000) -> Trainer:
    """Train on so many pictures with nothing of medialog but `report_to`; give the trainer."""
    set_seed(0)
    rows = pairs(count)
    trainer = Trainer(
        ViTForImageClassification(config()),
        TrainingArguments(
            folder,
            report_to="medialog",
            run_name="pairs",
            num_train_epochs=epochs,
            learning_rate=2e-3,
            per_device_train_batch_size=32,
            eval_strategy="epoch",
            logging_steps=10,
            save_strategy="no",
        ),
        train_dataset=rows[count // 6 :],
        eval_dataset=rows[: count // 6],
    )
    trainer.train()
    return trainer


def pairs(count: int) -> Sequence[dict[str, Any]]:
    """Give pictures of two digits, 1×8×16 in [0, 1], and 0 or 1 for each of the ten."""
    pictures, labels = (torch.from_numpy(array) for array in data.pairs_of_digits(count))
    inputs = pictures.permute(0, 3, 1, 2)
    return [{"pixel_values": x, "labels": y} for x, y in zip(inputs, labels, strict=True)]


def config() -> ViTConfig:
    """Describe a ViT that answers for each digit by itself."""
    return ViTConfig(
        image_size=(8, 16),
        patch_size=2,
        num_channels=1,
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=3,
        num_attention_heads=4,
        problem_type="multi_label_classification",
        id2label=dict(enumerate(data.DIGITS)),
        label2id={name: place for place, name in enumerate(data.DIGITS)},
    )


if __name__ == "__main__":
    train("example_runs/vit")
