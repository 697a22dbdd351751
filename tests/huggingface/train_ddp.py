"""A training on two CPU processes, run by test_ddp.py: `train_ddp.py DIRECTORY [WHO]`.

WHO says which ranks have the callback: `all`, or `zero` for rank 0 alone. Each rank leaves the
weights' sum where it ends.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import torch
import transformers
from torch import distributed as dist
from torch.utils.data import Dataset

from medialog_core.capture import Capture
from medialog_huggingface.callback import MediaCallback

directory, who = [*sys.argv[1:], "all"][:2]


class Pictures(Dataset[Any]):
    """Twelve pictures, each of one grey that tells its place."""

    def __len__(self) -> int:
        return 12

    def __getitem__(self, i: int) -> Any:
        return {"pixel_values": torch.full((3, 8, 8), i / 12), "labels": i % 2}


def main() -> None:
    torch.manual_seed(0)
    config = transformers.ViTConfig(
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        image_size=8,
        patch_size=4,
    )
    args = transformers.TrainingArguments(
        directory,
        report_to="none",
        max_steps=4,
        logging_steps=1,
        eval_strategy="steps",
        eval_steps=2,
        save_strategy="no",
        use_cpu=True,
        disable_tqdm=True,
        per_device_train_batch_size=2,
        per_device_eval_batch_size=2,
    )
    capture = MediaCallback(Capture(budget=1.0, num_samples=3))
    trainer = transformers.Trainer(
        transformers.ViTForImageClassification(config),
        args,
        train_dataset=Pictures(),
        eval_dataset=Pictures(),
        callbacks=[capture] if who == "all" or args.process_index == 0 else [],
    )
    trainer.train()
    trainer.evaluate()
    total = sum(float(p.detach().double().sum()) for p in trainer.model.parameters())
    Path(directory, f"weights_{args.process_index}.txt").write_text(repr(total))
    dist.destroy_process_group()  # else its threads may outlive the interpreter, and abort it


if __name__ == "__main__":
    main()
