"""A training on two CPU processes, run by test_ddp.py: `train_ddp.py NAMESPACE STRATEGY DIRECTORY [WHO]`.

WHO says which ranks have a logger: `all`, or `zero` for rank 0 alone. The parent says at the end
where it takes the run to be.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

from medialog_core.placing import ranks
from medialog_lightning import MediaLogger

namespace, strategy, directory, who = [*sys.argv[1:], "all"][:4]
pl: Any = importlib.import_module(namespace)


class Net(pl.LightningModule):  # type: ignore[misc]
    """Each rank logs media in all the ways there are."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(12, 3)

    def setup(self, *_: Any, **__: Any) -> None:
        self.say({"setup": 1.0})

    def training_step(self, batch: Any, *_: Any) -> Any:
        x, y = batch
        loss = torch.nn.functional.cross_entropy(self.layer(x.flatten(1)), y)
        self.log("loss", loss, sync_dist=True)
        self.say({"mine": float(self.global_rank)})
        if isinstance(self.logger, MediaLogger):
            self.logger.log_image("seen", [np.full((2, 2), 10 + self.global_rank, np.uint8)])
        return loss

    def validation_step(self, batch: Any, *_: Any) -> None:
        self.log("val_loss", batch[0].mean(), sync_dist=True)

    def test_step(self, *_: Any) -> None:
        self.say({"tested": 1.0})

    def say(self, data: dict[str, float]) -> None:
        if isinstance(self.logger, MediaLogger):
            self.logger.experiment.log(data)

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), 0.1)


def loader() -> Any:
    x = torch.linspace(0, 1, 8 * 12).reshape(8, 3, 2, 2)
    return DataLoader(TensorDataset(x, torch.arange(8) % 3), batch_size=2)


def main() -> None:
    has_logger = who == "all" or ranks.rank() == 0
    logger = MediaLogger(directory, "a/b") if has_logger else False
    options = {
        "accelerator": "cpu",
        "devices": 2,
        "strategy": strategy,
        "logger": logger,
        "log_every_n_steps": 1,
    }
    quiet = {
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "default_root_dir": directory,
    }
    pl.Trainer(max_epochs=1, **options, **quiet).fit(Net(), loader(), loader())
    pl.Trainer(**options, **quiet).test(Net(), loader(), verbose=False)
    if ranks.rank() == 0 and isinstance(logger, MediaLogger):
        Path(directory, "parent.txt").write_text(logger.save_dir)
    if (
        torch.distributed.is_initialized()
    ):  # else its threads may outlive the interpreter, and abort it
        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main()
