"""Classify handwritten digits with a small ViT and the Trainer of Hugging Face.

python -m examples.huggingface.image_classification
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


def train(folder: str, *, epochs: int = 20, count: int = 1797) -> Trainer:
    """Train on so many digits with nothing of medialog but `report_to`; give the trainer."""
    set_seed(0)
    rows = digits(count)
    trainer = Trainer(
        ViTForImageClassification(config()),
        TrainingArguments(
            folder,
            report_to="medialog",
            run_name="digits",
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


def digits(count: int) -> Sequence[dict[str, Any]]:
    """Give pictures, 1×8×8 in [0, 1], and which digits they are."""
    pictures, names = (torch.from_numpy(array[:count]) for array in data.digits())
    inputs = pictures.permute(0, 3, 1, 2)
    return [{"pixel_values": x, "labels": y} for x, y in zip(inputs, names, strict=True)]


def config() -> ViTConfig:
    """Describe a ViT of three layers that sees a digit as 16 patches."""
    return ViTConfig(
        image_size=8,
        patch_size=2,
        num_channels=1,
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=3,
        num_attention_heads=4,
        id2label=dict(enumerate(data.DIGITS)),
        label2id={name: place for place, name in enumerate(data.DIGITS)},
    )


if __name__ == "__main__":
    train("example_runs/vit")
