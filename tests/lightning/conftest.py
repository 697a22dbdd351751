"""What the Lightning tests share: both namespaces, a small network, quiet trainers."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from medialog_core import current
from medialog_lightning.logger import MediaLogger

NOISE = (
    "The '.*_dataloader' does not have many workers",
    "The number of training batches",
    "Your `val_dataloader`'s sampler has shuffling enabled",
    "You called `self.log",
    "Checkpoint directory .* exists and is not empty",
    "Trying to infer the `batch_size`",
    "`isinstance.treespec, LeafSpec.` is deprecated",
    "The `srun` command is available",
    "GPU available but not used",
    "Starting from v1.9.0, `tensorboardX`",
)
"""Lightning's advice on trainings larger than ours."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            for message in NOISE:
                item.add_marker(pytest.mark.filterwarnings(f"ignore:.*{message}"))


@pytest.fixture(params=["pytorch_lightning", "lightning.pytorch"])
def pl(request: pytest.FixtureRequest) -> Any:
    """Each namespace in turn."""
    return importlib.import_module(request.param)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave no active run to the next test, and print nothing."""
    monkeypatch.setenv("MEDIALOG_SILENT", "1")
    yield
    run = current.active()
    if run is not None:
        run.finish(quiet=True)
    current.activate(None)


@pytest.fixture
def logger(tmp_path: Path) -> Iterator[MediaLogger]:
    """A logger that captures nothing."""
    made = MediaLogger(tmp_path, capture=False)
    yield made
    made.finalize("failed")


@pytest.fixture
def net(pl: Any) -> Callable[..., Any]:
    """Make a module of the namespace: 4 batches of 2 digits, a loss named `loss`, then `val_loss`."""
    return lambda **hooks: make_net(pl, **hooks)


def make_net(pl: Any, **hooks: Any) -> Any:
    """Make a module; `hooks` are methods that it gets besides its own."""
    return type("Hooked", (_net_class(pl),), hooks)()


@cache
def _net_class(pl: Any) -> Any:
    class Net(pl.LightningModule):  # type: ignore[misc]
        def __init__(self, width: int = 3, lr: float = 0.1) -> None:
            super().__init__()
            self.save_hyperparameters()
            self.batch_size = 2
            self.lr = lr
            self.layer = torch.nn.Linear(12, width)

        def loss(self, batch: Any, name: str) -> Any:
            x, y = batch
            loss = torch.nn.functional.cross_entropy(self.layer(x.flatten(1)), y)
            self.log(name, loss)
            return loss

        def training_step(self, batch: Any, _: int) -> Any:
            return self.loss(batch, "loss")

        def validation_step(self, batch: Any, _: int) -> None:
            self.loss(batch, "val_loss")

        def test_step(self, batch: Any, *_: Any) -> None:
            self.loss(batch, "test_loss")

        def predict_step(self, batch: Any, _: int) -> Any:
            return self.layer(batch[0].flatten(1))

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), self.lr)

        def train_dataloader(self) -> Any:
            x = torch.linspace(0, 1, 8 * 12).reshape(8, 3, 2, 2)
            return DataLoader(TensorDataset(x, torch.arange(8) % 3), batch_size=self.batch_size)

        val_dataloader = test_dataloader = predict_dataloader = train_dataloader

    return Net


@pytest.fixture
def fit(pl: Any, net: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Fit a module (a new one, if none is given) with a logger, and give the trainer."""

    def fitted(logger: Any, module: Any = None, **options: Any) -> Any:
        trainer = make_trainer(pl, tmp_path, logger=logger, **options)
        trainer.fit(net() if module is None else module)
        return trainer

    return fitted


@pytest.fixture
def trainer(pl: Any, tmp_path: Path) -> Callable[..., Any]:
    """Make a quiet trainer of the namespace."""
    return lambda **options: make_trainer(pl, tmp_path, **options)


def make_trainer(pl: Any, path: Path, **options: Any) -> Any:
    quiet = {"accelerator": "cpu", "enable_progress_bar": False, "enable_model_summary": False}
    return pl.Trainer(
        **{"max_epochs": 1, "log_every_n_steps": 1, "default_root_dir": path, **quiet, **options}
    )
