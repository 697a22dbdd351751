"""The training of `medialog demo huggingface`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import SegformerConfig, SegformerForSemanticSegmentation
from transformers.trainer_utils import set_seed

import medialog_huggingface  # noqa: F401 - `report_to="medialog"` is known from here on
from medialog_core.cli.demo.tissue import CLASSES, Crops, Tissue


def train(data: Tissue, folder: Path, epochs: int, progress: Callable[[int], None]) -> None:
    """Train with nothing of medialog but `report_to="medialog"`.

    Args:
        data: Crops and the classes of their pixels.
        folder: Where the run goes.
        epochs: How often the crops are seen.
        progress: Told how many epochs are over.
    """
    transformers.logging.set_verbosity_error()
    set_seed(0)
    arguments = transformers.TrainingArguments(
        str(folder),
        report_to="medialog",
        num_train_epochs=epochs,
        learning_rate=5e-3,
        per_device_train_batch_size=8,
        eval_strategy="epoch",
        logging_steps=10,
        save_strategy="no",
        disable_tqdm=True,
    )
    trainer = transformers.Trainer(
        _segmenter(),
        arguments,
        train_dataset=_rows(data.train),
        eval_dataset=_rows(data.val),
        callbacks=[_Told(progress)],
    )
    trainer.remove_callback(transformers.PrinterCallback)
    trainer.train()


def _segmenter() -> Any:
    """Give a SegFormer of two stages; its masks have half the resolution of its input."""
    config = SegformerConfig(
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
        id2label=dict(enumerate(CLASSES)),
        label2id={name: place for place, name in enumerate(CLASSES)},
    )
    return SegformerForSemanticSegmentation(config)


def _rows(crops: Crops) -> list[dict[str, torch.Tensor]]:
    inputs = torch.from_numpy(crops.inputs).permute(0, 3, 1, 2)
    targets = torch.from_numpy(crops.targets)
    return [{"pixel_values": x, "labels": y} for x, y in zip(inputs, targets, strict=True)]


class _Told(transformers.TrainerCallback):  # type: ignore[misc] # transformers has no types here
    def __init__(self, progress: Callable[[int], None]) -> None:
        self._progress = progress

    def on_epoch_end(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
        """Tell how many epochs are over."""
        self._progress(round(state.epoch))
