"""Find nuclei and stain in crops of a tissue section with a small SegFormer: a class for each pixel.

python -m examples.huggingface.segmentation
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import (
    SegformerConfig,
    SegformerForSemanticSegmentation,
    SegformerImageProcessor,
    Trainer,
    TrainingArguments,
    set_seed,
)

import medialog_huggingface  # noqa: F401 - makes report_to="medialog" known
from medialog_core.cli.demo import tissue


def train(folder: str, *, epochs: int = 30, count: int = 90) -> Trainer:
    """Train on so many crops with nothing of medialog but `report_to`; give the trainer."""
    set_seed(0)
    section = tissue.load()
    processor = SegformerImageProcessor(do_resize=False)
    trainer = Trainer(
        SegformerForSemanticSegmentation(config()),
        TrainingArguments(
            folder,
            report_to="medialog",
            run_name="tissue",
            num_train_epochs=epochs,
            learning_rate=5e-3,
            per_device_train_batch_size=8,
            eval_strategy="epoch",
            logging_steps=10,
            save_strategy="no",
        ),
        train_dataset=processed(processor, section.train, count),
        eval_dataset=processed(processor, section.val, count),
        processing_class=processor,  # medialog takes the pictures' true colours from it
    )
    trainer.train()
    return trainer


def processed(
    processor: SegformerImageProcessor, crops: tissue.Crops, count: int
) -> Sequence[dict[str, Any]]:
    """Give normalised crops, 3×64×64, and their pixels' classes."""
    pictures = list((crops.inputs[:count] * 255).round().astype("uint8"))
    inputs = processor(pictures, return_tensors="pt")["pixel_values"]
    targets = torch.from_numpy(crops.targets[:count])
    return [{"pixel_values": x, "labels": y} for x, y in zip(inputs, targets, strict=True)]


def config() -> SegformerConfig:
    """Describe a SegFormer of two stages, whose masks have half the resolution of its input."""
    return SegformerConfig(
        num_encoder_blocks=2,
        depths=[1, 1],
        hidden_sizes=[16, 32],
        num_attention_heads=[1, 2],
        patch_sizes=[3, 3],
        strides=[2, 2],
        sr_ratios=[4, 2],
        mlp_ratios=[4, 4],
        decoder_hidden_size=32,
        drop_path_rate=0.0,
        classifier_dropout_prob=0.0,
        id2label=dict(enumerate(tissue.CLASSES)),
        label2id={name: place for place, name in enumerate(tissue.CLASSES)},
    )


if __name__ == "__main__":
    train("example_runs/segformer")
