"""Training a small model on each task, with a MediaLogger, and reading its run back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

import medialog_core
from medialog_core.capture import Capture
from medialog_lightning.logger import MediaLogger

from .trials import SAMPLES, TRIALS, Trial

ALWAYS = {"budget": 1.0, "num_samples": SAMPLES}
"""Capture that never puts a look off, so that no test depends on the clock."""


@pytest.fixture(params=list(TRIALS))
def trial(request: pytest.FixtureRequest) -> Trial:
    """Each task in turn."""
    return TRIALS[request.param]()


def make_module(pl: Any, trial: Trial, **methods: Any) -> Any:
    """Make a LightningModule for a trial; `methods` replace its own."""

    def init(self: Any) -> None:
        pl.LightningModule.__init__(self)
        torch.manual_seed(3)
        self.net = trial.net()

    def validation_step(self: Any, batch: Any, _: int) -> None:
        x, y = batch
        output = self(x)
        if not trial.listed:
            self.log("val_loss", trial.loss(output, y), batch_size=len(x))

    own = {
        "__init__": init,
        "forward": lambda self, x: self.net(x),
        "training_step": lambda self, batch, _: trial.loss(self(batch[0]), batch[1]),
        "validation_step": validation_step,
        "configure_optimizers": lambda self: torch.optim.SGD(self.parameters(), 0.01),
    }
    return type("Net", (pl.LightningModule,), {**own, **methods})()


@dataclass(frozen=True)
class Result:
    """A finished training."""

    module: Any
    run: Any
    trainer: Any
    health: dict[str, Any]

    def images(self, key: str = "val/predictions", step: int | None = None) -> list[Any]:
        """Give the images of a key at a step, the last one by default."""
        rows = self.run.rows(key, step=self.run.steps(key)[-1] if step is None else step)
        return [self.run.load(row) for row in rows]


Train = Callable[..., Result]


@pytest.fixture
def train(pl: Any, tmp_path: Path) -> Train:
    """Train a trial with a MediaLogger for two epochs, and read its run back."""

    def trained(
        trial: Trial, module: Any = None, *, shuffle: bool = False, **options: Any
    ) -> Result:
        capture = options.pop("capture", Capture(**{**ALWAYS, **options.pop("tuned", {})}))
        logger = MediaLogger(tmp_path / "runs", capture=capture)
        quiet = {"accelerator": "cpu", "enable_progress_bar": False, "enable_model_summary": False}
        module = make_module(pl, trial) if module is None else module
        trainer = pl.Trainer(
            **{
                "logger": logger,
                "max_epochs": 2,
                "log_every_n_steps": 1,
                "default_root_dir": tmp_path,
                **quiet,
                **options,
            }
        )
        trainer.fit(module, trial.loader(), trial.loader(shuffle=shuffle))
        health = dict(logger.run.health)
        logger.finalize("success")
        return Result(module, medialog_core.open_run(logger.save_dir), trainer, health)

    return trained


def check_predictions(trial: Trial, result: Result) -> None:
    """Compare the last validation's images with the data set and the trained model."""
    images = result.images()
    assert [image.sample_id for image in images] == [f"0/{i}" for i in range(SAMPLES)]
    result.module.eval()
    with torch.no_grad():
        for i, image in enumerate(images):
            x = trial.data.inputs[i]
            [output] = result.module([x] if trial.listed else x[None])
            trial.check(image, trial, i, output)


@pytest.fixture
def checked() -> Callable[[Trial, Result], None]:
    """The check that holds of right predictions, and of no others."""
    return check_predictions


@pytest.fixture
def module_of(pl: Any) -> Callable[..., Any]:
    """Make the LightningModule of a trial; keywords replace its methods."""
    return lambda trial, **methods: make_module(pl, trial, **methods)


@pytest.fixture
def trials() -> dict[str, Callable[[], Trial]]:
    """All tasks by name."""
    return dict(TRIALS)
