"""A loop of accelerate's on two CPU processes, run by test_accelerate_ddp.py: `... DIRECTORY HOW`.

HOW says what the ranks have: `instance`, a tracker that each has made; `name`, the one that
accelerate makes on the main process, and one that the other makes by itself; `main`, the former
alone.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.utils import set_seed

import medialog_huggingface  # noqa: F401 - puts the name into accelerate
from medialog_huggingface.tracker import MediaTracker

NAME = "loop"


def main(directory: Path, how: str) -> None:
    made = how == "instance"
    log_with: Any = [MediaTracker(NAME, directory)] if made else "medialog"
    accelerator = Accelerator(log_with=log_with, project_dir=directory, cpu=True)
    set_seed(0)
    accelerator.init_trackers(NAME, config={"world": accelerator.num_processes})
    trackers = log_with if made else accelerator.trackers
    if how == "name" and not accelerator.is_main_process:
        trackers = [MediaTracker(NAME, accelerator.logging_dir)]
    train(accelerator, trackers)
    accelerator.end_training()


def train(accelerator: Accelerator, trackers: list[MediaTracker]) -> None:
    """Every rank logs pictures and a number at each step."""
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    model, optimizer = accelerator.prepare(model, optimizer)
    for step in range(2):
        loss = model(torch.ones(3, 4)).square().mean()
        accelerator.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
        accelerator.log({"loss": loss.item()}, step=step)
        shade = 10 * (accelerator.process_index + 1) + step
        for tracker in trackers:
            tracker.log_images({"seen": np.full((1, 4, 4, 3), shade, np.uint8)}, step)
            tracker.log({"rank": accelerator.process_index, "note": f"of {shade}"}, step)
            tracker.writer.add_scalar("written", shade, step)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
