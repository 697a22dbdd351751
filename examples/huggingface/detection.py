"""Find where handwritten digits are with a small YOLOS.

python -m examples.huggingface.detection
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import (
    Trainer,
    TrainingArguments,
    YolosConfig,
    YolosForObjectDetection,
    set_seed,
)

import medialog_huggingface  # noqa: F401 - makes report_to="medialog" known
from examples import data

SIDE = 48
MOST = 2
Rows = Sequence[dict[str, Any]]


def train(folder: str, *, epochs: int = 20, count: int = 1200) -> Trainer:
    """Train on so many pictures with nothing of medialog but `report_to`; give the trainer."""
    set_seed(0)
    rows = scattered(count)
    trainer = Trainer(
        YolosForObjectDetection(config()),
        TrainingArguments(
            folder,
            report_to="medialog",
            run_name="scattered",
            num_train_epochs=epochs,
            learning_rate=2e-3,
            warmup_steps=50,
            per_device_train_batch_size=16,
            eval_strategy="epoch",
            eval_do_concat_batches=False,
            logging_steps=10,
            save_strategy="no",
            remove_unused_columns=False,
        ),
        data_collator=collate,
        train_dataset=rows[count // 6 :],
        eval_dataset=rows[: count // 6],
    )
    trainer.train()
    return trainer


def scattered(count: int) -> Rows:
    """Give pictures, 3×48×48, and boxes as YOLOS takes them: middle and size, in parts of the side."""
    pictures, found = data.scattered_digits(count, SIDE, MOST)
    inputs = torch.from_numpy(pictures).permute(0, 3, 1, 2)
    rows = []
    for picture, boxes in zip(inputs, found, strict=True):
        corners = torch.from_numpy(boxes.corners)
        low, high = corners[:, :2], corners[:, 2:]
        middle_and_size = torch.cat([(low + high) / 2, high - low], dim=1) / SIDE
        all_alike = torch.zeros(len(corners), dtype=torch.long)
        labels = {"class_labels": all_alike, "boxes": middle_and_size}
        rows.append({"pixel_values": picture, "labels": labels})
    return rows


def collate(rows: Rows) -> dict[str, Any]:
    """Stack pictures; their boxes stay a list."""
    pictures = torch.stack([row["pixel_values"] for row in rows])
    return {"pixel_values": pictures, "labels": [row["labels"] for row in rows]}


def config() -> YolosConfig:
    """Describe a YOLOS with a few more places to look for digits than there are digits."""
    return YolosConfig(
        image_size=[SIDE, SIDE],
        patch_size=6,
        num_detection_tokens=2 * MOST,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=4,
        num_attention_heads=4,
        hidden_dropout_prob=0.0,
        eos_coefficient=0.4,  # of four places two or three are empty, not 95 of 100
        id2label={0: "digit"},
        label2id={"digit": 0},
    )


if __name__ == "__main__":
    train("example_runs/yolos")
