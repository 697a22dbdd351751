"""A training whose third step fails, run by test_callback.py: `train_and_fail.py DIRECTORY`."""

from __future__ import annotations

import sys
from typing import Any

import torch
import transformers
from torch.utils.data import Dataset

from medialog_core.capture import Capture
from medialog_huggingface.callback import MediaCallback


class Pictures(Dataset[Any]):
    """Twelve pictures."""

    def __len__(self) -> int:
        return 12

    def __getitem__(self, i: int) -> Any:
        return {"pixel_values": torch.full((3, 8, 8), i / 12), "labels": i % 2}


class Failing(transformers.TrainerCallback):  # type: ignore[misc]  # transformers is not looked into
    """Fails in the third step."""

    def on_step_begin(self, _: Any, state: Any, *__: Any, **___: Any) -> None:
        if state.global_step == 2:
            raise RuntimeError("planted")


def main() -> None:
    config = transformers.ViTConfig(
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        image_size=8,
        patch_size=4,
    )
    args = transformers.TrainingArguments(
        sys.argv[1],
        report_to="none",
        max_steps=4,
        logging_steps=1,
        eval_strategy="steps",
        eval_steps=2,
        save_strategy="no",
        use_cpu=True,
        disable_tqdm=True,
    )
    transformers.Trainer(
        transformers.ViTForImageClassification(config),
        args,
        train_dataset=Pictures(),
        eval_dataset=Pictures(),
        callbacks=[MediaCallback(Capture(budget=1.0)), Failing()],
    ).train()


if __name__ == "__main__":
    main()
